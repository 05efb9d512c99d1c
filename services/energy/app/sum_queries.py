"""Queries on sums: what the readings' store says, narrowed to what the asker may see."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy import tables
from services.energy.access import seen_enterprise
from services.energy.app.context import Energy
from services.energy.domain.coverage import day_of, day_start
from services.energy.domain.measured_day import completeness, total
from services.energy.readings import receipts, sums
from services.energy.readings.reference import driver
from shared.identity import Actor
from shared.problems import Problem, bad_span, not_found

_MOST_DAYS = {"hour": 7, "day": 92, "month": 731, "year": 3653}
_LABEL = {"day": 10, "month": 7, "year": 4}
_FEED_TODAY = text("""
    SELECT to_timestamp(max(last_t)) AS last_reading_at, max(last_received_at) AS last_received_at
    FROM feed_day WHERE enterprise = :e AND day BETWEEN CAST(:day AS date) - 1 AND :day
""")


async def enterprise_energy(
    energy: Energy, actor: Actor, enterprise: str, grain: str, first: date, last: date, basis: str
) -> dict[str, Any]:
    """Sums of one enterprise by carrier and period. What isn't due by now isn't expected."""
    first, last = _span(grain, first, last)
    async with energy.snapshots.connect() as conn:
        await seen_enterprise(conn, actor, enterprise)
        inner, now = await driver(conn), energy.now()
        if grain == "hour":
            begin, end = day_start(first), day_start(last + timedelta(days=1))
            figures = await sums.enterprise_hours(inner, enterprise, begin, end, until=now)
        else:
            pairs = [(enterprise, first + timedelta(days=n)) for n in range((last - first).days + 1)]
            figures = await sums.day_figures(inner, pairs, until=now)
            figures = together(figures, grain)
    return {
        "enterprise": enterprise,
        "grain": grain,
        "basis": basis,
        "first": first,
        "last": last,
        "carriers": _carriers(figures, basis, grain),
        "as_of": now,
    }


async def meter_energy(
    energy: Energy, actor: Actor, meter: str, grain: str, statistic_type: int, first: date, last: date
) -> dict[str, Any]:
    """Sums of one meter by period."""
    first, last = _span(grain, first, last)
    async with energy.snapshots.connect() as conn:
        row = await seen_meter(conn, actor, meter)
        hours = await sums.meter_hours(
            await driver(conn), meter, statistic_type, day_start(first), day_start(last + timedelta(days=1))
        )
    return {
        "meter": meter,
        "enterprise": row.enterprise,
        "carrier": row.carrier,
        "unit": row.carrier_unit,
        "grain": grain,
        "first": first,
        "last": last,
        "periods": [meter_period(list(part), grain) for part in grouped(hours, grain)],
        "as_of": energy.now(),
    }


async def seen_meter(conn: AsyncConnection, actor: Actor, meter: str) -> Any:
    """The meter's row. Raises Problem 404 if it isn't there, and the same if it isn't the actor's to see."""
    row = (await conn.execute(select(tables.meter).where(tables.meter.c.meter == meter))).one_or_none()
    if row is None:
        raise not_found("meter", meter)
    try:
        await seen_enterprise(conn, actor, row.enterprise)
    except Problem as problem:
        raise not_found("meter", meter) from problem
    return row


async def live(energy: Energy, actor: Actor, enterprise: str) -> dict[str, Any]:
    """Today's running figures."""
    now = energy.now()
    day = day_of(now)
    async with energy.snapshots.connect() as conn:
        row = await seen_enterprise(conn, actor, enterprise)
        figures = await sums.day_figures(await driver(conn), [(enterprise, day)], until=now)
        feed = (await conn.execute(_FEED_TODAY, {"e": enterprise, "day": day})).one()
    measured = [one for one in figures if one.native is not None]
    return {
        "enterprise": enterprise,
        "region": row.region,
        "day": day,
        "tce": {
            "equal": total([one.tce_equal for one in measured]),
            "equivalent": total([one.tce_equivalent for one in measured]),
        },
        "present": sum(one.present for one in figures),
        "expected": sum(one.expected for one in figures),
        **feed._mapping,
        "carriers": _carriers(figures, "both", "day"),
    }


async def receipt(energy: Energy, actor: Actor, enterprise: str, identifier: UUID) -> dict[str, Any]:
    """The outcome of a POST."""
    async with energy.snapshots.connect() as conn:
        await seen_enterprise(conn, actor, enterprise)
        found = await receipts.read(await driver(conn), enterprise, identifier)
    if found is None:
        raise not_found(
            "receipt",
            str(identifier),
            "It appears once the readings are worked off, usually within seconds, and is kept for 30 days.",
        )
    return found


def _span(grain: str, first: date, last: date) -> tuple[date, date]:
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
    local = start.astimezone(timezone(timedelta(hours=8)))
    return f"{local:%Y-%m-%dT%H:%M}" if grain == "hour" else local.date().isoformat()[: _LABEL[grain]]


def _bad_span(detail: str, remedy: str) -> Problem:
    return bad_span(detail, "to", remedy)


def together(figures: Sequence[sums.Sum], grain: str) -> list[sums.Sum]:
    """Days, by carrier, as months or years; hours and days as they are."""
    if grain in ("hour", "day"):
        return list(figures)

    def period(one: sums.Sum) -> tuple[str, str]:
        return one.carrier, label(one.start, grain)

    return [sums.total(list(part)) for _, part in groupby(figures, key=period)]


def _carriers(figures: Iterable[sums.Sum], basis: str, grain: str) -> list[dict[str, Any]]:
    carriers: list[dict[str, Any]] = []
    for carrier, part in groupby(figures, key=lambda one: one.carrier):
        periods = list(part)
        used = [
            one
            for one in dict.fromkeys(each for period in periods for each in period.coefficients)
            if basis in (one.basis, "both")
        ]
        carriers.append(
            {
                "carrier": carrier,
                "unit": periods[0].unit,
                "coefficients": [
                    {
                        "basis": one.basis,
                        "value": one.value,
                        "edition": one.edition,
                        "provisional": one.provisional,
                    }
                    for one in used
                ],
                "periods": [_period(one, used, basis, grain) for one in periods],
            }
        )
    return carriers


def _period(one: sums.Sum, used: Sequence[sums.PinnedCoefficient], basis: str, grain: str) -> dict[str, Any]:
    tce = {"equal": one.tce_equal, "equivalent": one.tce_equivalent}
    return {
        "period": label(one.start, grain),
        "start": one.start,
        "native": one.native,
        "spread": one.spread,
        "parked": one.parked,
        "parked_intervals": one.parked_intervals,
        "present": one.present,
        "expected": one.expected,
        "completeness": completeness(one.present, one.expected),
        "tce": {name: value for name, value in tce.items() if basis in (name, "both")},
        "coefficients": [place for place, each in enumerate(used) if each in one.coefficients],
    }


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
