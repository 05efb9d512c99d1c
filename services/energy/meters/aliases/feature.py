"""Operations and routes of a meter's further names."""

from services.energy.access import KEEPERS
from services.energy.meters import views
from services.energy.meters.aliases import commands
from services.energy.meters.aliases.decisions import AssignMeterAlias, WithdrawMeterAlias
from services.energy.meters.history import HISTORY
from shared.feature import Command, Feature
from shared.rpc import Route

_ALIASES = "/meters/{meter}/aliases"

FEATURE = Feature(
    "aliases",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="assign-meter-alias",
            command=AssignMeterAlias,
            check=commands.assign,
            summary="Assign a meter another name",
            route=Route("POST", _ALIASES, KEEPERS, "meters"),
        ),
        Command(
            name="withdraw-meter-alias",
            command=WithdrawMeterAlias,
            check=commands.withdraw,
            summary="Withdraw a meter's other name",
            route=Route("POST", f"{_ALIASES}/withdrawn", KEEPERS, "meters"),
        ),
    ),
)
