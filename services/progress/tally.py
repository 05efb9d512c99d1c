"""Targets that count things (项, 家, 亿元 of projects): what is counted stands in the dated rules, one per target.

A rule `tally <target>` says which marks of which things count, filtered by what the marks carry:

    counts    the marks: project:started, listing:presented …; several: a thing counts once for all of them (X-12)
    where     what the mark's detail must hold (JSON containment): {tags: [ei_led], registers: [provincial_key]}
    any_of    alternatives of `where`, one of which must hold too
    when      within: marked in the period (a flow); standing: at its end (a stock); during: at any time in it
    cohort    the years whose marks make a closed cohort (X-8), in place of the period
    beside    a second `when`, counted too and shown beside the value: where the plan says neither (X-7)
    value     count (distinct things), sum (of the marks' amounts), rate (of those counted, which have `reached`
              a stage, in percent), least (the smallest count among the `units`, each of which owes the target)

A thing that carries two tags counts once under each, and never twice in one figure (X-9).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from services.progress import judgement
from services.progress.facts import TALLY, Facts, Target
from services.progress.figure import Completeness, Figure, Light, Status, blank
from services.progress.judgement import HUNDRED
from services.progress.periods import day_in_next_month, local_day, months_of
from services.progress.rules import NoRule, Rule, Rules, reference
from services.progress.units import convert

When = Literal["within", "standing", "during"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must be counted for a target on a day: both ends of the span are included, and the day `by` which
    those of a cohort must have `reached` their stage."""

    target: str
    counts: tuple[str, ...]
    filters: tuple[Mapping[str, Any], ...]
    when: When
    first: date
    last: date
    by: date
    reached: str | None = None

    def __post_init__(self) -> None:
        if not self.filters:
            raise ValueError(f"{self.target}: a tally without a filter needs one that is empty")


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one region. `parts`: per mark; `reached`: how many reached the rule's stage."""

    region: str
    things: int
    amount: Decimal
    reached: int
    parts: Mapping[str, int]
    fresh_at: datetime | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything counted for one target, by region, from marks of `counts`.

    `known`: whether anything of the kind was ever reported, in this period or another.
    """

    counts: tuple[str, ...] = ()
    known: bool = False
    regions: Sequence[Counted] = ()


def rule_of(target: Target, rules: Rules, day: date) -> Rule | None:
    """The rule in force that says what `target` counts; None if there is none."""
    try:
        return rules.on(f"tally {target.target}", min(day, target.deadline or day))
    except NoRule:
        return None


def wanted(target: Target, rules: Rules, day: date) -> Wanted | None:
    """What must be counted for `target` as of `day`: None if it is no tally, or no rule says what."""
    if target.measure != TALLY or (rule := rule_of(target, rules, day)) is None:
        return None
    asked = rule.parameters
    first, last = _span(asked.get("cohort") or [target.period])
    where = asked.get("where", {})
    return Wanted(
        target=target.target,
        counts=tuple(asked["counts"]),
        filters=tuple({**where, **other} for other in asked.get("any_of", [{}])),
        when=asked["when"],
        first=first,
        last=min(last, day),
        by=min(target.deadline or day, day),
        reached=asked.get("reached"),
    )


def all_wanted(target: Target, rules: Rules, day: date) -> list[Wanted]:
    """What must be counted for `target`, and what is to be shown beside it."""
    asked, rule = wanted(target, rules, day), rule_of(target, rules, day)
    if asked is None or rule is None:
        return []
    beside = rule.parameters.get("beside")
    return [asked, replace(asked, target=_beside(target), when=beside)] if beside else [asked]


def _beside(target: Target) -> str:
    """No target's id has a space."""
    return f"{target.target} beside"


def _span(periods: Sequence[str | int]) -> tuple[date, date]:
    months = [month for period in periods for month in months_of(str(period))]
    return date.fromisoformat(f"{min(months)}-01"), day_in_next_month(max(months), 1) - timedelta(days=1)


