"""Questions about the lines of monthly reports: what is reported of each project, month by month."""

from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.models import reports as models
from services.projects.queries import paging, visible
from shared.rpc import Call


async def list_report_lines(app: App, call: Call, body: models.ListReportLines) -> models.ReportLinePage:
    """A page of lines of the projects that the actor keeps; the first one with what all of them sum up to."""
    scope.check_report_lines(call.actor)
    table = tables.report_line.c
    query = select(tables.report_line)
    if body.cursor:
        after = paging.read(body.cursor, 3)
        query = query.where(tuple_(table.month, table.project, table.city) > tuple_(*after))
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)

        def narrowed(of: Any) -> list[ColumnElement[bool]]:
            found = list(visible.conditions(call.actor, tree, of, body.region))
            if body.first_month:
                found.append(of.month >= body.first_month)
            if body.last_month:
                found.append(of.month <= body.last_month)
            return found

        mine = narrowed(table)
        if body.project:
            mine.append(table.project == body.project)
        page = query.where(*mine).order_by(table.month, table.project, table.city).limit(body.limit + 1)
        rows = (await conn.execute(page)).all()
        totals = None
        if not body.cursor and body.project:
            totals = await _totals(conn, func.count(), table.investment, mine)
        elif not body.cursor:
            sums = tables.report_line_sum.c
            totals = await _totals(conn, func.sum(sums.lines), sums.investment, narrowed(sums))
    shown = rows[: body.limit]
    last = shown[-1] if len(rows) > body.limit else None
    return models.ReportLinePage(
        items=[models.ReportLineItem.model_validate(dict(row._mapping)) for row in shown],
        next_cursor=paging.cursor(last.month, last.project, last.city) if last else None,
        totals=totals,
    )


async def _totals(
    conn: AsyncConnection, lines: ColumnElement[Any], investment: ColumnElement[Any], mine: list[Any]
) -> models.ReportLineTotals:
    query = select(
        func.coalesce(lines, 0).label("lines"), func.coalesce(func.sum(investment), 0).label("investment")
    )
    return models.ReportLineTotals.model_validate(
        dict((await conn.execute(query.where(*mine))).one()._mapping)
    )
