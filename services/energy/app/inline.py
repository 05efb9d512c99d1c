"""Keeps the inline tables in step with the log: every event changes them in its own append transaction.

It reads nothing but the event, so the same function rebuilds the tables from the log.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy import tables
from services.energy.domain import coverage, measured_day


async def apply(conn: AsyncConnection, events: Iterable[Any], now: datetime) -> None:
    """Change the tables for each event.

    Days, verdicts and feeds come by the hundred: a statement for each would cost more than all else together.
    """
    days: list[dict[str, Any]] = []
    verdicts: list[coverage.CoverageChanged] = []
    feeds: list[tuple[str, datetime | None]] = []
    for event in events:
        match event:
            case measured_day.EnterpriseDayMeasured():
                days.append(
                    {
                        "enterprise": event.enterprise,
                        "day": event.day,
                        "revision": event.revision,
                        "measured_at": now,
                        "figures": msgspec.to_builtins(event),
                    }
                )
            case coverage.CoverageChanged():
                verdicts.append(event)
            case coverage.FeedSilent(enterprise=name, since=since):
                feeds.append((name, since))
            case coverage.FeedResumed(enterprise=name):
                feeds.append((name, None))
            case _:
                pass  # the other events change no inline table
    await _upsert(conn, tables.measured_day, days)
    await _judged(conn, verdicts)
    await _feeds(conn, feeds)


async def _judged(conn: AsyncConnection, events: list[coverage.CoverageChanged]) -> None:
    if not events:
        return
    judged = tables.coverage_day
    statement = insert(judged)
    said = statement.excluded
    rows = [
        {
            "enterprise": event.enterprise,
            "day": event.day,
            "region": event.region,
            "online": event.online,
            "reason": event.reason,
            "version": 1,
        }
        for event in events
    ]
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=[judged.c.enterprise, judged.c.day],
            set_={"online": said.online, "reason": said.reason, "version": judged.c.version + 1},
        ),
        rows,
    )


async def _feeds(conn: AsyncConnection, states: list[tuple[str, datetime | None]]) -> None:
    """Write (enterprise, silent since; None: heard) in the order in which they were found: an enterprise's last one
    stays."""
    if not states:
        return
    feed = tables.feed_state
    statement = insert(feed)
    rows = [{"enterprise": name, "version": 1, "silent_since": since} for name, since in states]
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=[feed.c.enterprise],
            set_={"silent_since": statement.excluded.silent_since, "version": feed.c.version + 1},
        ),
        rows,
    )


async def _upsert(conn: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or overwrite those with the same primary key."""
    if not rows:
        return
    await conn.execute(_upsert_of(table, tuple(rows[0])), rows)


@cache
def _upsert_of(table: Table, columns: tuple[str, ...]) -> Insert:
    """Cached, because building the statement and its key in SQLAlchemy's cache takes longer than executing it."""
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)
