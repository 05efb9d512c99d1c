"""The newest revision of each day as a row: what lists read, and what the flusher decides on."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Column, Date, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSON, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.common.tables import metadata
from services.energy.days.facts import EnterpriseDayMeasured

TABLE = Table(
    "measured_day",
    metadata,
    Column("enterprise", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("revision", Integer),
    Column("measured_at", DateTime(timezone=True)),
    Column("figures", JSON),
)

_NEW = insert(TABLE)
_NEWEST = _NEW.on_conflict_do_update(
    index_elements=list(TABLE.primary_key),
    set_={each.name: _NEW.excluded[each.name] for each in TABLE.c if not each.primary_key},
)


async def write(conn: AsyncConnection, events: Sequence[tuple[EnterpriseDayMeasured, datetime]]) -> None:
    """Revisions, each with the time at which it was recorded.

    Not kept of a folded state: `measured_at` is no field of the event, but the log's own time of it, which no state
    knows. It holds back the next revision (`flusher.py`) and says in lists since when the figures stand.
    """
    if events:
        rows = [
            {
                "enterprise": event.enterprise,
                "day": event.day,
                "revision": event.revision,
                "measured_at": at,
                "figures": msgspec.to_builtins(event),
            }
            for event, at in events
        ]
        await conn.execute(_NEWEST, rows)
