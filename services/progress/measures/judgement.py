"""How a value is held against its target: completion, met or not, light, rank. Pure, exact, Decimal."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from services.progress.common.rules import Rule
from services.progress.measures.figure import Light

HUNDRED = Decimal(100)


def completion(value: Decimal | None, target: Decimal | None, comparator: str) -> Decimal | None:
    """完成率 in percent. Where lower is better (`at_most`) it is target / value: 100 % is reached from above.

    None where a side is missing, or where the ratio would have no meaning (a divisor that isn't positive, X-6).
    """
    if value is None or target is None:
        return None
    above, below = (target, value) if comparator == "at_most" else (value, target)
    return above / below * HUNDRED if below > 0 else None


def met(
    value: Decimal | None,
    target: Decimal | None,
    comparator: str,
    *,
    final: bool,
    may_fall: bool = False,
) -> bool | None:
    """Whether the target is reached; None while that can still change or can't be known.

    以上, 达 and a bare number are at_least, and include the number itself. A sum that only grows has met an
    at_least target as soon as it reaches it, a rate or a stock (`may_fall`) not before its day; that one has missed
    it is known only when the figure is final.
    """
    if value is None or target is None:
        return None
    match comparator:
        case "at_least" | "decline_at_least":
            if value >= target:
                return None if may_fall else True
            return False if final else None
        case "at_most":
            return value <= target if final else None
        case "exactly":
            return value == target if final else None
        case _:
            raise ValueError(f"comparator {comparator!r} is not known")


def light(gap: Decimal | None, rule: Rule, *, lower_bound: bool = False) -> Light:
    """绿 / 黄 / 红 by the gap in percentage points; a gap on a threshold has the better colour.

    A value that is only a lower bound (reports are missing) can prove green and nothing else: what is
    missing is not zero, so it stays grey until the reports are there.
    """
    if gap is None:
        return Light.GREY
    if gap >= rule.number("green_from"):
        return Light.GREEN
    if lower_bound:
        return Light.GREY
    return Light.YELLOW if gap >= rule.number("yellow_from") else Light.RED


def ratio(value: Decimal | None, target: Decimal | None, comparator: str) -> Fraction | None:
    """What ranking compares: the completion without any rounding, so that only true ties tie."""
    if value is None or target is None:
        return None
    above, below = (target, value) if comparator == "at_most" else (value, target)
    return Fraction(above) / Fraction(below) if below > 0 else None


def competition_ranks(scores: Mapping[str, Fraction | None]) -> dict[str, tuple[int, int]]:
    """(rank, how many share it) per key, best first: 1, 2, 2, 4 (X-18). Keys without a score have no rank."""
    known = {key: score for key, score in scores.items() if score is not None}
    return {
        key: (
            1 + sum(1 for other in known.values() if other > score),
            sum(1 for other in known.values() if other == score),
        )
        for key, score in known.items()
    }
