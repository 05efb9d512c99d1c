"""Operations on the cities' monthly reports (月报, TR-12)."""

from services.projects.api.base import Serving, ops
from services.projects.app import reports
from services.projects.models import reports as models
from services.projects.queries import report_lines
from services.projects.queries import reports as queries
from shared.rpc import Call, Reply


@ops.command(
    "file-report",
    request=models.FileMonthlyReport,
    response=models.ReportView,
    summary="File a city's monthly report",
)
async def file_report(call: Call, body: models.FileMonthlyReport) -> Reply:
    """A city's report of a month (月报, TR-12), due on the 5th of the next month; only the city itself files it.

    Months may come in any order; the same report again changes nothing. An amount that looks like one in
    the wrong unit is asked back once (problem code confirm-amount).
    """
    return await reports.file_report(Serving.app, call, body)


@ops.command(
    "correct-report",
    request=models.CorrectMonthlyReport,
    response=models.ReportView,
    summary="Correct a city's monthly report",
)
async def correct_report(call: Call, body: models.CorrectMonthlyReport) -> Reply:
    """The right report in place of a wrong one, with the reason; the old one stays in the history.

    What is left out (the amount, the projects) stays as it was. A report that should not be there is withdrawn.
    """
    return await reports.correct_report(Serving.app, call, body)


@ops.command(
    "withdraw-report",
    request=models.WithdrawMonthlyReport,
    response=models.ReportView,
    summary="Withdraw a city's monthly report",
)
async def withdraw_report(call: Call, body: models.WithdrawMonthlyReport) -> Reply:
    """A report that should not be there (撤回): the month is missing again, and the duty owed again.

    Its history stays; the right report is filed anew, and is late if it is handed in after the due day.
    """
    return await reports.withdraw_report(Serving.app, call, body)


@ops.query(
    "get-report",
    request=models.GetReport,
    response=models.ReportHistory,
    summary="A city's report of a month with its corrections",
)
async def get_report(call: Call, body: models.GetReport) -> models.ReportHistory:
    """What the report says now, and every version of it with when it was recorded."""
    return await queries.get_report(Serving.app, call, body)


@ops.query(
    "list-reports",
    request=models.ListReports,
    response=models.ReportPage,
    summary="Monthly reports, filtered",
)
async def list_reports(call: Call, body: models.ListReports) -> models.ReportPage:
    """In order of month and region. A month that isn't here is missing, not zero: see the report calendar."""
    return await queries.list_reports(Serving.app, call, body)


@ops.query(
    "list-report-lines",
    request=models.ListReportLines,
    response=models.ReportLinePage,
    summary="What monthly reports say of projects",
)
async def list_report_lines(call: Call, body: models.ListReportLines) -> models.ReportLinePage:
    """Of each project what its city's newest report of a month says, with the sum of all that is asked for.

    A month without a line is one of which nothing was said, not one of zero.
    """
    return await report_lines.list_report_lines(Serving.app, call, body)


@ops.query(
    "report-calendar",
    request=models.ReportCalendar,
    response=models.Calendar,
    summary="Which monthly reports are received, late, missing or not due",
)
async def report_calendar(call: Call, body: models.ReportCalendar) -> models.Calendar:
    """For each city and month the day it is due and how it stands by the Clock. No due day rolls (X-23)."""
    return await queries.report_calendar(Serving.app, call, body)
