"""Operations and routes of verdicts on parked intervals."""

from services.energy.access import EVERYONE, KEEPERS
from services.energy.meters import views
from services.energy.meters.history import HISTORY
from services.energy.meters.verdicts import commands, queries
from services.energy.meters.verdicts.decisions import (
    ConfirmRollover,
    ResolveSuspect,
    ResolveSuspects,
    WithdrawVerdict,
)
from shared.feature import Command, Feature, Query
from shared.rpc import Route

_METER = "/meters/{meter}"

FEATURE = Feature(
    "verdicts",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="confirm-rollover",
            command=ConfirmRollover,
            check=commands.confirm_rollover,
            summary="Confirm a rollover",
            route=Route("POST", f"{_METER}/rollovers", KEEPERS, "review"),
        ),
        Command(
            name="resolve-suspect",
            command=ResolveSuspect,
            check=commands.resolve_one,
            summary="Resolve a parked interval",
            route=Route("POST", f"{_METER}/suspects", KEEPERS, "review"),
        ),
        Command(
            name="resolve-suspects",
            command=ResolveSuspects,
            check=commands.resolve_many,
            summary="Resolve many parked intervals",
            route=Route("POST", f"{_METER}/suspects/many", KEEPERS, "review"),
        ),
        Command(
            name="withdraw-verdict",
            command=WithdrawVerdict,
            check=commands.withdraw,
            summary="Withdraw a verdict on an interval",
            route=Route("POST", f"{_METER}/withdrawals", KEEPERS, "review"),
        ),
        Query(
            name="list-suspects",
            ask=queries.list_suspects,
            summary="List parked intervals",
            route=Route("GET", "/suspects", EVERYONE, "review", organisation="enterprise"),
        ),
    ),
)
