"""What a fund pays, and for what: min(rate × base, cap), or by decision alone (TR-19, TR-20; X-11, G-7).

The bases are alternatives and never added; base and kind of aid are kept apart, because the plan only suggests
that interest subsidy goes with loans and grants with equipment (TR-19b). Terms are dated data of the fund.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from services.projects.common.refusal import Refused

_FEN = Decimal("0.01")


class Base(StrEnum):
    """What is multiplied by the rate."""

    BANK_LOAN = "bank_loan"
    """银行贷款实际发生额: bank loan drawn during construction, CNY (yuan)."""
    EQUIPMENT = "equipment_investment"
    """技术设备投资额, CNY (yuan)."""
    FIXED_INVESTMENT = "fixed_investment"
    """固定资产投资额, CNY (yuan)."""
    ENERGY_SAVING = "energy_saving"
    """年节能量, tce a year."""


class Aid(StrEnum):
    """How money is given."""

    INTEREST_SUBSIDY = "interest_subsidy"
    """贴息."""
    GRANT = "grant"
    """补助."""
    AWARD = "award"
    """奖励: what an appraisal has granted a city; no project asks for it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a fund pays for between two days, both included; no last day: until further notice.

    `rate` is yuan per unit of base (0.05 of a yuan per yuan; 240 yuan per tce); without it the amount is decided
    case by case. `cap` is yuan for one project. A base below `base_from`, or not below `base_below`, gets nothing.
    `stages` are the project's stages in which it may ask, `programmes` the tags of which it must carry one.
    Each of the `criteria` must be answered with its evidence.
    """

    valid_from: date
    valid_to: date | None
    aids: tuple[Aid, ...]
    bases: tuple[Base, ...]
    rate: Decimal | None
    cap: Decimal | None
    stages: tuple[str, ...]
    programmes: tuple[str, ...]
    base_from: Decimal | None = None
    base_below: Decimal | None = None
    criteria: tuple[str, ...] = ()
    source: str = ""

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def entitlement(terms: Terms, base: Decimal) -> Decimal:
    """The entitlement in yuan: min(rate × base, cap), rounded down to the fen so that it never exceeds the rate.

    The rate of TR-19b and the cap of TR-19c are terms of the fund (X-11, G-7). Raises ValueError without a rate.
    """
    if terms.rate is None:
        raise ValueError("these terms have no formula")
    amount = (terms.rate * base).quantize(_FEN, ROUND_DOWN)
    return amount if terms.cap is None else min(amount, terms.cap)


def checked(terms: Sequence[Terms]) -> tuple[Terms, ...]:
    """Terms in order of their days. Raises Refused if two overlap or one contradicts itself."""
    ordered = tuple(sorted(terms, key=lambda each: each.valid_from))
    for each in ordered:
        if each.valid_to is not None and each.valid_to < each.valid_from:
            raise Refused(
                f"Terms end on {each.valid_to}, before they begin on {each.valid_from}.",
                code="date-order",
                where="terms",
            )
        if (each.rate is None) != (not each.bases):
            raise Refused(
                "Terms with a rate name their bases, and terms without one name none.",
                code="terms",
                where="terms",
                remedy="Give rate and bases, or neither when amounts are decided case by case.",
            )
    for i, one in enumerate(ordered[:-1]):
        following = ordered[i + 1]
        if one.valid_to is None or following.valid_from <= one.valid_to:
            raise Refused(f"Two terms hold on {following.valid_from}.", code="overlap", where="terms")
    return ordered


def in_force(terms: Sequence[Terms], on: date) -> Terms:
    """The terms in force on a day. Raises Refused if there are none."""
    for each in terms:
        if each.holds(on):
            return each
    raise Refused(
        f"The fund has no terms for {on}.",
        code="no-terms",
        where="on",
        remedy="Check the day; the fund lists its terms with their days.",
    )
