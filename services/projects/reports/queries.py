"""Questions about the cities' monthly reports, and what is owed when."""

from collections import Counter
from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.common import versions
from services.projects.common.duty import CITY_REPORT, Duty, due_on, last_day, months, standing
from services.projects.common.models import Answer, Cursor, Limit, Name, Request
from services.projects.common.values import Month, RegionCode
from services.projects.plan import reference
from services.projects.reports.decisions import MONTHLY_REPORT
from services.projects.reports.facts import stream
from services.projects.reports.views import (
    TABLE,
    ReportSummary,
    ReportVersion,
    ReportView,
    Room,
    summary,
    version_of,
    view,
)
from shared import lists
from shared.identity import Actor
from shared.problems import forbidden, not_found
from shared.rpc import Call
from shared.service import Service
from shared.unknown_region import check_region

_MONTHS_AT_MOST = 120
_ORDER = lists.Order(TABLE.c.month, TABLE.c.region)


class GetReport(Request):
    """Ask for one report with its corrections."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"region": "350100", "month": "2013-02"}]})

    region: RegionCode
    month: Month


class ListReports(Request):
    """Ask for reports, in order of month and region."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"first_month": "2013-01", "last_month": "2013-06"}]}
    )

    region: RegionCode | None = Field(default=None, description="of this city only")
    first_month: Month | None = Field(default=None, description="from this month on")
    last_month: Month | None = Field(default=None, description="up to this month")
    limit: Limit
    cursor: Cursor


class ReportCalendar(Request):
    """Ask what is owed, and how it stands by the Clock. Without months: all that the duty calendar has."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"first_month": "2013-01", "last_month": "2013-12"}]}
    )

    region: RegionCode | None = Field(default=None, description="of this city only")
    first_month: Month | None = Field(default=None, description="from this month on")
    last_month: Month | None = Field(default=None, description="up to this month")


class ReportHistory(ReportView):
    """A report with all that it ever said."""

    versions: list[ReportVersion]


class ReportPage(Answer):
    """A page of reports."""

    items: list[ReportSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class CalendarEntry(Answer):
    """What one city owes for one month, and how it stands."""

    region: str
    region_name: Name = None
    month: str
    due_on: date
    standing: Literal["received", "late", "missing", "not_due"]
    reported_on: date | None
    days_late: int | None = Field(
        description="days after the due day: of the report, or so far; null: not late"
    )
    corrections: int


class Calendar(Answer):
    """The report calendar."""

    duty: str = Field(description="row of the plan", examples=["TR-12"])
    as_of: date = Field(description="today by the Clock")
    items: list[CalendarEntry]
    received: int
    late: int
    missing: int
    not_due: int


async def get_report(service: Service, call: Call, body: GetReport) -> ReportHistory:
    """What the report says now, and every version of it with when it was recorded."""
    mine = report_regions(call.actor)
    if mine is not None and mine != body.region:
        raise not_found("report", f"{body.region}:{body.month}")
    async with service.snapshots.connect() as conn:
        history = await service.log.load(conn, stream(body.region, body.month))
    if not history:
        raise not_found(
            "report",
            f"{body.region}:{body.month}",
            "A month that is not reported is missing; the report calendar shows what is owed.",
        )
    events = [service.catalogue.decode(event) for event in history]
    now = view(MONTHLY_REPORT.fold(events))
    room, told = Room(), list(zip(events, history, strict=True))
    newest_first = [version_of(event, recorded, room) for event, recorded in reversed(told)]
    return ReportHistory(**{**dict(now), "version": len(events)}, versions=list(reversed(newest_first)))


async def list_reports(service: Service, call: Call, body: ListReports) -> ReportPage:
    """In order of month and region. A month that isn't here is missing, not zero: see the report calendar."""
    table = TABLE.c
    query = select(TABLE)
    if (region := _only(call.actor, body.region)) is not None:
        query = query.where(table.region == region)
    if body.first_month:
        query = query.where(table.month >= body.first_month)
    if body.last_month:
        query = query.where(table.month <= body.last_month)
    async with service.snapshots.connect() as conn:
        check_region(await reference.area_tree(conn), body.region)
        page = await _ORDER.page(conn, query, body)
        streams = [stream(row.region, row.month) for row in page.rows]
        at = await versions.of_streams(service, conn, streams)
    return ReportPage(
        items=[summary(dict(row._mapping), version) for row, version in zip(page.rows, at, strict=True)],
        next_cursor=page.next_cursor,
    )


async def report_calendar(service: Service, call: Call, body: ReportCalendar) -> Calendar:
    """For each city and month the day it is due and how it stands by the Clock. No due day rolls (X-23)."""
    today = service.today()
    region = _only(call.actor, body.region)
    async with service.snapshots.connect() as conn:
        check_region(await reference.area_tree(conn), body.region)
        owed = await _owed(conn, body.first_month, body.last_month, region)
        table = TABLE.c
        keys = [(code, month) for code, month, _ in owed]
        rows = await conn.execute(select(TABLE).where(tuple_(table.region, table.month).in_(keys)))
        reports = {(row.region, row.month): row for row in rows}
    entries = []
    for code, month, due in owed:
        report = reports.get((code, month))
        reported_on = report.reported_on if report else None
        how = standing(today, due, reported_on)
        entries.append(
            CalendarEntry(
                region=code,
                month=month,
                due_on=due,
                standing=how,
                reported_on=reported_on,
                days_late=((reported_on or today) - due).days if how in ("late", "missing") else None,
                corrections=report.corrections if report else 0,
            )
        )
    counts = Counter(entry.standing for entry in entries)
    return Calendar(
        duty=CITY_REPORT,
        as_of=today,
        items=entries,
        received=counts["received"],
        late=counts["late"],
        missing=counts["missing"],
        not_due=counts["not_due"],
    )


async def _owed(
    conn: AsyncConnection, first: str | None, last: str | None, region: str | None
) -> list[tuple[str, str, date]]:
    """(region, month, due day) of every report that cities owe, in order of month and region."""
    duties = await reference.duties(conn, CITY_REPORT)
    regions = [each for each in await reference.regions(conn) if region in (None, each.code)]
    owed: dict[tuple[str, str], date] = {}
    for duty in duties:
        for month in _months(duty, first, last):
            due = due_on(duty, month)
            if due is None:
                continue
            for each in regions:
                if each.owes(duty, last_day(month)):
                    owed.setdefault((month, each.code), due)
    return [(code, month, due) for (month, code), due in sorted(owed.items())]


def _months(duty: Duty, first: str | None, last: str | None) -> list[str]:
    if duty.first_period is None or duty.last_period is None:
        return []
    start, end = max(first or "", duty.first_period), min(last or "9999-12", duty.last_period)
    return months(start, end)[:_MONTHS_AT_MOST]


def _only(actor: Actor, region: str | None) -> str | None:
    """The only city whose reports the query may return; None: all. Raises Problem 403."""
    mine = report_regions(actor)
    if mine is not None and region not in (None, mine):
        raise forbidden(f"Your token is for {mine}, not for {region}.")
    return mine or region


def report_regions(actor: Actor) -> str | None:
    """The one city whose reports the actor may read; None: all. Raises Problem 403 if the actor may read none."""
    if actor.role in access.READS_ALL:
        return None
    if actor.role == "city" and actor.area:
        return actor.area
    raise forbidden(f"Monthly reports are read by their city and the province; your role is {actor.role}.")
