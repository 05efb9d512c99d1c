"""Operations and routes of the cities' monthly reports (月报, TR-12)."""

from services.projects.access import CITY, GOVERNMENT
from services.projects.reports import commands, lines, queries, views
from services.projects.reports.decisions import (
    MONTHLY_REPORT,
    CorrectMonthlyReport,
    FileMonthlyReport,
    WithdrawMonthlyReport,
)
from services.projects.reports.facts import MonthlyReportEvent, stream
from services.projects.reports.months.feature import FEATURE as MONTHS
from shared.decider import Edit
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ONE = "/reports/{region}/{month}"

FEATURE = Feature(
    "reports",
    history=History(
        MonthlyReportEvent,
        MONTHLY_REPORT,
        lambda command: stream(command.region, command.month),
        (views.KEPT, lines.WRITTEN),
    ),
    answer=views.answer,
    edit=lambda command: Edit(getattr(command, "version", None)),
    operations=(
        Command(
            name="file-report",
            command=FileMonthlyReport,
            check=commands.file_report,
            summary="File a city's monthly report",
            route=Route("POST", "/reports", CITY, "reports", area="region", status=201),
        ),
        Command(
            name="correct-report",
            command=CorrectMonthlyReport,
            check=commands.correct_report,
            summary="Correct a city's monthly report",
            route=Route("POST", f"{_ONE}/corrections", CITY, "reports", area="region"),
        ),
        Command(
            name="withdraw-report",
            command=WithdrawMonthlyReport,
            check=commands.withdraw_report,
            summary="Withdraw a city's monthly report",
            route=Route("POST", f"{_ONE}/withdrawal", CITY, "reports", area="region"),
        ),
        Query(
            name="get-report",
            ask=queries.get_report,
            summary="A city's report of a month with its corrections",
            route=Route("GET", _ONE, GOVERNMENT, "reports", area="region"),
        ),
        Query(
            name="list-reports",
            ask=queries.list_reports,
            summary="Monthly reports, filtered",
            route=Route("GET", "/reports", GOVERNMENT, "reports", area="region"),
        ),
        Query(
            name="list-report-lines",
            ask=lines.list_report_lines,
            summary="What monthly reports say of projects",
            route=Route("GET", "/report-lines", GOVERNMENT, "reports", area="region"),
        ),
        Query(
            name="report-calendar",
            ask=queries.report_calendar,
            summary="Which monthly reports are received, late, missing or not due",
            route=Route("GET", "/reports/calendar", GOVERNMENT, "reports", area="region"),
        ),
    ),
    parts=(MONTHS,),
)
