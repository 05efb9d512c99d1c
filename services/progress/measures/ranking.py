"""Ranks of cities (排名): by completion, on the same complete months; a city that lacks one of them has no rank.

Peers are the figures of one measure, level, parent and period.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from services.progress.common.periods import months_of
from services.progress.common.rules import Rules, reference
from services.progress.measures import judgement
from services.progress.measures.facts import Facts
from services.progress.measures.figure import Figure
from shared.clock import local_day


@dataclass(frozen=True, slots=True)
class _Score:
    """What a figure is ranked by, from which months; without a `ratio` it has no rank, for `reason`."""

    ratio: Fraction | None
    months: tuple[str, ...] = ()
    reason: str = ""


def ranked(made: Sequence[Figure], facts: Facts, rules: Rules, measures: Set[str]) -> list[Figure]:
    """The same figures, those of cities and `measures` with the rank among their peers, or the reason for none."""
    groups: dict[tuple[str | None, ...], list[Figure]] = {}
    for figure in made:
        if figure.measure in measures and figure.level == "prefecture":
            parent = facts.targets[figure.target].parent
            groups.setdefault((figure.measure, parent, figure.period), []).append(figure)
    placed = {figure.id: figure for group in groups.values() for figure in _placed(group, rules)}
    return [placed.get(figure.id, figure) for figure in made]


def _placed(group: Sequence[Figure], rules: Rules) -> Iterable[Figure]:
    scores = _scores(group)
    ranks = judgement.competition_ranks({name: score.ratio for name, score in scores.items()})
    for figure in group:
        score = scores[figure.id]
        if figure.id not in ranks:
            yield replace(figure, rank_months=score.months, rank_reason=score.reason)
            continue
        rank, ties = ranks[figure.id]
        yield replace(
            figure,
            rank=rank,
            rank_ties=ties,
            ranked=len(ranks),
            rank_months=score.months,
            rules=(*figure.rules, reference(rules.on("ranking", local_day(figure.as_of)))),
        )


def _scores(group: Sequence[Figure]) -> Mapping[str, _Score]:
    months = _complete_months(group)
    return {
        figure.id: _by_value(figure) if months is None else _by_months(figure, months) for figure in group
    }


def _complete_months(group: Sequence[Figure]) -> tuple[str, ...] | None:
    """The months that are due, and the others that all have reported; None where figures are not made of months."""
    monthly = [figure.monthly for figure in group if figure.monthly is not None]
    if len(monthly) < len(group):
        return None
    return tuple(
        month
        for month in months_of(group[0].period)
        if month in monthly[0].due or all(month in each.values for each in monthly)
    )


def _by_months(figure: Figure, months: tuple[str, ...]) -> _Score:
    values = figure.monthly.values if figure.monthly is not None else {}
    if not months:
        return _Score(None, reason="no month is due or reported by all yet: nothing to compare")
    if missing := [month for month in months if month not in values]:
        return _Score(None, months, f"stands aside until it is reported: {', '.join(missing)}")
    value = sum((values[month] for month in months), Decimal(0))
    return _Score(judgement.ratio(value, figure.target_value, figure.comparator), months)


def _by_value(figure: Figure) -> _Score:
    score = judgement.ratio(figure.value, figure.target_value, figure.comparator)
    return _Score(score, reason="" if score is not None else figure.reason or "there is no value yet")
