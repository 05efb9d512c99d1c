"""Operations and routes of reported figures. The service scopes reading: everybody may read the province's."""

from services.assessment.access import EVERYONE, REPORTERS
from services.assessment.statistics import commands, queries, views
from services.assessment.statistics.decisions import STATISTIC, ReportStatistic, ReviseStatistic
from services.assessment.statistics.facts import StatisticEvent, stream
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ONE = "/statistics/{indicator}/{region}/{period}"

FEATURE = Feature(
    "statistics",
    history=History(
        StatisticEvent,
        STATISTIC,
        lambda command: stream(command.indicator, command.region, command.period),
        (views.KEPT,),
    ),
    answer=views.answer,
    operations=(
        Command(
            name="report-statistic",
            command=ReportStatistic,
            check=commands.report,
            summary="Report a statistic",
            route=Route("POST", "/statistics", REPORTERS, "statistics", area="region", status=201),
        ),
        Command(
            name="revise-statistic",
            command=ReviseStatistic,
            check=commands.revise,
            summary="Revise a statistic, with the reason",
            route=Route("POST", f"{_ONE}/revisions", REPORTERS, "statistics", area="region"),
        ),
        Query(
            name="list-statistics",
            ask=queries.list_statistics,
            summary="List statistics",
            route=Route("GET", "/statistics", EVERYONE, "statistics"),
        ),
        Query(
            name="get-statistic",
            ask=queries.get_statistic,
            summary="Read a statistic with its vintages",
            route=Route("GET", _ONE, EVERYONE, "statistics"),
        ),
        Query(
            name="list-indicators",
            ask=queries.list_indicators,
            summary="List indicators",
            route=Route("GET", "/statistics/indicators", EVERYONE, "statistics"),
        ),
    ),
)
