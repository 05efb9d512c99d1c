"""What must hold between rows: ids are unique, references lead somewhere, sums and dates agree."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from plans.duties import Duty
from plans.model import (
    AppraisalScheme,
    Coefficient,
    Envelope,
    Fund,
    Measure,
    NbsCode,
    PlanActor,
    PlanSum,
    Programme,
    ProjectRule,
    ProjectTag,
    Region,
    RegionRelation,
    Sector,
    StatisticalCoefficient,
    Target,
    TargetBase,
    Unit,
)
from plans.source import Fault, Located, Row

PARENT_LEVEL = {"prefecture": "province", "county": "prefecture", "zone": "province"}


def unique(rows: Sequence[Located[Row]], name: str, key: Callable[[Row], object]) -> Iterable[Fault]:
    """No two rows share a key."""
    first: dict[object, Located[Row]] = {}
    for row in rows:
        found = key(row.item)
        if found in first:
            problem = f"{found!r} stands already on {first[found].place(row.file)}"
            yield Fault(row.file, row.line, name, problem, "Give every row its own")
        first.setdefault(found, row)


def known(
    row: Located[Row], name: str, value: str | None, allowed: Iterable[str], where: str
) -> Iterable[Fault]:
    """A reference, where there is one, leads to a row of `where`."""
    if value is not None and value not in set(allowed):
        yield Fault(
            row.file, row.line, name, f"{value!r} is not in {where}", f"Add it to {where} or correct it"
        )


def one_at_a_time(
    rows: Sequence[Located[Row]], span: Callable[[Row], tuple[date, date | None]]
) -> Iterable[Fault]:
    """Of rules that follow each other just one holds on any day. Days are included at both ends."""
    ordered = sorted(rows, key=lambda row: span(row.item)[0])
    for row in ordered:
        begins, ends = span(row.item)
        if ends is not None and ends < begins:
            yield Fault(row.file, row.line, "valid_to", f"{ends} is before {begins}", "Correct the days")
    for before, after in pairwise(ordered):
        last, begins = span(before.item)[1], span(after.item)[0]
        if last is None or begins <= last:
            problem = f"the rule on {before.place(after.file)} still holds on {begins}"
            yield Fault(after.file, after.line, "valid_from", problem, "End the earlier rule the day before")


def project_rules(rows: Sequence[Located[ProjectRule]]) -> Iterable[Fault]:
    """Of the rules of one name just one holds on any day."""
    for name in sorted({row.item.rule for row in rows}):
        named = [row for row in rows if row.item.rule == name]
        yield from one_at_a_time(named, lambda rule: (rule.valid_from, rule.valid_to))


def funds(
    rows: Sequence[Located[Fund]],
    regions: Sequence[Located[Region]],
    programmes: Sequence[Located[Programme]],
) -> Iterable[Fault]:
    """A fund is a known region's, for known programmes, and on any day one of its terms holds at most."""
    codes = [programme.item.code for programme in programmes]
    for row in rows:
        yield from known(row, "region", row.item.region, [each.item.code for each in regions], "regions.csv")
        for terms in row.item.terms:
            for programme in terms.programmes:
                yield from known(row, "programmes", programme, codes, "plan.yaml")
        dated = [Located(row.file, row.line, terms) for terms in row.item.terms]
        yield from one_at_a_time(dated, lambda terms: (terms.valid_from, terms.valid_to))


def measures(
    rows: Sequence[Located[Measure]],
    regions: Sequence[Located[Region]],
    tags: Sequence[Located[ProjectTag]],
) -> Iterable[Fault]:
    """A measure is a known region's, and reaches projects of a known tag."""
    for row in rows:
        yield from known(row, "region", row.item.region, [each.item.code for each in regions], "regions.csv")
        yield from known(row, "tag", row.item.tag, [each.item.tag for each in tags], "project_tags.csv")


def appraisal(rows: Sequence[Located[AppraisalScheme]]) -> Iterable[Fault]:
    """Each measure stands once, its days are days of every year, and no place brings more than the one before."""
    for row in rows:
        scheme = row.item
        items = [Located(row.file, row.line, item) for item in scheme.items]
        yield from unique(items, "items", lambda item: item.item)
        for name, (month, day) in (("self_due", scheme.self_due), ("verify_due", scheme.verify_due)):
            try:
                date(2013, month, day)
            except ValueError as error:
                yield Fault(row.file, row.line, name, str(error), "Write it as [month, day]")
        full = scheme.completion_points + sum(item.points for item in scheme.items)
        if scheme.summons is not None and scheme.summons.below > full:
            yield Fault(row.file, row.line, "summons", f"there are {full} points at most", "Write fewer")
        if scheme.awards != sorted(scheme.awards, reverse=True):
            problem = "a later place brings more than the one before"
            yield Fault(row.file, row.line, "awards", problem, "Write the first place first")


