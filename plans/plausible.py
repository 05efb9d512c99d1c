"""Mistakes that each row by itself allows and that a reader of the plan would see.

A base of the wrong year, a fund that ends before it begins, a rate of growth in pieces. Nothing here is a rule of a
plan; it is what the words mean.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from plans.checks import known, unique
from plans.duties import Duty
from plans.model import (
    AppraisalScheme,
    Envelope,
    Fund,
    Measure,
    MeasureName,
    PlanActor,
    ProjectRule,
    Target,
    TargetBase,
    Unit,
)
from plans.periods import first_day
from plans.source import Fault, Located

_KINDS: dict[MeasureName, tuple[frozenset[str], frozenset[str]]] = {
    "tech_renovation_investment": (frozenset({"flow"}), frozenset({"money"})),
    "tech_renovation_investment_growth": (frozenset({"rate"}), frozenset({"ratio"})),
    "energy_intensity": (frozenset({"level"}), frozenset({"intensity"})),
    "online_monitoring_coverage": (frozenset({"ratio"}), frozenset({"ratio"})),
}
"""What a measure gives: the metric types, and the kinds of unit (common/units.csv) that a target of it may have."""
_CARRIED = {
    "monthly_report": ("report", "monthly"),
    "monthly_bulletin": ("bulletin", "monthly"),
    "quarterly_dispatch": ("meeting", "quarterly"),
    "reserve_update": ("update", "quarterly"),
    "self_assessment": ("assessment", "yearly"),
    "verification": ("assessment", "yearly"),
}
"""The kind and recurrence of the duties that an act of the system carries out."""
_INDUSTRY = re.compile(r"[A-T]|\d{2,4}")


def targets(
    rows: Sequence[Located[Target]], bases: Sequence[Located[TargetBase]], units: Sequence[Located[Unit]]
) -> Iterable[Fault]:
    """A target's type and unit are those of its measure; a base is of the year before, and not nothing."""
    kind_of = {row.item.unit: row.item.kind for row in units}
    by_id = {row.item.target: row.item for row in rows}
    for row in rows:
        target = row.item
        if target.metric_type == "rate" and kind_of.get(target.unit) != "ratio":
            problem = f"a rate of growth in {target.unit}"
            yield Fault(row.file, row.line, "unit", problem, "Write it in percent")
        if target.measure in _KINDS:
            types, kinds = _KINDS[target.measure]
            if target.metric_type not in types:
                problem = f"{target.measure} is no {target.metric_type}"
                yield Fault(row.file, row.line, "metric_type", problem, f"It is: {', '.join(sorted(types))}")
            if kind_of.get(target.unit, "") not in kinds:
                problem = f"{target.measure} is not measured in {target.unit}"
                fitting = sorted(unit for unit, kind in kind_of.items() if kind in kinds)
                yield Fault(row.file, row.line, "unit", problem, f"Known: {', '.join(fitting)}")
    parts = [row for row in rows if row.item.parent is not None]
    yield from unique(parts, "region", lambda part: (part.parent, part.region, part.subject))
    for base in bases:
        if base.item.value <= 0:
            problem = f"nothing grows from {base.item.value}"
            yield Fault(
                base.file, base.line, "value", problem, "Write the figure of the base, or leave the row out"
            )
        grown = by_id.get(base.item.target)
        if grown is None or base.item.kind != "previous_year":
            continue
        before = str(first_day(grown.period).year - 1)
        if base.item.period != before:
            problem = f"{grown.target} is of {grown.period}, its base of {base.item.period}"
            yield Fault(base.file, base.line, "period", problem, f"The year before is {before}")
        if grown.measure == "tech_renovation_investment_growth" and kind_of.get(base.item.unit) != "money":
            problem = f"investment is no amount of {base.item.unit}"
            yield Fault(base.file, base.line, "unit", problem, "Write it in a unit of money")


