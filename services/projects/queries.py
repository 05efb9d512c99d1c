"""What can be asked, each answer narrowed to what the actor may see."""

import base64
import binascii
import json
from collections import Counter
from datetime import date

from sqlalchemy import Select, and_, exists, false, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.projects import models, models_reports, reference, scope, tables, views
from services.projects.domain.duty import CITY_REPORT, Duty, due_on, last_day, months, standing
from services.projects.events import CATALOGUE, MONTHLY_REPORT, PROJECT, project_stream, report_stream
from shared.clock import Clock
from shared.event_log import EventLog
from shared.identity import Actor
from shared.problems import Problem, forbidden, invalid, not_found
from shared.rpc import Call

_MONTHS_AT_MOST = 120


class Queries:
    """The queries of this service."""

    def __init__(self, engine: AsyncEngine, log: EventLog, clock: Clock) -> None:
        self._engine = engine
        self._log = log
        self._clock = clock

    async def get_project(self, call: Call, body: models.GetProject) -> models.ProjectView:
        """A project with its steps; 404 too where it isn't the actor's to see."""
        async with self._engine.connect() as conn:
            row = (
                await conn.execute(select(tables.project).where(tables.project.c.project == body.project))
            ).one_or_none()
            tree = await reference.area_tree(conn)
            if row is None or not scope.may_see_project(call.actor, tree, row.region, row.enterprise):
                raise not_found("project", body.project)
            history = await self._log.load(conn, project_stream(body.project))
        return views.project_view(PROJECT.fold([CATALOGUE.decode(event) for event in history]))

    async def list_projects(self, call: Call, body: models.ListProjects) -> models.ProjectPage:
        """A page of projects in order of their ids."""
        async with self._engine.connect() as conn:
            query = await self._narrowed(conn, call.actor, body)
            if body.cursor:
                (after,) = _read_cursor(body.cursor, 1)
                query = query.where(tables.project.c.project > after)
            query = query.order_by(tables.project.c.project).limit(body.limit + 1)
            rows = (await conn.execute(query)).all()
        page = rows[: body.limit]
        return models.ProjectPage(
            items=[views.project_summary(row) for row in page],
            next_cursor=_cursor(page[-1].project) if len(rows) > body.limit else None,
        )

    async def _narrowed(
        self, conn: AsyncConnection, actor: Actor, body: models.ListProjects
    ) -> Select[tuple[object, ...]]:
        table, tree = tables.project.c, await reference.area_tree(conn)
        query = select(tables.project)
        visible = scope.visible_regions(actor, tree)
        if actor.role == "enterprise":
            mine = table.enterprise == actor.organisation if actor.organisation else false()
            query = query.where(mine)
        elif visible is not None:
            query = query.where(table.region.in_(visible))
        if body.region:
            if visible and body.region in tree and body.region not in visible:
                raise scope.not_your_region(actor, body.region)
            query = query.where(table.region.in_(tree.covered_by(body.region) or [body.region]))
        if body.stage:
            query = query.where(table.stage == body.stage)
        if body.programme:
            query = query.where(table.programmes.contains([body.programme]))
        if body.enterprise:
            query = query.where(table.enterprise == body.enterprise)
        if body.text:
            pattern = f"%{_escaped(body.text)}%"
            query = query.where(
                or_(
                    table.name.ilike(pattern, escape="\\"),
                    table.enterprise_name.ilike(pattern, escape="\\"),
                )
            )
        if body.register_:
            stay = tables.project_register.c
            on = body.on or reference.local_day(self._clock.now())
            query = query.where(
                exists().where(
                    stay.project == table.project,
                    stay.register == body.register_,
                    stay.valid_from <= on,
                    or_(stay.valid_to.is_(None), stay.valid_to >= on),
                )
            )
        return query

    async def get_report(self, call: Call, body: models_reports.GetReport) -> models_reports.ReportHistory:
        """A report with every version of it."""
        mine = scope.report_regions(call.actor)
        if mine is not None and mine != body.region:
            raise not_found("report", f"{body.region}:{body.month}")
        async with self._engine.connect() as conn:
            history = await self._log.load(conn, report_stream(body.region, body.month))
        if not history:
            raise not_found(
                "report",
                f"{body.region}:{body.month}",
                "A month that is not reported is missing; the report calendar shows what is owed.",
            )
        events = [CATALOGUE.decode(event) for event in history]
        view = views.report_view(body.region, body.month, MONTHLY_REPORT.fold(events))
        versions = [
            views.report_version(event, recorded) for event, recorded in zip(events, history, strict=True)
        ]
        return models_reports.ReportHistory(**dict(view), versions=versions)

    async def list_reports(self, call: Call, body: models_reports.ListReports) -> models_reports.ReportPage:
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
            month, after = _read_cursor(body.cursor, 2)
            query = query.where(or_(table.month > month, and_(table.month == month, table.region > after)))
        async with self._engine.connect() as conn:
            rows = (await conn.execute(query.order_by(table.month, table.region).limit(body.limit + 1))).all()
        page = rows[: body.limit]
        return models_reports.ReportPage(
            items=[views.report_summary(row) for row in page],
            next_cursor=_cursor(page[-1].month, page[-1].region) if len(rows) > body.limit else None,
        )

    async def report_calendar(
        self, call: Call, body: models_reports.ReportCalendar
    ) -> models_reports.Calendar:
        """What each city owes for each month and how it stands today, by the Clock."""
        today = reference.local_day(self._clock.now())
        region = _only(call.actor, body.region)
        async with self._engine.connect() as conn:
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
                models_reports.CalendarEntry(
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
        return models_reports.Calendar(
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


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _cursor(*key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, length: int) -> list[str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise _bad_cursor() from error
    if not isinstance(key, list) or len(key) != length or not all(isinstance(part, str) for part in key):
        raise _bad_cursor()
    return key


def _bad_cursor() -> Problem:
    return invalid(
        "The cursor is not one that a page gave.",
        where="cursor",
        remedy="Use next_cursor of the page before, or leave it out for the first page.",
    )
