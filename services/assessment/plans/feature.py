"""Operations and routes of plans and their targets."""

from services.assessment.access import EVERYONE, PUBLISHERS
from services.assessment.plans import commands, queries, views
from services.assessment.plans.decisions.commands import LoadPlan
from services.assessment.plans.history import HISTORY
from services.assessment.plans.targets.feature import FEATURE as TARGETS
from shared.feature import Command, Feature, Query
from shared.rpc import Route

_ONE = "/plans/{plan}"

FEATURE = Feature(
    "plans",
    history=HISTORY,
    operations=(
        Command(
            name="load-plan",
            command=LoadPlan,
            check=commands.load,
            answer=views.answer,
            summary="Publish a plan",
            route=Route("POST", _ONE, PUBLISHERS, "plan", status=201),
        ),
        Query(
            name="check-plan",
            ask=queries.check_plan,
            summary="What publishing would change",
            route=Route("POST", f"{_ONE}/check", PUBLISHERS, "plan"),
        ),
        Query(
            name="list-plans",
            ask=queries.list_plans,
            summary="List plans",
            route=Route("GET", "/plans", EVERYONE, "plan"),
        ),
        Query(
            name="get-plan",
            ask=queries.get_plan,
            summary="Read a plan",
            route=Route("GET", _ONE, EVERYONE, "plan"),
        ),
    ),
    parts=(TARGETS,),
)
