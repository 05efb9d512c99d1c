"""The lines of monthly reports: one row per report and project, and sums by region."""

from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Numeric,
    Table,
    Text,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.common.models import Answer, Cursor, Limit, Money, Name, Request
from services.projects.common.tables import MONEY, metadata
from services.projects.common.values import Month, ProjectId, RegionCode
from services.projects.plan import reference
from services.projects.reports.facts import Filed, MonthlyReportState
from services.projects.reports.views import ReportLineView
from shared import lists
from shared.identity import Actor
from shared.kept import Written
from shared.problems import forbidden
from shared.rpc import Call
from shared.service import Service

LINES = Table(
    "report_line",
    metadata,
    Column("month", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("city", Text, primary_key=True),
    Column("region", Text),
    Column("investment", MONEY),
    Column("progress_percent", Numeric(6, 3)),
    Column("note", Text),
)
SUMS = Table(
    "report_line_sum",
    metadata,
    Column("month", Text, primary_key=True),
    Column("city", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("lines", Integer),
    Column("investment", MONEY),
)
_ORDER = lists.Order(LINES.c.month, LINES.c.project, LINES.c.city)

# A project's region never changes, and is in the log before any report that names the project.
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


async def _write(
    conn: AsyncConnection, changes: Sequence[tuple[MonthlyReportState, MonthlyReportState]]
) -> None:
    """Writes the lines of the reports' current versions with one statement, and their sums."""
    for before, after in changes:
        old = before if isinstance(before, Filed) else None
        new = after if isinstance(after, Filed) else None
        if (old.projects if old else ()) == (new.projects if new else ()):
            continue
        if old is not None:
            for table in (LINES, SUMS):
                await conn.execute(
                    delete(table).where(table.c.month == old.month, table.c.city == old.region)
                )
        if new is not None and new.projects:
            key = {"month": new.month, "city": new.region}
            lines = {
                "projects": [line.project for line in new.projects],
                "investments": [line.investment for line in new.projects],
                "percents": [line.progress_percent for line in new.projects],
                "notes": [line.note for line in new.projects],
            }
            await conn.execute(_LINES, {**key, **lines})
            await conn.execute(_SUMS, key)


WRITTEN = Written(
    (LINES, SUMS),
    _write,
    because="a line has its project's region, which another stream says; sums are of lines",
)


class ListReportLines(Request):
    """Ask for what the reports say of projects, in order of month and project."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"project": "FZ-2013-017", "first_month": "2013-01"}]}
    )

    project: ProjectId | None = Field(default=None, description="of this project only")
    region: RegionCode | None = Field(default=None, description="of projects in this region and under it")
    first_month: Month | None = Field(default=None, description="from this month on")
    last_month: Month | None = Field(default=None, description="up to this month")
    limit: Limit
    cursor: Cursor


class ReportLineItem(ReportLineView):
    """What the newest version of a report says of a project."""

    month: str
    project_name: Name = None
    city: str = Field(description="whose report it is")
    city_name: Name = None
    region: str = Field(description="the project's region")
    region_name: Name = None


class ReportLineTotals(Answer):
    """What all lines that the filters match sum up to."""

    lines: int = Field(description="how many")
    investment: Money = Field(description="completed, CNY (yuan)")


class ReportLinePage(Answer):
    """A page of lines."""

    items: list[ReportLineItem]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    totals: ReportLineTotals | None = Field(description="of all pages; with the first page only")


async def list_report_lines(service: Service, call: Call, body: ListReportLines) -> ReportLinePage:
    """Of each project what its city's newest report of a month says, with the sum of all that is asked for.

    A month without a line is one of which nothing was said, not one of zero.
    """
    check_report_lines(call.actor)
    table = LINES.c
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)

        def narrowed(of: Any) -> list[ColumnElement[bool]]:
            found = list(access.conditions(call.actor, tree, of, body.region))
            if body.first_month:
                found.append(of.month >= body.first_month)
            if body.last_month:
                found.append(of.month <= body.last_month)
            return found

        mine = narrowed(table)
        if body.project:
            mine.append(table.project == body.project)
        page = await _ORDER.page(conn, select(LINES).where(*mine), body)
        totals = None
        if not body.cursor and body.project:
            totals = await _totals(conn, LINES, func.count(), mine)
        elif not body.cursor:
            totals = await _totals(conn, SUMS, func.sum(SUMS.c.lines), narrowed(SUMS.c))
    return ReportLinePage(
        items=[ReportLineItem.model_validate(dict(row._mapping)) for row in page.rows],
        next_cursor=page.next_cursor,
        totals=totals,
    )


async def _totals(
    conn: AsyncConnection, of: Table, lines: ColumnElement[Any], mine: list[Any]
) -> ReportLineTotals:
    sums = {"lines": lines, "investment": func.sum(of.c.investment)}
    return ReportLineTotals(**await lists.totals(conn, select(of).where(*mine), **sums))


def check_report_lines(actor: Actor) -> None:
    """Only governments read the lines of reports, each those of its own projects. Raises Problem 403."""
    if actor.role not in access.READS_ALL | {"city", "county"}:
        raise forbidden(f"Monthly reports are read by governments; your role is {actor.role}.")
