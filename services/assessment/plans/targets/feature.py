"""Operations and routes of targets. Reading isn't scoped by the gateway: everybody may read the province's targets."""

from services.assessment.access import EVERYONE, OF_PROVINCE, REPORTERS
from services.assessment.plans.history import HISTORY
from services.assessment.plans.targets import commands, queries, views
from services.assessment.plans.targets.decisions import DecomposeTarget, ReviseTarget, SetTarget
from shared.feature import Command, Feature, Query
from shared.rpc import Route

_ALL = "/plans/{plan}/targets"
_ONE = f"{_ALL}/{{target}}"

FEATURE = Feature(
    "targets",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="set-target",
            command=SetTarget,
            check=commands.set_target,
            summary="Set a target that the plan doesn't have yet",
            route=Route("POST", _ALL, OF_PROVINCE, "targets", area="region", status=201),
        ),
        Command(
            name="revise-target",
            command=ReviseTarget,
            check=commands.revise,
            summary="Revise a target, with the reason",
            route=Route("POST", f"{_ONE}/revisions", REPORTERS, "targets"),
        ),
        Command(
            name="decompose-target",
            command=DecomposeTarget,
            check=commands.decompose,
            summary="Break a city's target down to its counties",
            route=Route("POST", f"{_ONE}/parts", REPORTERS, "targets"),
        ),
        Query(
            name="list-targets",
            ask=queries.list_targets,
            summary="List targets",
            route=Route("GET", "/targets", EVERYONE, "targets"),
        ),
        Query(
            name="get-target",
            ask=queries.get_target,
            summary="Read a target",
            route=Route("GET", _ONE, EVERYONE, "targets"),
        ),
    ),
)
