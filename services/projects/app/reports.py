"""Commands on the cities' monthly reports (月报, TR-12)."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app import checks
from services.projects.app.context import App, Making
from services.projects.domain import monthly_report
from services.projects.domain.duty import CITY_REPORT, around, due_on, find, last_day
from services.projects.domain.monthly_report import (
    CorrectMonthlyReport,
    FileMonthlyReport,
    Known,
    MonthlyReportCommand,
    ReportLine,
    WithdrawMonthlyReport,
)
from services.projects.domain.plan import Region
from services.projects.domain.plausibility import ReportCare, Usual
from services.projects.events import MONTHLY_REPORT, report_stream
from services.projects.models import reports as models
from services.projects.reporting_calendar import closed_since
from services.projects.views.reports import report_view
from shared.areas import AreaTree
from shared.decider import Edit
from shared.rpc import Call, Reply

CARE = "report_plausibility"
"""The rule by which an amount is asked back."""


async def file_report(app: App, call: Call, body: models.FileMonthlyReport) -> Reply:
    """A city hands in its report of a month."""
    today = app.today()
    lines = _lines(body.projects)

    async def command(conn: AsyncConnection) -> MonthlyReportCommand:
        known = await _reporting(conn, call, body.region)
        return FileMonthlyReport(
            region=body.region,
            month=body.month,
            investment=body.investment,
            projects=lines,
            reported_on=body.reported_on or today,
            known=await _known_for_report(conn, known, body.region, body.month, lines, today),
            confirmed=body.confirmed,
        )

    return await _run(app, call, body.region, body.month, command)


async def correct_report(app: App, call: Call, body: models.CorrectMonthlyReport) -> Reply:
    """A city corrects its report of a month; its lines too, unless the correction has none to say of."""
    today = app.today()
    lines = None if body.projects is None else _lines(body.projects)

    async def command(conn: AsyncConnection) -> MonthlyReportCommand:
        known = await _reporting(conn, call, body.region)
        return CorrectMonthlyReport(
            region=body.region,
            month=body.month,
            investment=body.investment,
            projects=lines,
            reported_on=body.reported_on or today,
            reason=body.reason,
            known=await _known_for_report(conn, known, body.region, body.month, lines, today),
            confirmed=body.confirmed,
        )

    return await _run(app, call, body.region, body.month, command, body.version)


async def withdraw_report(app: App, call: Call, body: models.WithdrawMonthlyReport) -> Reply:
    """A city takes its report of a month back: the month is missing again."""
    today = app.today()

    async def command(conn: AsyncConnection) -> MonthlyReportCommand:
        known = await _reporting(conn, call, body.region)
        facts = await _known_for_report(conn, known, body.region, body.month, (), today)
        return WithdrawMonthlyReport(body.region, body.month, body.reason, facts)

    return await _run(app, call, body.region, body.month, command, body.version)


async def _run(
    app: App,
    call: Call,
    region: str,
    month: str,
    command: Making[MonthlyReportCommand],
    seen: int | None = None,
) -> Reply:
    def answer(
        state: monthly_report.MonthlyReportState, events: Sequence[monthly_report.MonthlyReportEvent]
    ) -> object:
        return report_view(region, month, state).model_dump(mode="json")

    stream = report_stream(region, month)
    return await app.run(call, stream, MONTHLY_REPORT, command, answer=answer, edit=Edit(seen))


async def _reporting(conn: AsyncConnection, call: Call, region: str) -> list[Region]:
    known = await reference.regions(conn)
    checks.check_region(AreaTree.of(known), region)
    scope.check_report_write(call.actor, region)
    return known


async def _known_for_report(
    conn: AsyncConnection,
    known: Sequence[Region],
    region: str,
    month: str,
    lines: Iterable[ReportLine] | None,
    today: date,
) -> Known:
    """Everything that a report of `region` for `month` is judged by; `lines` None: those that it has."""
    if lines is None:
        kept = tables.report_line.c
        own = select(kept.project).where(kept.city == region, kept.month == month)
        named = list((await conn.execute(own)).scalars())
    else:
        named = sorted({line.project for line in lines})
    table = tables.project.c
    rows = await conn.execute(select(table.project, table.region).where(table.project.in_(named)))
    return Known(
        today=today,
        due_on=await _due_on(conn, known, region, month),
        project_regions={row.project: row.region for row in rows},
        covered=frozenset(AreaTree.of(known).covered_by(region)),
        usual=await _usual(conn, region, month),
        closed_since=await closed_since(conn, month, region, today),
    )


async def _due_on(conn: AsyncConnection, known: Sequence[Region], region: str, month: str) -> date | None:
    duty = find(await reference.duties(conn, CITY_REPORT), CITY_REPORT, month)
    if duty is None:
        return None
    on = last_day(month)
    owes = any(each.code == region and each.owes(duty, on) for each in known)
    return due_on(duty, month) if owes else None


async def _usual(conn: AsyncConnection, region: str, month: str) -> Usual:
    """What the amount is held against, by the rule in force at the month's end."""
    report, target = tables.monthly_report.c, tables.investment_target.c
    care = await reference.care(conn, CARE, last_day(month), ReportCare)
    nearest = (
        await conn.execute(
            select(report.month, report.investment)
            .where(report.region == region, report.month.in_(around(month, care.neighbour_months)))
            .order_by(report.month)
        )
    ).all()
    year_target = (
        await conn.execute(
            select(func.max(target.value)).where(target.region == region, target.year == int(month[:4]))
        )
    ).scalar_one()
    return Usual(year_target, tuple((row.month, row.investment) for row in nearest), care)


def _lines(projects: Sequence[models.ReportedProject]) -> tuple[ReportLine, ...]:
    return tuple(
        ReportLine(each.project, each.investment, each.progress_percent, each.note) for each in projects
    )
