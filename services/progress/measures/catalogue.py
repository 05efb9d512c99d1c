"""Every figure of a plan, from what is known at one moment: pure, so that any past moment can be asked again.

A target whose measure is null gets a figure that says "no measure yet", never a number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.progress.common.rules import Rules
from services.progress.measures.coverage import coverage
from services.progress.measures.facts import GROWTH, INTENSITY, INVESTMENT, ONLINE, TALLY, Facts, Target
from services.progress.measures.figure import Figure, blank
from services.progress.measures.intensity import intensity
from services.progress.measures.investment import growth, investment
from services.progress.measures.ranking import ranked
from services.progress.measures.tally import tally
from shared.clock import local_day

Measure = Callable[[Target, Facts, Rules, datetime], Figure]
MEASURES: Mapping[str, Measure] = {
    INVESTMENT: investment,
    GROWTH: growth,
    INTENSITY: intensity,
    ONLINE: coverage,
    TALLY: tally,
}


RANKED = frozenset({INVESTMENT, INTENSITY})
"""Measures whose city figures are ranked among each other."""


def figures(facts: Facts, rules: Rules, as_of: datetime) -> list[Figure]:
    """All figures of the plan, in the order of their ids. `as_of` is also the moment that due dates go by."""
    made = [figure for target in facts.targets.values() for figure in _of(target, facts, rules, as_of)]
    return sorted(ranked(made, facts, rules, RANKED), key=lambda figure: sort_key(figure.id))


def figure(facts: Facts, rules: Rules, as_of: datetime, target_id: str, region: str | None) -> Figure | None:
    """One figure of `figures`, by its target and, where a target is read region by region, its region; None if there
    is none.

    No other is made, but for those that it is ranked among: a history asks for it at each of its points.
    """
    target = facts.targets.get(target_id)
    if target is None:
        return None
    if target.measure in RANKED:
        made = [each for peer in facts.peers_of(target) for each in _of(peer, facts, rules, as_of)]
        return figure_of(ranked(made, facts, rules, RANKED), target_id, region)
    if region is None or region == target.region:
        return _own(target, facts, rules, as_of)
    if region in _cities(target, facts, as_of):
        return coverage(target, facts, rules, as_of, region)
    return None


def figure_of(made: Iterable[Figure], target: str, region: str | None) -> Figure | None:
    """One of the figures by its target's id, and by its region where a target is read region by region."""
    for each in made:
        if each.target == target and (each.region == region if region is not None else "@" not in each.id):
            return each
    return None


def sort_key(figure_id: str) -> tuple[object, ...]:
    """TR-2 before TR-11: numbers inside ids are compared as numbers. Also the order of pages."""
    parts: list[object] = []
    number = ""
    for char in figure_id + "\0":
        if "0" <= char <= "9":
            number += char
            continue
        if number:
            parts.append((0, int(number), ""))
            number = ""
        parts.append((1, 0, char))
    return tuple(parts)


def _of(target: Target, facts: Facts, rules: Rules, as_of: datetime) -> Sequence[Figure]:
    cities = _cities(target, facts, as_of)
    return [
        _own(target, facts, rules, as_of),
        *(coverage(target, facts, rules, as_of, city) for city in cities),
    ]


def _own(target: Target, facts: Facts, rules: Rules, as_of: datetime) -> Figure:
    """The figure of the target's own region."""
    if target.measure is None:
        return blank(target, facts, as_of)
    measure = MEASURES.get(target.measure)
    if measure is None:
        unknown = blank(target, facts, as_of)
        return replace(unknown, reason=f"this release has no measure {target.measure!r} yet")
    return measure(target, facts, rules, as_of)


def _cities(target: Target, facts: Facts, as_of: datetime) -> Sequence[str]:
    """The cities for which a target is read besides its own region: the plan prints one line for the province."""
    if target.measure != ONLINE or target.level != "province":
        return ()
    return facts.cities(target.deadline or local_day(as_of))
