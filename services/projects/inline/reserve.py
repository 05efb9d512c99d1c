"""The newest look at each stay in the reserve library, and the newest screening."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.reserve import ReserveEvent, ReserveUpdated


async def apply(conn: AsyncConnection, event: ReserveEvent) -> None:
    """Write what the event means into the tables."""
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
        return
    screened = {
        "project": event.project,
        "scheme": event.scheme,
        "recommended": event.recommended,
        "on_day": event.on,
    }
    newest = insert(tables.screening).values(**screened)
    await conn.execute(newest.on_conflict_do_update(constraint="screening_pkey", set_=screened))