def tally(target: Target, facts: Facts, rules: Rules, as_of: datetime) -> Figure:
    """The count, sum, rate or smallest count that the target's rule asks for.

    A count of things nobody reported yet has no value: missing is not zero. Once things of its kind are known, none
    in the period is a real zero. A flow can only be missed when its period is over.
    """
    day = local_day(as_of)
    figure = blank(target, facts, as_of)
    rule = rule_of(target, rules, day)
    if rule is None:
        return replace(figure, reason="no rule says yet what this target counts")
    light_rule = rules.on("light_level", min(day, target.deadline or day))
    figure = replace(figure, rules=(reference(rule), reference(light_rule)))
    found = facts.tallies.get(target.target, Tally())
    if not found.known:
        return replace(figure, reason="nothing of this kind is reported yet")
    counted = [each for each in found.regions if facts.areas.covers(target.region, each.region)]
    figure = replace(
        figure,
        fresh_at=max((each.fresh_at for each in counted if each.fresh_at is not None), default=None),
        simulated=target.simulated or any(each.simulated for each in counted),
    )
    figure = _valued(figure, rule, counted, facts, min(day, target.deadline or day))
    if beside := rule.parameters.get("beside"):
        other = facts.tallies.get(_beside(target), Tally()).regions
        also = sum(each.things for each in other if facts.areas.covers(target.region, each.region))
        things = sum(each.things for each in counted)
        figure = replace(figure, counts={rule.parameters["when"]: things, beside: also})
    if figure.value is None:
        return figure
    completion = judgement.completion(figure.value, target.value, target.comparator)
    over = target.deadline is not None and day > target.deadline
    gap = None if completion is None else completion - HUNDRED
    colour = judgement.light(gap, light_rule)
    return replace(
        figure,
        status=Status.MEASURED,
        completion=completion,
        # Behind 100 % in the middle of the period says nothing: the plan prints no line for counts.
        gap_points=gap if over else None,
        light=colour if over or colour is Light.GREEN else Light.GREY,
        met=judgement.met(figure.value, target.value, target.comparator, final=over),
    )


def _valued(figure: Figure, rule: Rule, counted: Sequence[Counted], facts: Facts, day: date) -> Figure:
    things, reached = sum(each.things for each in counted), sum(each.reached for each in counted)
    names = rule.parameters["counts"]
    parts: dict[str, int | None] = {}
    if len(names) > 1:
        parts = {name: sum(each.parts.get(name, 0) for each in counted) for name in names}
    match rule.parameters.get("value", "count"):
        case "count":
            return replace(figure, value=Decimal(things), counts=parts)
        case "sum":
            total = sum((each.amount for each in counted), Decimal(0))
            unit = rule.parameters["unit"]
            return replace(
                figure, value=convert(total, unit, figure.unit), counts={**parts, "things": things}
            )
        case "rate":
            counts = {"cohort": things, "reached": reached}
            if not things:
                return replace(figure, counts=counts, reason="the cohort is empty: no rate")
            return replace(figure, value=Decimal(reached) / Decimal(things) * HUNDRED, counts=counts)
        case "least":
            return _least(figure, counted, facts, day, str(rule.parameters["units"]))
        case other:
            raise ValueError(f"{rule.rule}: value {other!r} is not known")


def _least(figure: Figure, counted: Sequence[Counted], facts: Facts, day: date, level: str) -> Figure:
    """Each unit owes the target, so the sum proves nothing: the value is the smallest count (TR-16)."""
    have = dict.fromkeys(facts.units(level, day), 0)
    for each in counted:
        if each.region in have:
            have[each.region] += each.things
    owed = figure.target_value
    if not have or owed is None:
        return replace(figure, reason=f"the plan's map has no {level}")
    short = tuple(sorted(code for code, count in have.items() if count < owed))
    return replace(
        figure,
        value=Decimal(min(have.values())),
        counts={"units": len(have), "meeting": len(have) - len(short)},
        completeness=Completeness(len(have), len(have) - len(short), short),
    )
