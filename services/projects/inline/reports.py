"""The cities' monthly reports."""

from typing import assert_never

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.monthly_report import (
    MonthlyReportCorrected,
    MonthlyReportEvent,
    MonthlyReportFiled,
)


async def apply(conn: AsyncConnection, event: MonthlyReportEvent) -> None:
    """Write what the event means into the table."""
    match event:
        case MonthlyReportFiled():
            await _filed(conn, event)
        case MonthlyReportCorrected():
            await _corrected(conn, event)
        case _:
            assert_never(event)


async def _filed(conn: AsyncConnection, event: MonthlyReportFiled) -> None:
    await conn.execute(
        insert(tables.monthly_report).values(
            region=event.region,
            month=event.month,
            investment=event.investment,
            projects=len(event.projects),
            due_on=event.due_on,
            reported_on=event.reported_on,
            late=event.late,
            corrections=0,
            last_reported_on=event.reported_on,
        )
    )


async def _corrected(conn: AsyncConnection, event: MonthlyReportCorrected) -> None:
    t = tables.monthly_report.c
    await conn.execute(
        update(tables.monthly_report)
        .where(t.region == event.region, t.month == event.month)
        .values(
            investment=event.investment,
            projects=len(event.projects),
            corrections=t.corrections + 1,
            last_reported_on=event.reported_on,
        )
    )
