"""Operations and routes of a plan's reference data."""

from services.energy.access import PLANNERS
from services.energy.plan import commands, queries, views
from services.energy.plan.decisions import PLAN, LoadPlan
from services.energy.plan.facts import PlanEvent, stream
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_PATH = "/plans/{plan}/reference-data"

FEATURE = Feature(
    "plan",
    history=History(
        PlanEvent,
        PLAN,
        lambda command: stream(command.plan),
        (views.IN_FORCE,),
        beside=commands.beside,
    ),
    answer=views.answer,
    operations=(
        Command(
            name="load-plan",
            command=LoadPlan,
            check=commands.load,
            summary="Load a plan's reference data",
            route=Route("POST", _PATH, PLANNERS, "plan", status=201),
        ),
        Query(
            name="check-plan",
            ask=queries.check_plan,
            summary="What loading these reference data would change",
            route=Route("POST", f"{_PATH}/check", PLANNERS, "plan"),
        ),
    ),
)
