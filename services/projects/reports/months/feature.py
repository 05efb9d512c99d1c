"""Operations and routes of the books of a month."""

from services.projects.access import GOVERNMENT, PROVINCE
from services.projects.reports.months import commands, queries, views
from services.projects.reports.months.decisions import (
    REPORTING_MONTH,
    CloseReportingMonth,
    ReopenReportingMonth,
)
from services.projects.reports.months.facts import ReportingMonthEvent, stream
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_MONTHS = "/reports/months"

FEATURE = Feature(
    "months",
    history=History(
        ReportingMonthEvent, REPORTING_MONTH, lambda command: stream(command.month), (views.KEPT,)
    ),
    answer=views.answer,
    operations=(
        Query(
            name="list-reporting-months",
            ask=queries.list_months,
            summary="Which months can still be reported",
            route=Route("GET", _MONTHS, GOVERNMENT, "reports", area="region"),
        ),
        Command(
            name="close-reporting-month",
            command=CloseReportingMonth,
            check=commands.close,
            summary="Close a month of the cities' reports",
            route=Route("POST", f"{_MONTHS}/{{month}}/closing", PROVINCE, "reports"),
        ),
        Command(
            name="reopen-reporting-month",
            command=ReopenReportingMonth,
            check=commands.reopen,
            summary="Let reports of a closed month in again",
            route=Route("POST", f"{_MONTHS}/{{month}}/reopenings", PROVINCE, "reports", status=201),
        ),
    ),
)
