"""Places (名次) of the cities by their points, and the awards that places bring (TR-26, X-18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.assessment.plans.facts.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Score:
    """What a city is ranked by: its points, and the completion of its target without any rounding."""

    region: str
    total: Decimal
    completion: Fraction | None


@dataclass(frozen=True, slots=True)
class Place:
    """A city's place (名次). `ties`: how many share it, itself included. `award`: CNY that it brings."""

    region: str
    rank: int
    ties: int
    award: Decimal


_FEN = Decimal("0.01")


def places(scores: Sequence[Score], scheme: Scheme) -> tuple[Place, ...]:
    """Everybody's place, best first; equals share a place, and the next places are left out: 1, 2, 2, 4.

    Cities that share places split the awards of these places to the fen, so that the sum is always the scheme's. A
    remainder goes, one fen each, to the cities with the lowest codes.
    """
    ordered = sorted(scores, key=lambda score: (_key(score, scheme), score.region))
    found: list[Place] = []
    while len(found) < len(ordered):
        first = len(found)
        equal = [score for score in ordered[first:] if _key(score, scheme) == _key(ordered[first], scheme)]
        pool = sum(scheme.awards[first : first + len(equal)], Decimal(0))
        share = (pool / len(equal)).quantize(_FEN, rounding="ROUND_DOWN")
        left = int((pool - share * len(equal)) / _FEN)
        found += [
            Place(score.region, first + 1, len(equal), share + (_FEN if index < left else 0))
            for index, score in enumerate(equal)
        ]
    return tuple(found)


def _key(score: Score, scheme: Scheme) -> tuple[Decimal | Fraction, ...]:
    """The sort key of a score: smaller is better, an unknown completion sorts last."""
    unknown = Fraction(-1)
    broken = [-(unknown if score.completion is None else score.completion) for _ in scheme.tie_break]
    return (-score.total, *broken)
