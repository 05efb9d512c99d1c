"""Writes the newest update of each stay in the reserve library, the newest screening, and the drops."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.reserve import Action, ReserveEvent, ReserveUpdated


async def apply(conn: AsyncConnection, event: ReserveEvent) -> None:
    """Writes the rows that follow from the event."""
    if isinstance(event, ReserveUpdated):
        row = {
            "project": event.project,
            "register": event.register,
            "quarter": event.quarter,
            "action": event.action.value,
            "on_day": event.on,
            "reason": event.reason,
            "total_investment": event.total_investment,
        }
        statement = insert(tables.reserve_update).values(**row)
        await conn.execute(statement.on_conflict_do_update(constraint="reserve_update_pkey", set_=row))
        if event.action is Action.DROPPED:
            await _dropped(conn, event)
        return
    screened = {
        "project": event.project,
        "scheme": event.scheme,
        "recommended": event.recommended,
        "on_day": event.on,
    }
    newest = insert(tables.screening).values(**screened)
    await conn.execute(newest.on_conflict_do_update(constraint="screening_pkey", set_=screened))


async def _dropped(conn: AsyncConnection, event: ReserveUpdated) -> None:
    row = {
        "project": event.project,
        "register": event.register,
        "on_day": event.on,
        "region": event.region,
        "total_investment": event.total_investment,
        "reason": event.reason,
        "by_rule": event.by_rule,
    }
    statement = insert(tables.reserve_drop).values(**row)
    await conn.execute(statement.on_conflict_do_update(constraint="reserve_drop_pkey", set_=row))
