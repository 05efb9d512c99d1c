"""Operations on the books of reporting months (报告期, 关账)."""

from services.projects.api.base import Serving, ops
from services.projects.app import reporting_months as app
from services.projects.models import reporting_months as models
from services.projects.queries import reporting_months as queries
from shared.rpc import Call, Reply


@ops.query(
    "list-reporting-months",
    request=models.ListReportingMonths,
    response=models.ReportingMonthPage,
    summary="Which months can still be reported",
)
async def list_reporting_months(call: Call, body: models.ListReportingMonths) -> models.ReportingMonthPage:
    """Each month owed: open, closed (关账) by the rule or the province, or reopened until a day."""
    return await queries.list_months(Serving.app, call, body)


@ops.command(
    "close-reporting-month",
    request=models.CloseReportingMonth,
    response=models.ReportingMonthChanged,
    summary="Close a month of the cities' reports",
)
async def close_reporting_month(call: Call, body: models.CloseReportingMonth) -> Reply:
    """Before its day by the rule, or after a reopening: every consent ends. Reported figures stay as they are."""
    return await app.close_month(Serving.app, call, body)


@ops.command(
    "reopen-reporting-month",
    request=models.ReopenReportingMonth,
    response=models.ReportingMonthChanged,
    summary="Let reports of a closed month in again",
)
async def reopen_reporting_month(call: Call, body: models.ReopenReportingMonth) -> Reply:
    """The province's consent to late reports and corrections, for one city or all, until a day."""
    return await app.reopen_month(Serving.app, call, body)
