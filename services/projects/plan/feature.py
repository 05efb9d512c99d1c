"""Operations and routes of a plan's parts in this service."""

from services.projects.plan import commands, queries, views
from services.projects.plan.decisions.commands import LoadPlan
from services.projects.plan.decisions.loading import PLAN
from services.projects.plan.facts import PlanEvent, stream
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_LOADERS = ("province", "ops")

FEATURE = Feature(
    "plan",
    history=History(
        PlanEvent, PLAN, lambda command: stream(command.plan), (*views.KEPT, views.WRITTEN), in_order=True
    ),
    answer=views.answer,
    operations=(
        Command(
            name="load-plan",
            command=LoadPlan,
            check=commands.load,
            summary="Load a plan's regions, programmes, registers, duties, rules and tags",
            route=Route("POST", "/plans/{plan}/duties", _LOADERS, "plan", status=201),
        ),
        Query(
            name="check-plan",
            ask=queries.check_plan,
            summary="What loading these parts of a plan would change",
            route=Route("POST", "/plans/{plan}/duties/check", _LOADERS, "plan"),
        ),
    ),
)
