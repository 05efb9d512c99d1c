"""Decisions on a plan: publish it; set, revise and decompose its targets."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from services.assessment.domain import period as periods
from services.assessment.domain import region as regions
from services.assessment.domain import scheme as schemes
from services.assessment.domain import target as targets
from services.assessment.domain.plan import (
    FROM_DECISION,
    FROM_PUBLICATION,
    AppraisalSchemesDefined,
    PlanEvent,
    PlanHeader,
    PlanPublished,
    PlanState,
    Published,
    RegionsDefined,
    Unpublished,
)
from services.assessment.domain.refusal import Refused
from services.assessment.domain.region import COUNTY, PREFECTURE, Fault, Region
from services.assessment.domain.scheme import Scheme
from services.assessment.domain.target import TargetBase, TargetDecomposed, TargetFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPlan:
    """Publish a plan as a whole, or the same plan again with what has changed in it.

    `reason` is required when something published changes; additions need none. `schemes` None: unchanged.
    `replace`: regions that are no longer named are dropped. `over`: other plans that may lose regions by this
    publication. `others`: by plan, the regions in force that other plans define.
    """

    header: PlanHeader
    regions: tuple[Region, ...]
    targets: tuple[TargetFacts, ...]
    schemes: tuple[Scheme, ...] | None = None
    reason: str | None = None
    replace: bool = False
    over: frozenset[str] = frozenset()
    others: Mapping[str, tuple[Region, ...]] = field(default_factory=dict)
    displaced: bool = False


@dataclass(frozen=True, slots=True)
class SetTarget:
    """Set a target that the plan doesn't have yet (目标下达)."""

    facts: TargetFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseTarget:
    """Change a target's value or base, with the reason (目标调整). None leaves a field unchanged."""

    plan: str
    target: str
    reason: str
    value: Decimal | None = None
    base: TargetBase | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What a county is to carry, in the unit of the city's target."""

    region: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DecomposeTarget:
    """Break a city's target down to its counties (分解落实, TR-7). Replacing an earlier breakdown needs a reason."""

    plan: str
    target: str
    shares: tuple[Share, ...]
    reason: str | None = None


_SHOWN = 10
PlanCommand = PublishPlan | SetTarget | ReviseTarget | DecomposeTarget


