"""Questions about the cities' monthly reports, and what is owed when."""

from collections import Counter
from datetime import date

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.domain.duty import CITY_REPORT, Duty, due_on, last_day, months, standing
from services.projects.events import CATALOGUE, MONTHLY_REPORT, report_stream
from services.projects.models import reports as models
from services.projects.queries import paging, versions
from services.projects.views.reports import Room, report_summary, report_version, report_view
from shared.identity import Actor
from shared.problems import forbidden, not_found
from shared.rpc import Call

_MONTHS_AT_MOST = 120


async def get_report(app: App, call: Call, body: models.GetReport) -> models.ReportHistory:
    """A report with every version of it."""
    mine = scope.report_regions(call.actor)
    if mine is not None and mine != body.region:
        raise not_found("report", f"{body.region}:{body.month}")
    async with app.snapshots.connect() as conn:
        history = await app.log.load(conn, report_stream(body.region, body.month))
    if not history:
        raise not_found(
            "report",
            f"{body.region}:{body.month}",
            "A month that is not reported is missing; the report calendar shows what is owed.",
        )
    events = [CATALOGUE.decode(event) for event in history]
    view = report_view(body.region, body.month, MONTHLY_REPORT.fold(events))
    room, told = Room(), list(zip(events, history, strict=True))
    newest_first = [report_version(event, recorded, room) for event, recorded in reversed(told)]
    return models.ReportHistory(
        **{**dict(view), "version": len(events)}, versions=list(reversed(newest_first))
    )


async def list_reports(app: App, call: Call, body: models.ListReports) -> models.ReportPage:
    """A page of reports in order of month and region."""
    table = tables.monthly_report.c
    query = select(tables.monthly_report)
    if (region := _only(call.actor, body.region)) is not None:
        query = query.where(table.region == region)
    if body.first_month:
        query = query.where(table.month >= body.first_month)
    if body.last_month:
        query = query.where(table.month <= body.last_month)
    if body.cursor:
        month, after = paging.read(body.cursor, 2)
        query = query.where(or_(table.month > month, and_(table.month == month, table.region > after)))
    async with app.snapshots.connect() as conn:
        rows = (await conn.execute(query.order_by(table.month, table.region).limit(body.limit + 1))).all()
        page = rows[: body.limit]
        at = await versions.of_streams(app, conn, [report_stream(row.region, row.month) for row in page])
    return models.ReportPage(
        items=[report_summary(row, version) for row, version in zip(page, at, strict=True)],
        next_cursor=paging.cursor(page[-1].month, page[-1].region) if len(rows) > body.limit else None,
    )


async def report_calendar(app: App, call: Call, body: models.ReportCalendar) -> models.Calendar:
    """What each city owes for each month and how it stands today, by the Clock."""
    today = app.today()
    region = _only(call.actor, body.region)
    async with app.snapshots.connect() as conn:
        owed = await _owed(conn, body.first_month, body.last_month, region)
        table = tables.monthly_report.c
        keys = [(code, month) for code, month, _ in owed]
        rows = await conn.execute(
            select(tables.monthly_report).where(tuple_(table.region, table.month).in_(keys))
        )
        reports = {(row.region, row.month): row for row in rows}
    entries = []
    for code, month, due in owed:
        report = reports.get((code, month))
        reported_on = report.reported_on if report else None
        how = standing(today, due, reported_on)
        entries.append(
            models.CalendarEntry(
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
    return models.Calendar(
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
    """(region, month, due day) of every city report owed, in order of month and region."""
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
    """The city to which a query about reports is narrowed; None: all. Raises Problem 403."""
    mine = scope.report_regions(actor)
    if mine is not None and region not in (None, mine):
        raise forbidden(f"Your token is for {mine}, not for {region}.")
    return mine or region
