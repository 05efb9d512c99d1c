"""Commands of the province on the books of a month: close (关账), reopen."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope
from services.projects import reporting_calendar as calendar
from services.projects.app import checks
from services.projects.app.context import App, Making
from services.projects.domain import reporting_month as domain
from services.projects.events import REPORTING_MONTH, reporting_month_stream
from services.projects.models import reporting_months as models
from shared.rpc import Call, Reply


async def close_month(app: App, call: Call, body: models.CloseReportingMonth) -> Reply:
    """Close a month for every city."""
    scope.check_reporting_month(call.actor)
    today = app.today()

    async def command(conn: AsyncConnection) -> domain.CloseMonth:
        due = await calendar.report_due(conn, body.month)
        return domain.CloseMonth(body.month, due, body.reason, call.actor.subject, today)

    return await _run(app, call, body.month, command)


async def reopen_month(app: App, call: Call, body: models.ReopenReportingMonth) -> Reply:
    """Consent to late reports and corrections of a month, for one city or all."""
    scope.check_reporting_month(call.actor)
    today = app.today()

    async def command(conn: AsyncConnection) -> domain.ReopenMonth:
        if body.region is not None:
            checks.check_region(await reference.area_tree(conn), body.region)
        return domain.ReopenMonth(
            body.month,
            body.region,
            body.until,
            await calendar.report_due(conn, body.month),
            await calendar.open_until(conn, body.month),
            body.reason,
            call.actor.subject,
            today,
        )

    return await _run(app, call, body.month, command)


async def _run(
    app: App, call: Call, month: str, command: Making[domain.CloseMonth | domain.ReopenMonth]
) -> Reply:
    def answer(state: domain.Books, events: Sequence[domain.ReportingMonthEvent]) -> object:
        return models.ReportingMonthChanged(
            month=month,
            closed_on=state.closed_on,
            reopenings=[models.Consent(region=each.region, until=each.until) for each in state.reopenings],
        ).model_dump(mode="json")

    return await app.run(call, reporting_month_stream(month), REPORTING_MONTH, command, answer=answer)
