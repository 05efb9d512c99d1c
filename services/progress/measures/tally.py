"""Targets that count things (项, 家, 亿元 of projects): what is counted stands in the dated rules, one per target.

A rule `tally <target>` says which marks of which things count, filtered by what the things are:

    counts    the marks: project:started, listing:presented …; several: a thing counts once for all of them (X-12)
    where     what must hold of the mark or its project (JSON containment): {tags: [ei_led], registers: [city_key]};
              `industries` are beginnings of codes, one of which must fit
    any_of    alternatives of `where`, one of which must hold too
    when      within: marked in the period (a flow); standing: at its end (a stock); during: at any time in it
    held      when `where` must hold: standing, at the period's end, which is the default; during, at any time in it
    cohort    the years whose marks make a closed cohort (X-8), in place of the period
    beside    a second `when`, counted too and shown beside the value: where the plan says neither (X-7)
    owed_by   the mark of those who owe an amount: of how many it is still unknown decides what a sum is worth
    value     count (distinct things), sum (of the marks' amounts), rate (of those counted, which have `reached`
              a stage, in percent), least (the smallest count among the `units`, each of which owes the target)

A thing that carries two tags counts once under each, and never twice in one figure (X-9).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from services.progress.common.periods import day_in_next_month, months_of
from services.progress.common.rules import NoRule, Rule, Rules, reference
from services.progress.common.units import convert
from services.progress.measures import judgement
from services.progress.measures.countings import Counting, of_rule, owing, parts
from services.progress.measures.facts import TALLY, Counted, Facts, Tally, Target
from services.progress.measures.figure import Completeness, Figure, Light, Status, blank
from services.progress.measures.judgement import HUNDRED
from shared.clock import local_day


@dataclass(frozen=True, slots=True)
class Window:
    """The days that entries must meet with their own (`first` to `last`) and with those on which the filter holds
    (`held_first` to `held_last`); a stage must be reached `by` that day. Both ends are included."""

    first: date
    last: date
    held_first: date
    held_last: date
    by: date


@dataclass(frozen=True, slots=True)
class Wanted:
    """One sum to be made of entries for a target as of a day; `by_unit`: each region by itself, not all together."""

    name: str
    counting: Counting
    window: Window
    by_unit: bool = False


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
    window = _window(target, rule, day, rule.parameters["when"])
    return Wanted(target.target, of_rule(rule), window, by_unit=rule.parameters.get("value") == "least")


def all_wanted(target: Target, rules: Rules, day: date) -> list[Wanted]:
    """What must be counted for `target`, its parts, and what is to be shown beside it."""
    asked, rule = wanted(target, rules, day), rule_of(target, rules, day)
    if asked is None or rule is None:
        return []
    found = [asked]
    found += [
        replace(asked, name=_part(target, each.marks[0]), counting=each) for each in parts(asked.counting)
    ]
    if beside := rule.parameters.get("beside"):
        window = _window(target, rule, day, beside)
        found.append(Wanted(_part(target, "beside"), of_rule(rule, beside), window))
    if debts := owing(rule):
        window = _window(target, rule, day, "standing")
        found += [Wanted(_part(target, name), each, window) for name, each in zip(_DEBTS, debts, strict=True)]
    return found


_DEBTS = ("owing", "paid")


def _part(target: Target, what: str) -> str:
    """The name of one sum of a target's: unique, because no target's id has a space."""
    return f"{target.target} {what}"


def _window(target: Target, rule: Rule, day: date, when: str) -> Window:
    """The window of a tally as of `day`; nothing after the target's deadline is looked at."""
    cohort = rule.parameters.get("cohort")
    first, end = _span(cohort or [target.period])
    by = min(target.deadline or day, day)
    last = min(end, day)
    # A cohort's years are over; who is in it is judged on the day by which its projects must have started.
    held = by if cohort else last
    return Window(
        first=last if when == "standing" else first,
        last=last,
        held_first=first if rule.parameters.get("held") == "during" else held,
        held_last=held,
        by=by,
    )


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
    covers = partial(facts.areas.covers, target.region)
    counted = [each for each in found.regions if covers(each.region)]
    figure = replace(
        figure,
        fresh_at=max((each.fresh_at for each in counted if each.fresh_at is not None), default=None),
        simulated=target.simulated or any(each.simulated for each in counted),
    )
    things = sum(each.things for each in counted)
    figure = _valued(figure, rule, counted, facts, min(day, target.deadline or day))
    if beside := rule.parameters.get("beside"):
        also = facts.tallies.get(_part(target, "beside"), Tally()).things(covers)
        figure = replace(figure, counts={rule.parameters["when"]: things, beside: also})
    if "owed_by" in rule.parameters:
        owed, paid = (facts.tallies.get(_part(target, each), Tally()).things(covers) for each in _DEBTS)
        figure = _as_far_as_known(figure, owed, paid)
    if figure.value is None:
        return figure
    completion = judgement.completion(figure.value, target.value, target.comparator)
    over = target.deadline is not None and day > target.deadline
    gap = None if completion is None else completion - HUNDRED
    colour = judgement.light(gap, light_rule, lower_bound=figure.lower_bound)
    return replace(
        figure,
        status=Status.MEASURED,
        completion=completion,
        # Behind 100 % in the middle of the period says nothing: the plan prints no line for counts.
        gap_points=gap if over else None,
        light=colour if over or colour is Light.GREEN else Light.GREY,
        met=judgement.met(
            figure.value,
            target.value,
            target.comparator,
            final=over and not figure.lower_bound,
            may_fall=not (over or target.grows),
        ),
    )


def _as_far_as_known(figure: Figure, owed: int, paid: int) -> Figure:
    """A sum of which some who owe a part of it have not said theirs: at least this; unknown if none has."""
    expected = max(owed, paid)
    figure = replace(figure, completeness=Completeness(expected, paid))
    if paid == expected:
        return figure
    unknown = f"of {expected} projects that have begun, {expected - paid} have no verified amount yet"
    if not paid:
        return replace(figure, value=None, reason=unknown)
    return replace(figure, lower_bound=True, reason=f"{unknown}: at least this value")


def _valued(figure: Figure, rule: Rule, counted: Sequence[Counted], facts: Facts, day: date) -> Figure:
    things, reached = sum(each.things for each in counted), sum(each.reached for each in counted)
    names = rule.parameters["counts"]
    covers = partial(facts.areas.covers, figure.region)
    each_mark: dict[str, int | None] = {}
    if len(names) > 1:
        each_mark = {
            name: facts.tallies.get(f"{figure.target} {name}", Tally()).things(covers) for name in names
        }
    match rule.parameters.get("value", "count"):
        case "count":
            return replace(figure, value=Decimal(things), counts=each_mark)
        case "sum":
            total = sum((each.amount for each in counted), Decimal(0))
            unit = rule.parameters["unit"]
            return replace(
                figure, value=convert(total, unit, figure.unit), counts={**each_mark, "things": things}
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
