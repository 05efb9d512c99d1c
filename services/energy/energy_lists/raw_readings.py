"""A meter's readings as they came, page by page: from the database, and of archived months from their files."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.common.moments import moment
from services.energy.common.scale import amount_of
from services.energy.energy_lists.views import Reading, Readings
from services.energy.readings.archived import Kept, Unreadable, readings_of
from shared import lists
from shared.clock import day_start
from shared.problems import Problem

# At a moment that two series share (a replacement), both are listed: the old device's last and the new one's first.
_STORED = text("""
    SELECT r.t AS seconds, r.s, r.v FROM series x JOIN reading r USING (s)
    WHERE x.meter = :meter AND x.statistic_type = :type AND r.t > :begin AND r.t <= :finish
      AND (r.t, r.s) > (CAST(:after_t AS bigint), CAST(:after_s AS bigint))
    ORDER BY r.t, r.s LIMIT :limit
""")
_SERIES = text("SELECT s, unit FROM series WHERE meter = :meter AND statistic_type = :type")
_MONTHS = text("""
    SELECT month, until_t, file, bytes FROM reading_archive
    WHERE state = 'archived' AND until_t > :after ORDER BY month
""")
_OLD = text("""
    SELECT h.s, h.t AS seconds, array_agg(h.v ORDER BY h.rk, h.v) AS old
    FROM unnest(CAST(:s AS int[]), CAST(:t AS bigint[])) AS w(s, t) JOIN history h USING (s, t) GROUP BY h.s, h.t
""")
_LINE = text("SELECT coalesce(max(until_t), 0) FROM reading_archive WHERE state = 'archived'")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose readings of which days; `cursor`: the page before ended there."""

    meter: str
    statistic_type: int
    first: date
    last: date
    cursor: str | None
    limit: int


async def page_of(conn: AsyncConnection, asked: Asked) -> Readings:
    """A page of a meter's readings, each with the values that it superseded.

    Raises Problem 409 `archived` where a month's file isn't within reach, 422 for a cursor of no page.
    """
    limit = asked.limit
    after_t, after_s = lists.read(asked.cursor, int, int) if asked.cursor else (0, 0)
    begin, finish = (int(day_start(day).timestamp()) for day in (asked.first, asked.last + timedelta(days=1)))
    span = (begin, finish, after_t, after_s)
    named = {"meter": asked.meter, "type": asked.statistic_type}
    units = {row.s: row.unit for row in await conn.execute(_SERIES, named)}
    line = int(await conn.scalar(_LINE) or 0)
    found = await _archived(conn, list(units), span, line, limit + 1) if begin < line else []
    if len(found) <= limit:
        wanted = {
            **named,
            "begin": max(begin, line),
            "finish": finish,
            "after_t": after_t,
            "after_s": after_s,
            "limit": limit + 1 - len(found),
        }
        found += [Kept(row.seconds, row.s, row.v) for row in await conn.execute(_STORED, wanted)]
    keys = {"s": [each.s for each in found], "t": [each.t for each in found]}
    old = {(row.s, row.seconds): row.old for row in await conn.execute(_OLD, keys)}
    page = lists.cut(found, limit, lambda each: (each.t, each.s))
    items = [
        Reading(
            at=moment(each.t),
            value=None if each.v < 0 else amount_of(each.v),
            unit=units[each.s],
            old_values=["" if v < 0 else f"{amount_of(v):f}" for v in old.get((each.s, each.t), [])],
        )
        for each in page.rows
    ]
    return Readings(
        items=items,
        next_cursor=page.next_cursor,
        archived_until=moment(line) if line else None,
    )


async def _archived(
    conn: AsyncConnection, series: Sequence[int], span: tuple[int, int, int, int], line: int, limit: int
) -> list[Kept]:
    """What the files hold of the page: month by month, until it is full."""
    begin, finish, after_t, after_s = span
    found: list[Kept] = []
    # Includes the moment of the last reading given: another series may have a reading at the same moment.
    since = max(begin, after_t - 1)
    for row in (await conn.execute(_MONTHS, {"after": since})).all():
        if len(found) >= limit or since >= finish:
            break
        try:
            some = await asyncio.to_thread(
                readings_of, Path(row.file or ""), row.bytes, series, since, min(finish, row.until_t)
            )
        except Unreadable:
            raise Problem(
                409,
                "archived",
                "Archived readings",
                f"Readings of {row.month:%Y-%m} are archived, and the file isn't within reach. "
                f"{row.month:%Y-%m} 的数据已归档，此处读不到归档文件。",
                where="from",
                remedy="Ask for later days, or have the month restored first (docs/runbook.md, Archived months).",
            ) from None
        found += [each for each in some if (each.t, each.s) > (after_t, after_s)]
        since = row.until_t
    return found[:limit]
