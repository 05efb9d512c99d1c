"""Statistic (统计数): a figure reported for an indicator, a region and a period, with all its vintages.

Figures are corrected late: by a bulletin, an annual report, a census (X-16, X-24). Another figure for the same
thing is a revision with a reason, never an overwrite, and what was known before is kept.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from services.assessment.common import periods


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A row of the reference list (指标): its one unit, its price base (year of constant prices, "current" or
    None where it isn't money) and its standard-coal basis (X-4, X-5)."""

    indicator: str
    name: str
    term: str
    unit: str
    price_base: str | None
    basis: str | None
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str
    note: str = ""

    def holds_in(self, period: str) -> bool:
        """Whether the definition covers the whole period."""
        first, last = periods.first_day(period), periods.last_day(period)
        return self.valid_from <= first and (self.valid_to is None or last <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticReported:
    """A figure was reported (统计上报). `provisional`: an estimate, before the period was over (快报数、预计数)."""

    schema_version: ClassVar[int] = 1
    indicator: str
    region: str
    period: str
    value: Decimal
    unit: str
    price_base: str | None
    basis: str | None
    source: str
    reported_on: date
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticRevised:
    """A figure was revised (修订), with the one before and why."""

    schema_version: ClassVar[int] = 1
    indicator: str
    region: str
    period: str
    value: Decimal
    unit: str
    price_base: str | None
    basis: str | None
    source: str
    reported_on: date
    provisional: bool = False
    previous_value: Decimal
    reason: str


StatisticEvent = StatisticReported | StatisticRevised


@dataclass(frozen=True, slots=True)
class NotReported:
    """No figure reported yet: it is missing, not zero."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The figure that counts now, and those before it, oldest first."""

    current: StatisticEvent
    earlier: tuple[StatisticEvent, ...] = ()


StatisticState = NotReported | Reported
INITIAL: StatisticState = NotReported()


def stream(indicator: str, region: str, period: str) -> str:
    """The stream of one figure with its vintages."""
    return f"statistic:{indicator}:{region}:{period}"


def evolve(state: StatisticState, event: StatisticEvent) -> StatisticState:
    """The state after an event."""
    if isinstance(state, Reported):
        return Reported(event, (*state.earlier, state.current))
    if isinstance(event, StatisticRevised):
        raise ValueError("a statistic's history begins with StatisticReported")
    return Reported(event)
