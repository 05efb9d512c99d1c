"""Energy as lists, a row a period and any span page by page, so that a spreadsheet can be made of it."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from services.energy.app.context import Energy
from services.energy.app.sum_queries import bounds, grouped, label, meter_period, seen_meter, together
from services.energy.domain.coverage import day_start
from services.energy.domain.measured_day import completeness
from services.energy.readings import sums
from services.energy.readings.reference import driver
from services.energy.regions import seen_enterprise
from shared.identity import Actor
from shared.problems import bad_cursor

_DAYS_ON_A_PAGE = {"hour": 7, "day": 92, "month": 366, "year": 731}
"""Days that one page covers, extended to the end of the month or year."""

_PUBLISHED = text("""
    SELECT day, revision, measured_at FROM measured_day
    WHERE enterprise = :enterprise AND day BETWEEN :first AND :last
""")


async def enterprise_periods(
    energy: Energy, actor: Actor, enterprise: str, grain: str, first: date, last: date, cursor: str | None
) -> dict[str, Any]:
    """A page of an enterprise's energy by period and carrier."""
    first, last = bounds(grain, first, last)
    begin, finish = _part(grain, first, last, cursor)
    async with energy.snapshots.connect() as conn:
        await seen_enterprise(conn, actor, enterprise)
        inner, now = await driver(conn), energy.now()
        if grain == "hour":
            ends = day_start(finish + timedelta(days=1))
            figures = await sums.enterprise_hours(inner, enterprise, day_start(begin), ends, until=now)
        else:
            pairs = [(enterprise, begin + timedelta(days=n)) for n in range((finish - begin).days + 1)]
            figures = together(await sums.day_figures(inner, pairs, until=now), grain)
        span = {"enterprise": enterprise, "first": begin, "last": finish}
        published = {row.day: row for row in await conn.execute(_PUBLISHED, span)}
    items = [
        {
            "period": label(one.start, grain),
            "start": one.start,
            "carrier": one.carrier,
            "unit": one.unit,
            "native": one.native,
            "spread": one.spread,
            "present": one.present,
            "expected": one.expected,
            "completeness": completeness(one.present, one.expected),
            "parked": one.parked,
            "parked_intervals": one.parked_intervals,
            "tce_equal": one.tce_equal,
            "tce_equivalent": one.tce_equivalent,
            **_as_published(grain, one.day, published.values()),
        }
        for one in sorted(figures, key=lambda each: (each.start, each.carrier))
    ]
    return {"items": items, "next_cursor": _next(finish, last), "as_of": now}


async def meter_periods(
    energy: Energy,
    actor: Actor,
    meter: str,
    grain: str,
    statistic_type: int,
    first: date,
    last: date,
    cursor: str | None,
) -> dict[str, Any]:
    """A page of a meter's energy by period."""
    first, last = bounds(grain, first, last)
    begin, finish = _part(grain, first, last, cursor)
    async with energy.snapshots.connect() as conn:
        row = await seen_meter(conn, actor, meter)
        ends = day_start(finish + timedelta(days=1))
        hours = await sums.meter_hours(await driver(conn), meter, statistic_type, day_start(begin), ends)
        now = energy.now()
    periods = [meter_period(list(part), grain) for part in grouped(hours, grain)]
    items = [{**one, "unit": row.carrier_unit} for one in periods]
    return {"items": items, "next_cursor": _next(finish, last), "as_of": now}


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
