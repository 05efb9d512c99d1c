"""Measures."""

from typing import Any, assert_never

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.measure import (
    MeasureCompleted,
    MeasureEvent,
    MeasureFollowedUp,
    MeasureItemAdded,
    MeasureItemCompleted,
    MeasureItemReopened,
    MeasureOpened,
    MeasureReopened,
)


async def apply(conn: AsyncConnection, event: MeasureEvent) -> None:
    """Write what the event means into the table."""
    table = tables.measure.c
    match event:
        case MeasureOpened():
            row = {
                "measure": event.measure,
                "kind": event.kind,
                "name": event.name,
                "region": event.region,
                "rows": list(event.rows),
                "owner": event.owner,
                "due_on": event.due_on,
                "follow_ups": 0,
                "item_count": len(event.items),
                "items_done": 0,
                "tag": event.tag,
                "industries": list(event.industries),
            }
            await conn.execute(insert(tables.measure).values(**row))
            return
        case MeasureItemAdded():
            changes: dict[str, Any] = {"item_count": table.item_count + 1}
        case MeasureFollowedUp():
            changes = {"follow_ups": table.follow_ups + 1, "last_on": event.on}
        case MeasureItemCompleted() | MeasureItemReopened():
            changes = {"items_done": event.items_done, "last_on": event.on}
        case MeasureCompleted():
            changes = {"completed_on": event.on, "last_on": event.on}
        case MeasureReopened():
            changes = {"completed_on": None, "due_on": event.due_on, "last_on": event.on}
        case _:
            assert_never(event)
    await conn.execute(update(tables.measure).where(table.measure == event.measure).values(**changes))
