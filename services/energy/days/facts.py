"""The energy of one enterprise on one day, as it leaves the service: absolute totals, with a revision number.

Late data make a new revision, never a difference: whoever reads the newest revision has the day. Standard coal
comes by both bases (当量 and 等价, X-4), with the coefficients and their editions beside it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierDay:
    """One carrier. `native` and `spread` in `unit`; `native` None where slots are expected and nothing came, tce
    None where no coefficient is known: missing isn't zero.

    `present` of `expected` slots hold a reading; of `native`, `spread` comes from intervals over missing slots.
    `parked` is energy of `parked_intervals` that counts nowhere until somebody has looked at them.
    """

    carrier: str
    native: Decimal | None
    unit: str
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    present: int
    expected: int
    spread: Decimal
    parked: Decimal = Decimal(0)
    parked_intervals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientUsed:
    """kgce per unit of the carrier, as this day's figures were made with it."""

    carrier: str
    basis: str
    value: Decimal
    edition: str
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseDayMeasured:
    """Whole-plant real-time sums of one day in +08:00. tce totals add up what was measured (completeness says how
    much is missing) and are None where nothing was, or where a measured carrier has no coefficient.

    `completeness` is present/expected over all carriers (rule: 90 %, plan data §3.3), None if none is expected.
    """

    enterprise: str
    region: str
    day: date
    revision: int
    carriers: tuple[CarrierDay, ...]
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    coefficients: tuple[CoefficientUsed, ...]
    completeness: Decimal | None


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Nothing was published for the day."""


DayState = Unmeasured | EnterpriseDayMeasured
INITIAL: DayState = Unmeasured()


def stream(enterprise: str, day: date) -> str:
    """The stream of one day of one enterprise: its events are its revisions."""
    return f"day-{enterprise}-{day.isoformat()}"


def evolve(state: DayState, event: EnterpriseDayMeasured) -> DayState:
    """The newest revision is the day."""
    return event