def duties(rows: Sequence[Located[Duty]], envelope: Envelope) -> Iterable[Fault]:
    """Periods lie in the plan's year, and who carries a duty out fits what it is."""
    for row in rows:
        duty = row.item
        for level in {each for each in duty.levels if duty.levels.count(each) > 1}:
            yield Fault(row.file, row.line, "levels", f"{level} stands twice", "Keep one of them")
        for name, period in (("first_period", duty.first_period), ("last_period", duty.last_period)):
            if period is not None and not period.startswith(str(envelope.year)):
                problem = f"{period} is outside the plan year {envelope.year}"
                yield Fault(row.file, row.line, name, problem, "Correct the period")
        owed = {each.period for each in duty.instances()}
        for period in duty.skips:
            within = (
                duty.first_period and duty.last_period and duty.first_period <= period <= duty.last_period
            )
            if period in owed or not within:
                problem = f"{period} is none of its periods"
                yield Fault(row.file, row.line, "skips", problem, "Name a period from the first to the last")
        if duty.carried_by is not None and (duty.kind, duty.recurrence) != _CARRIED[duty.carried_by]:
            kind, recurrence = _CARRIED[duty.carried_by]
            problem = (
                f"{duty.carried_by} carries out a {recurrence} {kind}, not a {duty.recurrence} {duty.kind}"
            )
            yield Fault(row.file, row.line, "carried_by", problem, "Correct it, or leave it out")


def funds(rows: Sequence[Located[Fund]]) -> Iterable[Fault]:
    """A fund ends after it begins, and its terms hold on its own days."""
    for row in rows:
        fund = row.item
        if fund.valid_to < fund.valid_from:
            problem = f"{fund.fund} ends on {fund.valid_to}, before it begins"
            yield Fault(row.file, row.line, "valid_to", problem, "Correct the days")
        for terms in fund.terms:
            if terms.valid_from < fund.valid_from or (terms.valid_to or fund.valid_to) > fund.valid_to:
                problem = f"{fund.fund} has terms for days on which it isn't there"
                yield Fault(row.file, row.line, "terms", problem, "Keep them within the fund's days")


def measures(
    rows: Sequence[Located[Measure]], actors: Sequence[Located[PlanActor]], envelope: Envelope
) -> Iterable[Fault]:
    """A promise is an actor's, due after the plan, of industries by GB/T 4754; its items stand once."""
    terms = [row.item.term for row in actors]
    for row in rows:
        measure = row.item
        yield from known(row, "owner", measure.owner, terms, "plan.yaml actors (term)")
        if measure.due_on < envelope.issued_on:
            problem = f"due on {measure.due_on}, before the plan was issued ({envelope.issued_on})"
            yield Fault(row.file, row.line, "due_on", problem, "Correct the day")
        items = [Located(row.file, row.line, item) for item in measure.items]
        yield from unique(items, "items", lambda item: item.item)
        for code in (*measure.industries, *(code for item in measure.items for code in item.industries)):
            if not _INDUSTRY.fullmatch(code):
                problem = f"{code!r} is no code of GB/T 4754"
                yield Fault(
                    row.file, row.line, "industries", problem, "Write a section's letter, or 2 to 4 digits"
                )


def project_rules(rows: Sequence[Located[ProjectRule]], envelope: Envelope) -> Iterable[Fault]:
    """A rule begins before the plan's year is over: else nothing in it goes by the rule."""
    end = date(envelope.year, 12, 31)
    for row in rows:
        if row.item.valid_from > end:
            problem = f"{row.item.rule} begins on {row.item.valid_from}, after the plan's year"
            yield Fault(row.file, row.line, "valid_from", problem, "Correct the day")


def appraisal(rows: Sequence[Located[AppraisalScheme]]) -> Iterable[Fault]:
    """A year is assessed after it, by the cities first and by the province then."""
    for row in rows:
        scheme = row.item
        if scheme.due_years_after == 0 and scheme.self_due < (12, 31):
            problem = "due before the assessed year is over"
            yield Fault(row.file, row.line, "self_due", problem, "Correct the day or due_years_after")
        if scheme.verify_due < scheme.self_due:
            problem = "scores are verified before the cities have handed theirs in"
            yield Fault(row.file, row.line, "verify_due", problem, "Correct one of the days")
