"""What loading a plan would change, and what all plans have loaded."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.plan.decisions.commands import LoadPlan
from services.projects.plan.decisions.loading import PLAN, Beside
from services.projects.plan.facts import PlanEvent, stream
from services.projects.plan.rules import check_rules
from services.projects.plan.views import PlanView, view
from shared.command import Asked
from shared.rpc import Call
from shared.service import Service


async def of_all_plans(service: Service, conn: AsyncConnection) -> tuple[PlanEvent, ...]:
    """The events of every plan's loads, in the order of the log."""
    return tuple(service.catalogue.decode(event) for event in await service.log.of_streams(conn, stream("")))


async def check_plan(service: Service, call: Call, body: LoadPlan) -> PlanView:
    """The answer that loading them would give, or the refusal; nothing is written."""
    access.check_load_plan(call.actor)
    check_rules(body)
    async with service.snapshots.connect() as conn:
        history = await of_all_plans(service, conn)
    state = PLAN.fold([event for event in history if event.plan == body.plan])
    given = Beside(today=service.today(), by=call.actor.subject, history=history)
    events = PLAN.decide(Asked(body, given), state)
    return view(body.plan, PLAN.fold(events, state), events)
