"""The integers that the readings' store counts in, and the decimals that they stand for.

A reading's value is in 1e-6 of its meter's unit: the intake rounds it once, half to even, and nothing rounds it again.
Energy is in the series' step, 10^-(6 + decimals of the factor) of the carrier's unit: so small that value × factor is
whole. Enterprises' sums are decimals in the carrier's unit, and exact.
"""

from decimal import ROUND_HALF_EVEN, Decimal

VALUE_DECIMALS = 6
"""Decimals of a value, in its meter's unit."""
MOST_DECIMALS = 12
"""Decimals of energy in the carrier's unit at most: a factor may have six."""
_STEP = Decimal(1).scaleb(-VALUE_DECIMALS)
VOID = -1
"""Stands as a value for "this reading is void": what a correction without a value says."""
EXTREME = 2**62
"""Stands for a value that can't be held: 4.6e12 of any unit, or more. Such a reading goes to quarantine."""


def value_of(amount: Decimal) -> int:
    """A register or quantity, below 10^22, as the store keeps it. Beyond six decimals it is rounded half to even."""
    # In this order: scaled first, a long number would be rounded twice.
    return int(amount.quantize(_STEP, ROUND_HALF_EVEN).scaleb(VALUE_DECIMALS))


def amount_of(value: int) -> Decimal:
    """What a kept value stands for, in its meter's unit."""
    return plain(Decimal(value).scaleb(-VALUE_DECIMALS))


def decimals(number: Decimal) -> int:
    """How many decimals a number needs: 0 for 1000, 3 for 0.001."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -int(exponent))


def step_decimals(factor: Decimal) -> int:
    """Decimals of the step in which a series' energy is counted; `factor`: carrier's units in one of the meter's."""
    return VALUE_DECIMALS + decimals(factor)


def plain(number: Decimal) -> Decimal:
    """The same number without zeros at its end, and without an exponent."""
    short = number.normalize()
    return short if int(short.as_tuple().exponent) <= 0 else short.quantize(Decimal(1))
