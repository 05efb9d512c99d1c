"""Which months of the cities' reports are open, and until when."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field
from sqlalchemy import select

from services.projects.common.duty import CITY_REPORT, months
from services.projects.common.models import Answer, Cursor, Limit, Request
from services.projects.common.values import Month, RegionCode
from services.projects.plan import reference
from services.projects.reports.months import calendar
from services.projects.reports.months.facts import INITIAL
from services.projects.reports.months.views import TABLE
from services.projects.reports.queries import report_regions
from shared import lists
from shared.problems import forbidden
from shared.rpc import Call
from shared.service import Service
from shared.unknown_region import check_region


class ListReportingMonths(Request):
    """Ask which months are open, in order of month."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"first_month": "2013-01", "last_month": "2013-06"}]}
    )

    region: RegionCode | None = Field(
        default=None, description="how they stand for this city; without it for all cities"
    )
    first_month: Month | None = Field(default=None, description="from this month on")
    last_month: Month | None = Field(default=None, description="up to this month")
    limit: Limit
    cursor: Cursor


class ReopeningView(Answer):
    """The province's consent to late reports and corrections."""

    region: str | None = Field(description="for this city only; null: for all")
    until: date = Field(description="the last day")
    reason: str


class ReportingMonthView(Answer):
    """How the books of a month stand by the Clock."""

    month: str
    standing: Literal["open", "closed", "reopened"]
    due_on: date = Field(description="the day its reports are due")
    open_until: date | None = Field(
        description="the last day on which it is open by the rule; null: no rule closes it"
    )
    closed_since: date | None = Field(description="null: open")
    closing_reason: str | None = Field(description="why the province closed it; null: it didn't")
    reopened_until: date | None = Field(description="for whom was asked; null: no consent holds")
    reopenings: list[ReopeningView] = Field(description="since the last closing, past ones too")


class ReportingMonthPage(Answer):
    """A page of months."""

    as_of: date = Field(description="today by the Clock")
    items: list[ReportingMonthView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


async def list_months(service: Service, call: Call, body: ListReportingMonths) -> ReportingMonthPage:
    """Each month owed: open, closed (关账) by the rule or the province, or reopened until a day."""
    mine = report_regions(call.actor)
    if mine is not None and body.region not in (None, mine):
        raise forbidden(f"Your token is for {mine}, not for {body.region}.")
    region, today = mine or body.region, service.today()
    after = lists.read(body.cursor, str)[0] if body.cursor else ""
    items = []
    async with service.snapshots.connect() as conn:
        check_region(await reference.area_tree(conn), body.region)
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
        rows = await conn.execute(select(TABLE).where(TABLE.c.month.in_(wanted)))
        acts = {row["month"]: calendar.books_of(dict(row)) for row in rows.mappings()}
        for month in wanted[: body.limit + 1]:
            due, until = await calendar.report_due(conn, month), await calendar.open_until(conn, month)
            if due is None:
                continue
            books = acts.get(month, INITIAL)
            closed, reopened = books.closed_since(today, until), books.reopened_until(region, today)
            items.append(
                ReportingMonthView(
                    month=month,
                    standing="open" if closed is None else "closed" if reopened is None else "reopened",
                    due_on=due,
                    open_until=until,
                    closed_since=closed,
                    closing_reason=books.reason if books.closed_on and not books.reopenings else None,
                    reopened_until=reopened,
                    reopenings=[
                        ReopeningView(region=each.region, until=each.until, reason=each.reason)
                        for each in books.reopenings
                        if mine is None or each.region in (None, mine)
                    ],
                )
            )
    page = lists.cut(items, body.limit, lambda each: (each.month,))
    return ReportingMonthPage(
        as_of=today,
        items=list(page.rows),
        next_cursor=page.next_cursor,
    )
