"""Every figure of a plan, from what is known at one moment: pure, so that any past moment can be asked again.

A target whose measure is null gets a figure that says "no measure yet", never a number.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.progress.common.periods import local_day
from services.progress.common.rules import Rules
from services.progress.measures.coverage import coverage
from services.progress.measures.facts import GROWTH, INTENSITY, INVESTMENT, ONLINE, TALLY, Facts, Target
from services.progress.measures.figure import Figure, blank
from services.progress.measures.intensity import intensity
from services.progress.measures.investment import growth, investment
from services.progress.measures.ranking import ranked
from services.progress.measures.tally import tally

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


def figures(facts: Facts, rules: Rules, as_of: datetime, only: str | None = None) -> list[Figure]:
    """All figures of the plan, in the order of their ids. `as_of` is also the moment that due dates go by.

    `only`: those of one target, and of the peers that it is ranked among.
    """
    if only is None:
        asked = list(facts.targets.values())
    else:
        asked = facts.peers_of(facts.targets[only]) if only in facts.targets else []
    made = [figure for target in asked for figure in _of(target, facts, rules, as_of)]
    return sorted(ranked(made, facts, rules, RANKED), key=lambda figure: sort_key(figure.id))


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
    if target.measure is None:
        return [blank(target, facts, as_of)]
    measure = MEASURES.get(target.measure)
    if measure is None:
        unknown = blank(target, facts, as_of)
        return [replace(unknown, reason=f"this release has no measure {target.measure!r} yet")]
    own = measure(target, facts, rules, as_of)
    if target.measure == ONLINE and target.level == "province":
        # The plan prints one line for the province; the same target is read for each of its cities.
        day = target.deadline or local_day(as_of)
        return [own, *(coverage(target, facts, rules, as_of, city) for city in facts.cities(day))]
    return [own]
