"""Meetings and their agendas."""

from typing import assert_never

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.meeting import (
    MeetingAgendaFixed,
    MeetingConcluded,
    MeetingConvened,
    MeetingEvent,
)


async def apply(conn: AsyncConnection, event: MeetingEvent) -> None:
    """Write what the event means into the tables."""
    table, items = tables.meeting, tables.meeting_item
    change = update(table).where(table.c.meeting == event.meeting)
    match event:
        case MeetingConvened():
            await conn.execute(
                insert(table).values(
                    meeting=event.meeting,
                    kind=event.kind.value,
                    name=event.name,
                    region=event.region,
                    level=event.level.value,
                    held_on=event.held_on,
                    kinds=[kind.value for kind in event.kinds],
                    standing="convened",
                    problems=0,
                )
            )
        case MeetingAgendaFixed():
            await conn.execute(delete(items).where(items.c.meeting == event.meeting))
            rows = [
                {"meeting": event.meeting, "problem": item.problem, "project": item.project}
                for item in event.items
            ]
            await conn.execute(insert(items), rows)
            await conn.execute(change.values(standing="prepared", problems=len(event.items)))
        case MeetingConcluded():
            await conn.execute(change.values(standing="concluded", decided=event.decided))
        case _:
            assert_never(event)
