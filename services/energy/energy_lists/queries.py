"""Questions for energy as lists: a row a period and any span page by page, so that a spreadsheet can be made of it."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import text

from services.energy.access import seen_enterprise
from services.energy.common.models import Cursor, Limit, Request, span_example
from services.energy.common.totals import completeness
from services.energy.common.values import Day, EnterpriseId, MeterId, StatisticType
from services.energy.energy_lists import raw_readings
from services.energy.energy_lists.views import (
    EnterprisePeriod,
    EnterprisePeriods,
    MeterRow,
    MeterRows,
    Readings,
)
from services.energy.meters.queries import seen_meter
from services.energy.readings import sums
from services.energy.readings.reference import driver
from services.energy.sums.periods import Grain, bounds, grouped, label, meter_period, together
from shared.clock import day_start
from shared.problems import bad_cursor
from shared.rpc import Call
from shared.service import Service

_DAYS_ON_A_PAGE = {"hour": 7, "day": 92, "month": 366, "year": 731}
"""Days that one page covers, extended to the end of the month or year."""

_PUBLISHED = text("""
    SELECT day, revision, measured_at FROM measured_day
    WHERE enterprise = :enterprise AND day BETWEEN :first AND :last
""")

First = Annotated[Day, Field(alias="from", description="first day")]
Last = Annotated[Day, Field(alias="to", description="last day")]


class ListEnterpriseEnergy(Request):
    """Energy of one enterprise, from the first to the last day, however far apart; months and years whole."""

    model_config = span_example(enterprise="E-0042", grain="month")

    enterprise: EnterpriseId
    grain: Grain = "day"
    first: First
    last: Last
    cursor: Cursor


class ListMeterEnergy(Request):
    """Energy of one meter, from the first to the last day, however far apart."""

    model_config = span_example(meter="E-0042-EL1", grain="day")

    meter: MeterId
    grain: Grain = "day"
    statistic_type: StatisticType = 0
    first: First
    last: Last
    cursor: Cursor


class ListReadings(Request):
    """A meter's readings as they came, from the first to the last day."""

    model_config = span_example(meter="E-0042-EL1")

    meter: MeterId
    statistic_type: StatisticType = 0
    first: First
    last: Last
    cursor: Cursor
    limit: Limit


async def list_enterprise_energy(
    service: Service, call: Call, body: ListEnterpriseEnergy
) -> EnterprisePeriods:
    """The figures of enterprise-energy as rows, for spreadsheets."""
    grain, enterprise = body.grain, body.enterprise
    first, last = bounds(grain, body.first, body.last)
    begin, finish = _part(grain, first, last, body.cursor)
    async with service.snapshots.connect() as conn:
        await seen_enterprise(conn, call.actor, enterprise)
        inner, now = await driver(conn), service.clock.now()
        if grain == "hour":
            ends = day_start(finish + timedelta(days=1))
            figures = await sums.enterprise_hours(inner, enterprise, day_start(begin), ends, until=now)
        else:
            pairs = [(enterprise, begin + timedelta(days=n)) for n in range((finish - begin).days + 1)]
            figures = together(await sums.day_figures(inner, pairs, until=now), grain)
        span = {"enterprise": enterprise, "first": begin, "last": finish}
        published = {row.day: row for row in await conn.execute(_PUBLISHED, span)}
    items = [
        EnterprisePeriod(
            period=label(one.start, grain),
            start=one.start,
            carrier=one.carrier,
            unit=one.unit,
            native=one.native,
            spread=one.spread,
            present=one.present,
            expected=one.expected,
            completeness=completeness(one.present, one.expected),
            parked=one.parked,
            parked_intervals=one.parked_intervals,
            tce_equal=one.tce_equal,
            tce_equivalent=one.tce_equivalent,
            **_as_published(grain, one.day, published.values()),
        )
        for one in sorted(figures, key=lambda each: (each.start, each.carrier))
    ]
    return EnterprisePeriods(items=items, next_cursor=_next(finish, last), as_of=now)


async def list_meter_energy(service: Service, call: Call, body: ListMeterEnergy) -> MeterRows:
    """The figures of meter-energy as rows, for spreadsheets."""
    grain = body.grain
    first, last = bounds(grain, body.first, body.last)
    begin, finish = _part(grain, first, last, body.cursor)
    async with service.snapshots.connect() as conn:
        row = await seen_meter(conn, call.actor, body.meter)
        ends = day_start(finish + timedelta(days=1))
        hours = await sums.meter_hours(
            await driver(conn), body.meter, body.statistic_type, day_start(begin), ends
        )
        now = service.clock.now()
    periods = [meter_period(list(part), grain) for part in grouped(hours, grain)]
    items = [MeterRow(**one, unit=row.carrier_unit) for one in periods]
    return MeterRows(items=items, next_cursor=_next(finish, last), as_of=now)


async def list_readings(service: Service, call: Call, body: ListReadings) -> Readings:
    """With the values that corrections and re-sends replaced: nothing that was received is gone. Archived months
    too, as long as their files are within reach."""
    first, last = bounds("day", body.first, body.last)
    asked = raw_readings.Asked(body.meter, body.statistic_type, first, last, body.cursor, body.limit)
    async with service.snapshots.connect() as conn:
        await seen_meter(conn, call.actor, body.meter)
        return await raw_readings.page_of(conn, asked)


def _part(grain: str, first: date, last: date, cursor: str | None) -> tuple[date, date]:
    """The days of this page: whole periods, from where the page before ended."""
    begin = first
    if cursor is not None:
        try:
            begin = date.fromisoformat(cursor)
        except ValueError:
            raise bad_cursor() from None
        if not first < begin <= last:
            raise bad_cursor()
    _, finish = bounds(grain, begin, min(last, begin + timedelta(days=_DAYS_ON_A_PAGE[grain] - 1)))
    return begin, min(finish, last)


def _next(finish: date, last: date) -> str | None:
    return None if finish >= last else (finish + timedelta(days=1)).isoformat()


def _as_published(grain: str, first: date, published: Iterable[Any]) -> dict[str, Any]:
    """The revision of the period's published figures and since when it stands; of a month, those of the day changed
    last."""
    if grain == "hour":
        return {"revision": None, "published_at": None}
    of = [row for row in published if label(day_start(row.day), grain) == label(day_start(first), grain)]
    revision = max((row.revision for row in of), default=None) if grain == "day" else None
    return {"revision": revision, "published_at": max((row.measured_at for row in of), default=None)}
