"""Periods of sums: whole hours, days, months and years in China's days (+08:00)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Any, Literal

from pydantic import Field

from services.energy.common.totals import completeness
from services.energy.readings import sums
from shared.clock import CHINA
from shared.problems import Problem

Grain = Annotated[
    Literal["hour", "day", "month", "year"],
    Field(
        description="Boundaries in +08:00, China's days. At once at most 7 days of hours, 92 days, 24 months, 10 "
        "years; the lists have pages"
    ),
]

_MOST_DAYS = {"hour": 7, "day": 92, "month": 731, "year": 3653}
_LABEL = {"day": 10, "month": 7, "year": 4}


def span(grain: str, first: date, last: date) -> tuple[date, date]:
    """The days to look at. Raises Problem 422 for a span reversed or too long."""
    bounds(grain, first, last)
    if (last - first).days >= _MOST_DAYS[grain]:
        detail = f"{(last - first).days + 1} days by {grain} are more than the {_MOST_DAYS[grain]} allowed."
        raise _bad_span(detail, "Ask for a shorter span, a coarser grain, or the list, which has pages.")
    return bounds(grain, first, last)


def bounds(grain: str, first: date, last: date) -> tuple[date, date]:
    """The days from the first to the last period: whole months, whole years. Raises Problem 422 for a span reversed."""
    if last < first:
        raise _bad_span(f"{last} is before {first}.", "Give the earlier day as from.")
    if grain == "year":
        return first.replace(month=1, day=1), last.replace(month=12, day=31)
    if grain == "month":
        following = (last.replace(day=28) + timedelta(days=4)).replace(day=1)
        return first.replace(day=1), following - timedelta(days=1)
    return first, last


def label(start: datetime, grain: str) -> str:
    """The period's name in China's days (+08:00), e.g. 2013-01 for a month that begins on 31 December by UTC."""
    local = start.astimezone(CHINA)
    return f"{local:%Y-%m-%dT%H:%M}" if grain == "hour" else local.date().isoformat()[: _LABEL[grain]]


def together(figures: Sequence[sums.Sum], grain: str) -> list[sums.Sum]:
    """Days, by carrier, as months or years; hours and days as they are."""
    if grain in ("hour", "day"):
        return list(figures)

    def period(one: sums.Sum) -> tuple[str, str]:
        return one.carrier, label(one.start, grain)

    return [sums.total(list(part)) for _, part in groupby(figures, key=period)]


def grouped(hours: Sequence[sums.MeterHour], grain: str) -> Iterable[Iterable[sums.MeterHour]]:
    """A meter's hours by period."""
    return (part for _, part in groupby(hours, key=lambda hour: label(hour.start, grain)))


def meter_period(hours: Sequence[sums.MeterHour], grain: str) -> dict[str, Any]:
    """The sum of a period's hours."""
    measured = [hour.native for hour in hours if hour.native is not None]
    present, expected = sum(hour.present for hour in hours), sum(hour.expected for hour in hours)
    return {
        "period": label(hours[0].start, grain),
        "start": hours[0].start,
        "native": sum(measured, Decimal(0)) if measured else None,
        "spread": sum((hour.spread for hour in hours), Decimal(0)),
        "parked": sum((hour.parked for hour in hours), Decimal(0)),
        "parked_intervals": sum(hour.parked_intervals for hour in hours),
        "present": present,
        "expected": expected,
        "completeness": completeness(present, expected),
    }


def _bad_span(detail: str, remedy: str) -> Problem:
    return Problem(422, "bad-span", "Not a span of days", detail, where="to", remedy=remedy)