def decide(command: PlanCommand, state: PlanState) -> Sequence[PlanEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (PublishPlan(), Unpublished()):
            _check(command)
            _check_others(command)
            return [
                _published(command.header, None),
                RegionsDefined(plan=command.header.plan, regions=command.regions),
                *(
                    [AppraisalSchemesDefined(plan=command.header.plan, schemes=command.schemes)]
                    if command.schemes
                    else []
                ),
                *(targets.set_event(facts, FROM_PUBLICATION) for facts in command.targets),
            ]
        case (PublishPlan(), Published()):
            _check(command)
            made = _republished(command, state)
            if any(isinstance(event, RegionsDefined) for event in made):
                _check_others(command)
            return made
        case (_, Unpublished()):
            raise Refused(
                "The plan isn't published.",
                code="no-such-plan",
                where="plan",
                status=404,
                remedy="Load it first.",
            )
        case (SetTarget(facts), Published()):
            return _set(facts, state)
        case (ReviseTarget(), Published()):
            return _revised(command, state)
        case (DecomposeTarget(), Published()):
            return _decomposed(command, state)
        case _:
            raise TypeError(f"no decision for {type(command).__name__} on {type(state).__name__}")


def _published(header: PlanHeader, reason: str | None) -> PlanPublished:
    return PlanPublished(
        plan=header.plan,
        title=header.title,
        issuer=header.issuer,
        issued_on=header.issued_on,
        year=header.year,
        programmes=header.programmes,
        source=header.source,
        reason=reason,
    )


def _check(command: PublishPlan) -> None:
    found = list(_faults(command))
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise Refused(
            f"{found[0].why}{more}.",
            code="inconsistent-plan",
            where=found[0].where,
            remedy="Correct every place named under errors and load the plan again; nothing was loaded.",
            faults=[{"where": fault.where, "why": fault.why} for fault in found[:50]],
        )


def _check_others(command: PublishPlan) -> None:
    """All plans share one map of regions: no region that another plan uses is dropped or changed. Raises Refused."""
    given = {region.code: region for region in command.regions}
    for plan, held in sorted(command.others.items()):
        lost = [region.code for region in held if given.get(region.code) != region]
        if lost and plan not in command.over:
            more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
            raise Refused(
                f"This drops or changes regions that {plan} goes by: {', '.join(lost[:_SHOWN])}{more}. "
                "Nothing was loaded.",
                code="used-by-another-plan",
                where="regions",
                status=409,
                remedy="Name them as they are. If the other plan is to lose them, name it in `over` "
                "(shengji plan load … --over PLAN).",
            )


def _faults(command: PublishPlan) -> Iterator[Fault]:
    programmes = [programme.code for programme in command.header.programmes]
    yield from (
        Fault("programmes", f"{code} is listed twice") for code, n in Counter(programmes).items() if n > 1
    )
    yield from regions.faults(command.regions)
    yield from schemes.faults(command.schemes or ())
    by_code = {region.code: region for region in command.regions}
    known = frozenset(facts.target for facts in command.targets)
    seen: set[str] = set()
    for index, facts in enumerate(command.targets):
        if facts.target in seen:
            yield Fault(f"targets.{index}.target", f"{facts.target} is listed twice")
        seen.add(facts.target)
        yield from targets.faults(f"targets.{index}", facts, frozenset(programmes), by_code, known)


def _republished(command: PublishPlan, plan: Published) -> list[PlanEvent]:
    """The events for what the new publication adds or changes; none if it equals the previous one."""
    missing = [name for name in plan.loaded if name not in {facts.target for facts in command.targets}]
    if missing:
        raise Refused(
            f"Published before and not named any more: {', '.join(missing)}.",
            code="target-missing",
            where="targets",
            remedy="A target is never dropped by leaving it out: keep its row. Nothing was loaded.",
        )
    dropped = sorted({region.code for region in plan.regions} - {region.code for region in command.regions})
    if dropped and not command.replace:
        raise Refused(
            f"Published before and not named any more: {', '.join(dropped[:_SHOWN])}"
            f"{f' and {len(dropped) - _SHOWN} more' if len(dropped) > _SHOWN else ''}.",
            code="region-missing",
            where="regions",
            status=409,
            remedy="Name every region; or send replace: true, and those that aren't named are dropped. "
            "Nothing was loaded.",
        )
    header_changed = command.header != plan.header
    regions_changed = command.regions != plan.regions or command.displaced
    schemes_changed = command.schemes is not None and command.schemes != plan.schemes
    changed, added = [], []
    for facts in command.targets:
        before = plan.loaded.get(facts.target, plan.targets.get(facts.target))
        if before is None:
            added.append(facts)
        elif before != facts:
            changed.append(facts)
    what = [
        *(["the plan's header"] if header_changed else []),
        *(["its regions"] if regions_changed else []),
        *(["how cities are appraised"] if schemes_changed and plan.schemes else []),
        *(facts.target for facts in changed),
    ]
    if what and not command.reason:
        raise Refused(
            f"This changes what was published: {', '.join(what)}.",
            code="reason-required",
            where="reason",
            remedy="Say why in `reason`; what was published before is kept beside it.",
        )
    reason = command.reason or ""
    return [
        *([_published(command.header, reason)] if header_changed else []),
        *(
            [RegionsDefined(plan=command.header.plan, regions=command.regions, reason=reason)]
            if regions_changed
            else []
        ),
        *(
            [AppraisalSchemesDefined(plan=command.header.plan, schemes=command.schemes or (), reason=reason)]
            if schemes_changed
            else []
        ),
        *(targets.set_event(facts, FROM_PUBLICATION) for facts in added),
        *(
            targets.revised_event(facts, plan.targets[facts.target], reason, FROM_PUBLICATION)
            for facts in changed
        ),
    ]


def _set(facts: TargetFacts, plan: Published) -> list[PlanEvent]:
    existing = plan.targets.get(facts.target)
    if existing == facts:
        return []
    if existing is not None:
        raise Refused(
            f"{facts.target} is set already.",
            code="target-exists",
            where="target",
            status=409,
            remedy="Revise it, with the reason; or give the new target an id of its own.",
        )
    programmes = frozenset(programme.code for programme in plan.header.programmes)
    by_code = {region.code: region for region in plan.regions}
    for fault in targets.faults("target", facts, programmes, by_code, frozenset(plan.targets)):
        raise Refused(
            f"{fault.why}.",
            code="inconsistent-target",
            where=fault.where.removeprefix("target."),
            remedy="Correct the field; the plan's programmes, regions and targets can be listed.",
        )
    return [targets.set_event(facts, FROM_DECISION)]


def _revised(command: ReviseTarget, plan: Published) -> list[PlanEvent]:
    before = _target(plan, command.target)
    if command.value is None and command.base is None:
        raise Refused(
            "Neither a value nor a base is given.",
            code="nothing-to-revise",
            where="value",
            remedy="Give the new value, or the new base.",
        )
    after = replace(
        before,
        value=before.value if command.value is None else command.value,
        base=before.base if command.base is None else command.base,
    )
    if after == before:
        return []
    if after.value_high is not None and after.value is not None and after.value_high <= after.value:
        raise Refused(
            f"{command.target} is a range that ends at {after.value_high}; it can't begin at {after.value}.",
            code="inconsistent-target",
            where="value",
            remedy="Publish the plan with the corrected range.",
        )
    return [targets.revised_event(after, before, command.reason, FROM_DECISION)]


def _decomposed(command: DecomposeTarget, plan: Published) -> list[PlanEvent]:
    whole = _target(plan, command.target)
    if whole.level != PREFECTURE:
        raise Refused(
            f"{whole.target} is a target of a {whole.level}; only a city's target is decomposed to counties (TR-7).",
            code="not-a-city-target",
            where="target",
            remedy="Name a city's target, such as TR-6a. Targets of cities are set by the province.",
        )
    if whole.value is None:
        raise Refused(
            f"{whole.target} has no value to decompose.",
            code="no-value",
            where="target",
            remedy="Wait until the target has a value.",
        )
    parts = tuple(
        targets.part_of(whole, _county(plan, whole, share.region), share.value)
        for share in sorted(command.shares, key=lambda share: share.region)
    )
    twice = [code for code, n in Counter(share.region for share in command.shares).items() if n > 1]
    if twice:
        raise Refused(
            f"Named twice: {', '.join(twice)}.",
            code="county-twice",
            where="parts",
            remedy="Give each county one part.",
        )
    now = {facts.target: facts.value for facts in plan.parts_of(whole.target)}
    if now == {part.target: part.value for part in parts}:
        return []
    if now and not command.reason:
        raise Refused(
            f"{whole.target} is decomposed already; this would change it.",
            code="reason-required",
            where="reason",
            remedy="Say why in `reason`; the breakdown before is kept in the history.",
        )
    return [
        TargetDecomposed(
            plan=command.plan,
            target=whole.target,
            region=whole.region,
            parts=parts,
            reason=command.reason,
        )
    ]


def _county(plan: Published, whole: TargetFacts, code: str) -> Region:
    region = plan.region(code)
    first, last = periods.first_day(whole.period), periods.last_day(whole.period)
    if region is not None and region.level == COUNTY and region.parent == whole.region:
        if region.administered and region.exists_between(first, last):
            return region
        why = (
            f"{code} {region.name} is not administered"
            if region.exists_between(first, last)
            else (f"the code {code} {region.name} is not valid in {whole.period}")
        )
    elif region is None:
        why = f"{code} is not a region of the plan"
    else:
        why = f"{code} {region.name} is not a county of {whole.region}"
    counties = [
        each.code
        for each in plan.regions
        if each.parent == whole.region
        and each.level == COUNTY
        and each.administered
        and each.exists_between(first, last)
    ]
    raise Refused(
        f"{why[0].upper()}{why[1:]}.",
        code="not-a-county-of-the-city",
        where="parts",
        remedy=f"Name counties of {whole.region} in {whole.period}: {', '.join(counties)}.",
    )


def _target(plan: Published, target: str) -> TargetFacts:
    found = plan.targets.get(target)
    if found is None:
        raise Refused(
            f"The plan has no target {target}.",
            code="no-such-target",
            where="target",
            status=404,
            remedy="List the plan's targets.",
        )
    return found
