"""Decisions on reported figures: commands in, events or a refusal out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from services.assessment.common import periods
from services.assessment.common.refusal import Refused
from services.assessment.common.region import Region
from services.assessment.common.values import Amount, Period, Reason, RegionCode, Unit, Words
from services.assessment.statistics.facts import (
    INITIAL,
    Indicator,
    NotReported,
    StatisticEvent,
    StatisticReported,
    StatisticRevised,
    StatisticState,
    evolve,
)
from shared.command import Given, command, decider
from shared.values import Says, Text

IndicatorId = Annotated[
    str,
    Text(
        pattern=r"^[a-z][a-z0-9_]{0,63}$",
        description="A row of the reference list (`list-indicators`).",
        example="total_energy",
    ),
]
_EXAMPLE: dict[str, Any] = {
    "indicator": "total_energy",
    "region": "350100",
    "period": "2012",
    "value": "19864000",
    "unit": "tce",
    "source": "city yearbook 2013 (synthetic figure)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Given):
    """What a decision needs: the indicator's definition for the period, and the region; None: unknown."""

    indicator: Indicator
    region: Region | None


@command(example=_EXAMPLE)
class ReportStatistic:
    """Report a figure (统计上报)."""

    indicator: IndicatorId
    region: RegionCode
    period: Period
    value: Annotated[Amount, Says(description="In the indicator's unit.", example="19864000")]
    unit: Annotated[Unit, Says(description="Must be the indicator's: a check against a slip of 10⁴ or 10⁸.")]
    source: Annotated[Words, Says(description="Bulletin, yearbook or report that says it.")]
    price_base: Annotated[
        Annotated[str, Text(max_length=40)] | None,
        Says(description="If given, it must be the indicator's.", example="2010"),
    ] = None
    reported_on: Annotated[date | None, Says(description="When it was reported; absent: today.")] = None
    provisional: Annotated[
        bool, Says(description="An estimate before the period is over (快报数、预计数).")
    ] = False


@command(example={**_EXAMPLE, "value": "19921500", "reason": "revised after the third economic census"})
class ReviseStatistic(ReportStatistic):
    """Replace a figure by a later vintage (修订)."""

    reason: Reason


def decide(command: ReportStatistic, state: StatisticState, given: Known) -> Sequence[StatisticEvent]:
    """The events of a report, or of a revision, or Refused."""
    revision = command if isinstance(command, ReviseStatistic) else None
    if isinstance(state, NotReported) and revision is not None:
        raise Refused(
            f"{_name(command)} has not been reported; there is nothing to revise.",
            code="not-reported",
            where="period",
            status=404,
            remedy="Report the figure.",
        )
    on = command.reported_on or given.today
    _check(command, on, given)
    if isinstance(state, NotReported):
        return [StatisticReported(**_members(command, on, given))]
    current = state.current
    if _same(command, current):
        return []
    if revision is None:
        raise Refused(
            f"{_name(command)} is reported already: {current.value} {given.indicator.unit} on "
            f"{current.reported_on} ({current.source}).",
            code="already-reported",
            where="value",
            status=409,
            remedy="If the figure was revised, send a revision with the reason; both figures are kept.",
        )
    if on < current.reported_on:
        raise Refused(
            f"The figure that counts now was reported on {current.reported_on}, after {on}.",
            code="older-than-current",
            where="reported_on",
            remedy="A revision comes after what it revises: give the day on which it was reported.",
        )
    members = _members(command, on, given)
    return [StatisticRevised(**members, previous_value=current.value, reason=revision.reason)]


STATISTIC = decider(INITIAL, decide, evolve)


def _check(command: ReportStatistic, on: date, given: Known) -> None:
    indicator = given.indicator
    _check_region(command, given.region)
    if not indicator.holds_in(command.period):
        raise Refused(
            f"{indicator.indicator} is defined from {indicator.valid_from} to {indicator.valid_to or 'now'}, "
            f"not for all of {command.period}.",
            code="indicator-not-in-force",
            where="period",
            remedy="List the indicators; give a period in which the definition holds.",
        )
    if command.unit != indicator.unit:
        raise Refused(
            f"{indicator.indicator} is counted in {indicator.unit}, not in {command.unit}.",
            code="wrong-unit",
            where="unit",
            remedy=f"Convert the figure to {indicator.unit} and send it again.",
        )
    if command.price_base is not None and command.price_base != indicator.price_base:
        raise Refused(
            f"{indicator.indicator} is at {indicator.price_base or 'no'} prices, not at {command.price_base}.",
            code="wrong-price-base",
            where="price_base",
            remedy="Send the figure of that price base, or the indicator that has yours.",
        )
    if on > given.today:
        raise Refused(
            f"{on} is after today ({given.today}).",
            code="reported-in-the-future",
            where="reported_on",
            remedy="Give the day on which the figure was reported.",
        )
    if on <= periods.last_day(command.period) and not command.provisional:
        raise Refused(
            f"{command.period} is not over on {on}: the figure can only be an estimate.",
            code="period-not-over",
            where="period",
            remedy="Mark it as provisional (快报数、预计数), or report it when the period is over.",
        )


def _check_region(command: ReportStatistic, region: Region | None) -> None:
    """The region's code must be valid on some day of the period, because codes change (X-19). Raises Refused."""
    if region is None:
        raise Refused(
            f"{command.region} is not a region of any published plan.",
            code="unknown-region",
            where="region",
            remedy="List the regions and name one by its code; if there is none yet, load the plan first.",
        )
    if not region.exists_between(periods.first_day(command.period), periods.last_day(command.period)):
        raise Refused(
            f"The code {region.code} {region.name} is valid from {region.valid_from} to "
            f"{region.valid_to or 'now'}, not in {command.period}.",
            code="region-not-in-force",
            where="region",
            remedy="Codes change: list the regions of that day and take the one that was valid.",
        )


def _same(command: ReportStatistic, current: StatisticEvent) -> bool:
    """Whether the command repeats the current figure: the reporter doesn't matter, being provisional does."""
    return command.value == current.value and command.provisional == current.provisional


def _name(command: ReportStatistic) -> str:
    return f"{command.indicator} of {command.region} for {command.period}"


def _members(command: ReportStatistic, on: date, given: Known) -> dict[str, Any]:
    return {
        "indicator": command.indicator,
        "region": command.region,
        "period": command.period,
        "value": command.value,
        "unit": command.unit,
        "price_base": given.indicator.price_base,
        "basis": given.indicator.basis,
        "source": command.source,
        "reported_on": on,
        "provisional": command.provisional,
    }
