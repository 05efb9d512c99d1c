"""Which months of the cities' reports are open, and until when."""

from datetime import date
from typing import Any

from sqlalchemy import select

from services.projects import reference, scope, tables
from services.projects import reporting_calendar as calendar
from services.projects.app.context import App
from services.projects.domain.duty import CITY_REPORT, months
from services.projects.models import reporting_months as models
from services.projects.queries import paging
from shared.problems import forbidden
from shared.rpc import Call

_NOTHING: tuple[date | None, str | None, list[Any]] = (None, None, [])


async def list_months(app: App, call: Call, body: models.ListReportingMonths) -> models.ReportingMonthPage:
    """A page of the months for which reports are owed, as they stand for the city asked for."""
    mine = scope.report_regions(call.actor)
    if mine is not None and body.region not in (None, mine):
        raise forbidden(f"Your token is for {mine}, not for {body.region}.")
    region, today = mine or body.region, app.today()
    after = paging.read(body.cursor, 1)[0] if body.cursor else ""
    items = []
    async with app.snapshots.connect() as conn:
        spans = [
            months(duty.first_period, duty.last_period)
            for duty in await reference.duties(conn, CITY_REPORT)
            if duty.first_period and duty.last_period
        ]
        wanted = [
            month
            for month in sorted({month for span in spans for month in span})
            if max(body.first_month or "", after) <= month <= (body.last_month or "9999-12")
            and month != after
        ]
        table = tables.reporting_month
        rows = await conn.execute(select(table).where(table.c.month.in_(wanted)))
        acts = {row.month: (row.closed_on, row.reason, row.reopenings) for row in rows}
        for month in wanted[: body.limit + 1]:
            due, until = await calendar.report_due(conn, month), await calendar.open_until(conn, month)
            if due is None:
                continue
            closed_on, reason, reopenings = acts.get(month, _NOTHING)
            books = calendar.books_of(closed_on, reopenings)
            closed, reopened = books.closed_since(today, until), books.reopened_until(region, today)
            items.append(
                models.ReportingMonthView(
                    month=month,
                    standing="open" if closed is None else "closed" if reopened is None else "reopened",
                    due_on=due,
                    open_until=until,
                    closed_since=closed,
                    closing_reason=reason if closed_on and not reopenings else None,
                    reopened_until=reopened,
                    reopenings=[
                        models.ReopeningView.model_validate(each)
                        for each in reopenings
                        if mine is None or each["region"] in (None, mine)
                    ],
                )
            )
    page = items[: body.limit]
    return models.ReportingMonthPage(
        as_of=today,
        items=page,
        next_cursor=paging.cursor(page[-1].month) if len(items) > body.limit else None,
    )
