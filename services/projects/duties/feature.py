"""Operations and routes of duties (报送义务)."""

from services.projects.access import GOVERNMENT, KEEPERS, PROVINCE
from services.projects.duties import commands, queries, views
from services.projects.duties.days.feature import FEATURE as DAYS
from services.projects.duties.decisions import (
    DUTY_ACCOUNT,
    HandInDuty,
    OccasionCommand,
    WaiveDuty,
    WithdrawDutyEntry,
    account_stream,
)
from services.projects.duties.facts import EDITS, DutyEvent
from services.projects.duties.tables import KEPT
from shared.decider import Edit
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ONE = "/duties/{duty}"
HISTORY = History(DutyEvent, DUTY_ACCOUNT, account_stream, KEPT)


def _edit(command: OccasionCommand) -> Edit:
    """The edit check: only users' entries for the same period conflict."""
    return Edit(command.version, lambda event: isinstance(event, EDITS) and event.period == command.period)


FEATURE = Feature(
    "duties",
    history=HISTORY,
    answer=views.answer,
    edit=_edit,
    operations=(
        Command(
            name="hand-in-duty",
            command=HandInDuty,
            check=commands.hand_in,
            summary="Hand in what a region owes, by reference",
            route=Route("POST", f"{_ONE}/receipts", KEEPERS, "duties", area="region", status=201),
        ),
        Command(
            name="waive-duty",
            command=WaiveDuty,
            check=commands.waive,
            summary="Let a region off for a period",
            route=Route("POST", f"{_ONE}/waivers", PROVINCE, "duties", area="region", status=201),
        ),
        Command(
            name="withdraw-duty-entry",
            command=WithdrawDutyEntry,
            check=commands.withdraw,
            summary="Take back a wrong receipt or waiver",
            route=Route("POST", f"{_ONE}/withdrawals", KEEPERS, "duties", area="region"),
        ),
        Query(
            name="list-duties",
            ask=queries.list_duties,
            summary="The rules of the calendar",
            route=Route("GET", "/duties", GOVERNMENT, "duties"),
        ),
        Query(
            name="duty-calendar",
            ask=queries.duty_calendar,
            summary="Who owes what by when, and how it stands",
            route=Route("GET", "/duties/calendar", GOVERNMENT, "duties", area="region"),
        ),
        Query(
            name="get-duty-account",
            ask=queries.get_account,
            summary="One duty of one region with its history",
            route=Route("GET", f"{_ONE}/{{region}}", GOVERNMENT, "duties", area="region"),
        ),
    ),
    parts=(DAYS,),
)