def tags(rows: Sequence[Located[ProjectTag]], programmes: Sequence[Located[Programme]]) -> Iterable[Fault]:
    """A tag belongs to one of the plan's programmes; a technology to a field of its own programme."""
    codes = [programme.item.code for programme in programmes]
    fields = {each.item.tag: each.item.programme for each in rows if each.item.parent is None}
    for row in rows:
        yield from known(row, "programme", row.item.programme, codes, "plan.yaml")
        of_programme = [tag for tag, code in fields.items() if code == row.item.programme]
        yield from known(row, "parent", row.item.parent, of_programme, "project_tags.csv, without a parent")


def regions(
    rows: Sequence[Located[Region]], relations: Sequence[Located[RegionRelation]], province: str
) -> Iterable[Fault]:
    """The tree hangs together, and a code begins on the day after the one it replaces ended (X-19)."""
    yield from unique(rows, "code", lambda region: region.code)
    by_code = {row.item.code: row.item for row in rows}
    if province not in by_code:
        yield Fault(
            "plan.yaml",
            None,
            "province",
            f"{province!r} is no province of regions.csv",
            "Add its row or correct it",
        )
    for row in rows:
        region = row.item
        yield from known(row, "parent", region.parent, by_code, "regions.csv")
        parent = by_code.get(region.parent or "")
        if parent is not None and parent.level != PARENT_LEVEL.get(region.level):
            problem = f"a {region.level} cannot lie under a {parent.level}"
            yield Fault(row.file, row.line, "parent", problem, "Correct the level or the parent")
        if region.replaces is not None:
            yield from known(row, "replaces", region.replaces, by_code, "regions.csv")
            old = by_code.get(region.replaces)
            if old is not None and old.valid_to != region.valid_from - timedelta(days=1):
                problem = (
                    f"{region.replaces} ends on {old.valid_to}, not on the day before {region.valid_from}"
                )
                yield Fault(
                    row.file, row.line, "valid_from", problem, "Let one code follow the other without a gap"
                )
    for relation in relations:
        yield from known(relation, "region", relation.item.region, by_code, "regions.csv")
        yield from known(relation, "to", relation.item.to, by_code, "regions.csv")


def targets(
    rows: Sequence[Located[Target]],
    bases: Sequence[Located[TargetBase]],
    programmes: Sequence[Located[Programme]],
    region_codes: dict[str, str],
    units: Sequence[Located[Unit]],
    envelope: Envelope,
) -> Iterable[Fault]:
    """References and dates of targets and of the figures they grow from (X-24)."""
    yield from unique(rows, "target", lambda target: target.target)
    yield from unique(bases, "target", lambda base: base.target)
    by_id = {row.item.target: row.item for row in rows}
    unit_codes = {row.item.unit for row in units}
    for row in rows:
        target = row.item
        codes = {item.item.code for item in programmes}
        yield from known(row, "programme", target.programme, codes, "plan.yaml programmes")
        yield from known(row, "unit", target.unit, unit_codes, "units.csv")
        yield from known(row, "parent", target.parent, by_id, "targets.csv")
        yield from known(row, "region", target.region, region_codes, "regions.csv")
        if target.level != "county" and region_codes.get(target.region, target.level) != target.level:
            problem = f"{target.region} is not a {target.level}"
            yield Fault(row.file, row.line, "level", problem, "Correct the level or the region")
        if not target.period.startswith(str(envelope.year)):
            problem = f"{target.period} is outside the plan year {envelope.year}"
            yield Fault(row.file, row.line, "period", problem, "Correct the period")
        if target.parent is not None and target.parent in by_id:
            parent = by_id[target.parent]
            if (parent.unit, parent.measure) != (target.unit, target.measure):
                problem = f"unit or measure differs from that of {target.parent}"
                yield Fault(row.file, row.line, "parent", problem, "A part is measured as its whole is")
    for base in bases:
        yield from known(base, "target", base.item.target, by_id, "targets.csv")
        yield from known(base, "unit", base.item.unit, unit_codes, "units.csv")


