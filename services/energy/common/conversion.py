"""Conversion to standard coal (折标准煤): exact, dated, and with the edition kept beside the figure.

GB/T 2589 综合能耗计算通则: E = Σ quantity × coefficient (plan file 2.4). Printed kgce values are used, never
recomputed from kJ (2.5, fact 2). Everything is Decimal; rounding happens at the reporting edge only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

FACTOR_DECIMALS = 6
"""A coefficient has at most so many decimals, so that standard coal is exact in the store's integers:
`value × 10^6` is its integer factor."""


class Basis(StrEnum):
    """How electricity and heat are valued: by their own heat, or by the coal it took to make them.

    It flips the 10,000 tce threshold (fact 1 of plan file 2.5), so no figure comes without it.
    """

    EQUAL = "equal"  # 当量
    EQUIVALENT = "equivalent"  # 等价
    BOTH = "both"  # the standard knows one value: it stands for either basis


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A conversion coefficient (折标准煤系数): `value` kgce per unit of the carrier, for a span of days.

    `enterprise` set: that enterprise's own measured value, which takes precedence (GB/T 2589, plan file 2.1).
    `valid_to` is the last day; of several that hold for a day, the one recorded last is taken.
    """

    id: int
    carrier: str
    basis: Basis
    value: Decimal
    edition: str
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    provisional: bool = False
    enterprise: str | None = None

    def __post_init__(self) -> None:
        if self.value < 0 or self.value != round(self.value, FACTOR_DECIMALS):
            raise ValueError(f"{self.value} kgce: a coefficient is not negative and has at most 6 decimals")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid from {self.valid_from} to {self.valid_to}: ends before it begins")

    def holds_on(self, day: date) -> bool:
        """Whether it is valid on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def coefficient_on(
    coefficients: Iterable[Coefficient], basis: Basis, day: date, enterprise: str | None = None
) -> Coefficient | None:
    """The coefficient of one carrier that a new figure of `day` is made with; None if none is known.

    The enterprise's own comes before the general one, a basis's own before one for both, the one recorded
    last before older ones. None is not zero: such a figure has no standard coal yet.
    """
    fitting = [
        each
        for each in coefficients
        if each.basis in (basis, Basis.BOTH) and each.enterprise in (enterprise, None) and each.holds_on(day)
    ]
    return max(
        fitting,
        key=lambda c: (c.enterprise is not None, c.basis is basis, c.recorded_at, c.id),
        default=None,
    )


def standard_coal(amount: Decimal, coefficient: Coefficient) -> Decimal:
    """Standard coal in tce of a quantity in the carrier's unit: exact, and linear in the quantity."""
    return amount * coefficient.value / 1000


def comprehensive_energy(parts: Sequence[tuple[Decimal, Coefficient]]) -> Decimal:
    """Comprehensive energy consumption (综合能耗), tce: E = Σ eᵢ × pᵢ (plan file 2.4).

    `parts` holds the carriers' quantities in their units, each with its coefficient of one basis.
    """
    return sum((standard_coal(amount, coefficient) for amount, coefficient in parts), Decimal(0))
