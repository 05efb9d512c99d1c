"""The command that loads a plan's parts."""

from collections.abc import Sequence

from services.projects import scope
from services.projects.app.context import App
from services.projects.domain import plan
from services.projects.domain.plan import LoadPlan
from services.projects.events import PLAN, plan_stream
from services.projects.views.plan import plan_view
from shared.rpc import Call, Reply


async def load_plan(app: App, call: Call, command: LoadPlan) -> Reply:
    """Take over a plan's parts."""
    scope.check_load_plan(call.actor)

    def answer(state: plan.LoadedPlan, events: Sequence[plan.PlanEvent]) -> object:
        return plan_view(command.plan, state, events).model_dump(mode="json")

    return await app.run(call, plan_stream(command.plan), PLAN, command, answer=answer)