def sums(rows: Sequence[Located[PlanSum]], found: Sequence[Located[Target]]) -> Iterable[Fault]:
    """The parts add up to the whole (TR-6a to i = TR-1 = 2600 亿元)."""
    values = {row.item.target: row.item for row in found}
    for row in rows:
        total = Decimal(0)
        for name in (row.item.whole, *row.item.parts):
            yield from known(row, "parts", name, values, "targets.csv")
            target = values.get(name)
            if target is not None and (target.value is None or target.unit != row.item.unit):
                problem = f"{name} has no value in {row.item.unit}"
                yield Fault(
                    row.file, row.line, "parts", problem, "Correct the unit or the value in targets.csv"
                )
        whole = values.get(row.item.whole)
        total = sum((values[name].value or Decimal(0) for name in row.item.parts if name in values), total)
        if whole is not None and total != whole.value:
            problem = f"the parts add up to {total}, but {row.item.whole} is {whole.value}"
            yield Fault(
                row.file, row.line, "whole", problem, "Compare the values in targets.csv with the plan"
            )


def duties(
    rows: Sequence[Located[Duty]], actors: Sequence[Located[PlanActor]], envelope: Envelope
) -> Iterable[Fault]:
    """Duties name known actors, and nothing was due before the plan was issued."""
    yield from unique(rows, "duty", lambda duty: duty.duty)
    names = {row.item.actor for row in actors}
    for row in rows:
        yield from known(row, "who", row.item.who, names, "plan.yaml actors")
        yield from known(row, "to", row.item.to, names, "plan.yaml actors")
        for instance in row.item.instances():
            if instance.due_on < envelope.issued_on:
                problem = f"due on {instance.due_on}, before the plan was issued ({envelope.issued_on})"
                yield Fault(row.file, row.line, "due", problem, "Correct the day")


def coefficients(
    rows: Sequence[Located[Coefficient]],
    statistical: Sequence[Located[StatisticalCoefficient]],
    codes: Sequence[Located[NbsCode]],
    units: Sequence[Located[Unit]],
) -> Iterable[Fault]:
    """On any day a carrier has at most one coefficient by each basis."""
    unit_codes = {row.item.unit for row in units}
    nbs = {row.item.code for row in codes}
    yield from unique(codes, "code", lambda code: code.code)
    yield from unique(statistical, "carrier", lambda row: row.carrier)
    for other in statistical:
        yield from known(other, "unit", other.item.unit, unit_codes, "units.csv")
        yield from known(other, "nbs_code", other.item.nbs_code, nbs, "nbs_codes.csv")
    by_carrier: dict[str, list[Located[Coefficient]]] = {}
    for row in rows:
        yield from known(row, "unit", row.item.unit, unit_codes, "units.csv")
        yield from known(row, "nbs_code", row.item.nbs_code, nbs, "nbs_codes.csv")
        earlier = by_carrier.setdefault(row.item.carrier, [])
        for one in earlier[:1]:
            if one.item.unit != row.item.unit:
                problem = f"{row.item.carrier} is counted in {one.item.unit} on {one.place(row.file)}"
                yield Fault(
                    row.file, row.line, "unit", problem, "Count a carrier in one unit in every edition"
                )
        for one in earlier:
            if _same_basis(one.item, row.item) and _overlap(one.item, row.item):
                place = one.place(row.file)
                problem = f"{row.item.carrier} ({row.item.basis}) has another coefficient then, on {place}"
                yield Fault(
                    row.file, row.line, "valid_from", problem, "Let one validity end before the next begins"
                )
        earlier.append(row)


def sectors(rows: Sequence[Located[Sector]]) -> Iterable[Fault]:
    """Sector names are unique and their code prefixes are digits."""
    yield from unique(rows, "sector", lambda sector: sector.sector)
    for row in rows:
        for name, prefixes in (("include", row.item.include), ("exclude", row.item.exclude)):
            for prefix in prefixes.split():
                if not prefix.isdigit() or len(prefix) > 4:
                    problem = f"{prefix!r} is not a code prefix of GB/T 4754"
                    yield Fault(row.file, row.line, name, problem, "Write 1 to 4 digits, separated by blanks")


def _same_basis(one: Coefficient, other: Coefficient) -> bool:
    return one.basis == other.basis or "both" in (one.basis, other.basis)


def _overlap(one: Coefficient, other: Coefficient) -> bool:
    return one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max)
