"""What several carriers or slots come to: known only as far as its parts are."""

from collections.abc import Sequence
from decimal import Decimal


def completeness(present: int, expected: int) -> Decimal | None:
    """Share of expected slots that hold a reading, at most 1, four decimals; None where none is expected."""
    if expected == 0:
        return None
    return min(Decimal(1), Decimal(present) / Decimal(expected)).quantize(Decimal("0.0001"))


def total(values: Sequence[Decimal | None]) -> Decimal | None:
    """The sum of the measured carriers' standard coal; None if there are none, or if one isn't known."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(values) else None
