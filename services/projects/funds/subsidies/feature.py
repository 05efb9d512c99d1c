"""Operations and routes of applications to a fund."""

from functools import partial
from typing import Any

from services.projects.access import EVERYONE, KEEPERS
from services.projects.funds.facts import is_about
from services.projects.funds.history import HISTORY
from services.projects.funds.subsidies import commands, queries, views
from services.projects.funds.subsidies.decisions.commands import (
    AssessSubsidy,
    CloseSubsidy,
    CommitSubsidy,
    PaySubsidy,
    RecoverSubsidy,
    ReleaseSubsidy,
    RequestSubsidy,
    ReserveSubsidy,
)
from shared.decider import Edit
from shared.feature import Command, Feature, Query
from shared.rpc import Route

_ALL = "/funds/{fund}/applications"
_ONE = f"{_ALL}/{{application}}"


def _edit(command: Any) -> Edit:
    """The edit check: an application's version counts the events of its fund that are about it."""
    return Edit(getattr(command, "version", None), partial(is_about, command.application))


FEATURE = Feature(
    "subsidies",
    history=HISTORY,
    answer=views.answer,
    edit=_edit,
    operations=(
        Command(
            name="request-subsidy",
            command=RequestSubsidy,
            named=commands.named,
            check=commands.request,
            summary="Apply to a fund for a project",
            route=Route("POST", _ALL, KEEPERS, "money", status=201),
        ),
        Command(
            name="assess-subsidy",
            command=AssessSubsidy,
            check=commands.decide,
            summary="Put the audited base in place",
            description="The audited base (核定). What was reserved above the new entitlement goes back to the fund.",
            route=Route("POST", f"{_ONE}/assessments", KEEPERS, "money"),
        ),
        Command(
            name="reserve-subsidy",
            command=ReserveSubsidy,
            check=commands.decide,
            summary="Reserve money of the fund",
            description="Money is kept for the project (预留): never more than the fund has, "
            "also when two decide at once.",
            route=Route("POST", f"{_ONE}/reservations", KEEPERS, "money"),
        ),
        Command(
            name="commit-subsidy",
            command=CommitSubsidy,
            check=commands.decide,
            summary="Commit what is reserved",
            description="The decision is issued (下达); what was reserved above it goes back to the fund.",
            route=Route("POST", f"{_ONE}/commitments", KEEPERS, "money"),
        ),
        Command(
            name="pay-subsidy",
            command=PaySubsidy,
            check=commands.decide,
            summary="Pay what is committed",
            description="A payment (拨付), in parts if need be. A voucher pays once, "
            "so that two clerks can't pay twice.",
            route=Route("POST", f"{_ONE}/payments", KEEPERS, "money"),
        ),
        Command(
            name="release-subsidy",
            command=ReleaseSubsidy,
            check=commands.decide,
            summary="Release what is held and not paid",
            description="Reserved or committed money goes back to the fund (释放), with the reason.",
            route=Route("POST", f"{_ONE}/releases", KEEPERS, "money"),
        ),
        Command(
            name="recover-subsidy",
            command=RecoverSubsidy,
            check=commands.decide,
            summary="Recover what was paid",
            description="Paid money is back in the fund (收回); a payment that was entered "
            "wrongly is put right the same way.",
            route=Route("POST", f"{_ONE}/recoveries", KEEPERS, "money"),
        ),
        Command(
            name="close-subsidy",
            command=CloseSubsidy,
            check=commands.decide,
            summary="Reject or withdraw an application",
            description="Rejected by the fund, or withdrawn by the project's keeper; nothing may be held or paid.",
            route=Route("POST", f"{_ONE}/closing", KEEPERS, "money"),
        ),
        Query(
            name="get-subsidy",
            ask=queries.get_subsidy,
            summary="One application",
            route=Route("GET", _ONE, EVERYONE, "money"),
        ),
        Query(
            name="list-subsidies",
            ask=queries.list_subsidies,
            summary="Applications, filtered",
            route=Route("GET", "/subsidies", EVERYONE, "money", area="region", organisation="enterprise"),
        ),
    ),
)
