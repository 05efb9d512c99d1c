"""What the province did about the books of a month."""

from typing import assert_never

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.reporting_month import (
    ReportingMonthClosed,
    ReportingMonthEvent,
    ReportingMonthReopened,
)


async def apply(conn: AsyncConnection, event: ReportingMonthEvent) -> None:
    """Write what the event means into the table."""
    table = tables.reporting_month
    match event:
        case ReportingMonthClosed():
            values = {"closed_on": event.on, "reason": event.reason, "reopenings": []}
        case ReportingMonthReopened():
            known = await conn.execute(select(table.c.reopenings).where(table.c.month == event.month))
            consent = {"region": event.region, "until": event.until.isoformat(), "reason": event.reason}
            values = {"reason": event.reason, "reopenings": [*(known.scalar_one_or_none() or []), consent]}
        case _:
            assert_never(event)
    statement = insert(table).values(month=event.month, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["month"], set_=values))
