"""The cities' monthly reports, and their lines."""

from typing import assert_never

from sqlalchemy import delete, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.monthly_report import (
    MonthlyReportCorrected,
    MonthlyReportEvent,
    MonthlyReportFiled,
    MonthlyReportWithdrawn,
)

# A project's region never changes, and stands in the log before any report that names the project.
_LINES = text("""
    INSERT INTO report_line (month, project, city, region, investment, progress_percent, note)
    SELECT :month, line.project, :city, project.region, line.investment, line.progress_percent, line.note
    FROM unnest(CAST(:projects AS text[]), CAST(:investments AS numeric[]), CAST(:percents AS numeric[]),
                CAST(:notes AS text[])) AS line (project, investment, progress_percent, note)
    JOIN project ON project.project = line.project
""")
_SUMS = text("""
    INSERT INTO report_line_sum (month, city, region, lines, investment)
    SELECT month, city, region, count(*), sum(investment) FROM report_line
    WHERE month = :month AND city = :city GROUP BY month, city, region
""")


async def apply(conn: AsyncConnection, event: MonthlyReportEvent) -> None:
    """Write what the event means into the table."""
    match event:
        case MonthlyReportFiled():
            await _filed(conn, event)
        case MonthlyReportCorrected():
            await _corrected(conn, event)
        case MonthlyReportWithdrawn():
            t = tables.monthly_report.c
            await conn.execute(
                delete(tables.monthly_report).where(t.region == event.region, t.month == event.month)
            )
            await _no_lines(conn, event)
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
    await _lines(conn, event)


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
    await _no_lines(conn, event)
    await _lines(conn, event)


async def _no_lines(conn: AsyncConnection, event: MonthlyReportEvent) -> None:
    for table in (tables.report_line, tables.report_line_sum):
        await conn.execute(delete(table).where(table.c.month == event.month, table.c.city == event.region))


async def _lines(conn: AsyncConnection, event: MonthlyReportFiled | MonthlyReportCorrected) -> None:
    """Every line with one statement, and their sums by region."""
    if not event.projects:
        return
    key = {"month": event.month, "city": event.region}
    lines = {
        "projects": [line.project for line in event.projects],
        "investments": [line.investment for line in event.projects],
        "percents": [line.progress_percent for line in event.projects],
        "notes": [line.note for line in event.projects],
    }
    await conn.execute(_LINES, {**key, **lines})
    await conn.execute(_SUMS, key)
