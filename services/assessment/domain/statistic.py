"""Statistic (统计数): a figure reported for an indicator, a region and a period, with all its vintages.

Figures are corrected late: by a bulletin, an annual report, a census (X-16, X-24). Another figure for the same
thing is a revision with a reason, never an overwrite, and what was known before is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, assert_never

from services.assessment.domain import period as periods
from services.assessment.domain.refusal import Refused
from services.assessment.domain.region import Region


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
class Vintage:
    """One figure as it was reported; `reason` None for the first."""

    value: Decimal
    source: str
    reported_on: date
    provisional: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class NotReported:
    """No figure yet: it is missing, not zero."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The figure that counts now, and those before it, oldest first."""

    current: Vintage
    earlier: tuple[Vintage, ...] = ()


StatisticState = NotReported | Reported
INITIAL: StatisticState = NotReported()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What is sent, with what must be known to judge it: the indicator's definition, the region, today."""

    indicator: Indicator
    region: str
    known_region: Region | None
    period: str
    value: Decimal
    unit: str
    source: str
    reported_on: date
    provisional: bool
    today: date
    price_base: str | None = None


@dataclass(frozen=True, slots=True)
class ReportStatistic:
    """Report a figure."""

    figure: Figure


@dataclass(frozen=True, slots=True)
class ReviseStatistic:
    """Replace a figure by a later vintage, and say why."""

    figure: Figure
    reason: str


StatisticCommand = ReportStatistic | ReviseStatistic


def decide(command: StatisticCommand, state: StatisticState) -> Sequence[StatisticEvent]:
    """The events of a command, or Refused."""
    figure = command.figure
    match (command, state):
        case (ReportStatistic(), NotReported()):
            _check(figure)
            return [StatisticReported(**_members(figure))]
        case (ReportStatistic(), Reported(current)):
            _check(figure)
            if _same(figure, current):
                return []
            raise Refused(
                f"{_name(figure)} is reported already: {current.value} {figure.indicator.unit} on "
                f"{current.reported_on} ({current.source}).",
                code="already-reported",
                where="value",
                status=409,
                remedy="If the figure was revised, send a revision with the reason; both figures are kept.",
            )
        case (ReviseStatistic(), NotReported()):
            raise Refused(
                f"{_name(figure)} has not been reported; there is nothing to revise.",
                code="not-reported",
                where="period",
                status=404,
                remedy="Report the figure.",
            )
        case (ReviseStatistic(_, reason), Reported(current)):
            _check(figure)
            if _same(figure, current):
                return []
            if figure.reported_on < current.reported_on:
                raise Refused(
                    f"The figure that counts now was reported on {current.reported_on}, after "
                    f"{figure.reported_on}.",
                    code="older-than-current",
                    where="reported_on",
                    remedy="A revision comes after what it revises: give the day on which it was reported.",
                )
            return [StatisticRevised(**_members(figure), previous_value=current.value, reason=reason)]
        case _:
            raise TypeError(f"no decision for {type(command).__name__} on {type(state).__name__}")


def evolve(state: StatisticState, event: StatisticEvent) -> StatisticState:
    """How a fact changes a statistic."""
    match event:
        case StatisticReported():
            return Reported(Vintage(event.value, event.source, event.reported_on, event.provisional, None))
        case StatisticRevised():
            newest = Vintage(event.value, event.source, event.reported_on, event.provisional, event.reason)
            if isinstance(state, NotReported):
                raise ValueError("a statistic's history begins with StatisticReported")
            return replace(state, current=newest, earlier=(*state.earlier, state.current))
        case _:
            assert_never(event)


def _check(figure: Figure) -> None:
    indicator = figure.indicator
    _check_region(figure)
    if not indicator.holds_in(figure.period):
        raise Refused(
            f"{indicator.indicator} is defined from {indicator.valid_from} to {indicator.valid_to or 'now'}, "
            f"not for all of {figure.period}.",
            code="indicator-not-in-force",
            where="period",
            remedy="List the indicators; give a period in which the definition holds.",
        )
    if figure.unit != indicator.unit:
        raise Refused(
            f"{indicator.indicator} is counted in {indicator.unit}, not in {figure.unit}.",
            code="wrong-unit",
            where="unit",
            remedy=f"Convert the figure to {indicator.unit} and send it again.",
        )
    if figure.price_base is not None and figure.price_base != indicator.price_base:
        raise Refused(
            f"{indicator.indicator} is at {indicator.price_base or 'no'} prices, not at {figure.price_base}.",
            code="wrong-price-base",
            where="price_base",
            remedy="Send the figure of that price base, or the indicator that has yours.",
        )
    if figure.reported_on > figure.today:
        raise Refused(
            f"{figure.reported_on} is after today ({figure.today}).",
            code="reported-in-the-future",
            where="reported_on",
            remedy="Give the day on which the figure was reported.",
        )
    if figure.reported_on <= periods.last_day(figure.period) and not figure.provisional:
        raise Refused(
            f"{figure.period} is not over on {figure.reported_on}: the figure can only be an estimate.",
            code="period-not-over",
            where="period",
            remedy="Mark it as provisional (快报数、预计数), or report it when the period is over.",
        )


def _check_region(figure: Figure) -> None:
    """The code must exist, and on some day of the period: codes change (X-19)."""
    region = figure.known_region
    if region is None:
        raise Refused(
            f"{figure.region} is not a region of any published plan.",
            code="unknown-region",
            where="region",
            remedy="List the regions and name one by its code; if there is none yet, load the plan first.",
        )
    if not region.exists_between(periods.first_day(figure.period), periods.last_day(figure.period)):
        raise Refused(
            f"The code {region.code} {region.name} is valid from {region.valid_from} to "
            f"{region.valid_to or 'now'}, not in {figure.period}.",
            code="region-not-in-force",
            where="region",
            remedy="Codes change: list the regions of that day and take the one that was valid.",
        )


def _same(figure: Figure, current: Vintage) -> bool:
    """The same figure once more. Who said it doesn't matter, whether it is an estimate does."""
    return figure.value == current.value and figure.provisional == current.provisional


def _name(figure: Figure) -> str:
    return f"{figure.indicator.indicator} of {figure.region} for {figure.period}"


def _members(figure: Figure) -> dict[str, Any]:
    return {
        "indicator": figure.indicator.indicator,
        "region": figure.region,
        "period": figure.period,
        "value": figure.value,
        "unit": figure.unit,
        "price_base": figure.indicator.price_base,
        "basis": figure.indicator.basis,
        "source": figure.source,
        "reported_on": figure.reported_on,
        "provisional": figure.provisional,
    }
