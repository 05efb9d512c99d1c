"""What loading a plan would change."""

from services.energy.access import province_only
from services.energy.plan.decisions import PLAN, Loading, LoadPlan
from services.energy.plan.reference import history
from services.energy.plan.views import PlanLoaded, loaded
from shared.command import Asked
from shared.rpc import Call
from shared.service import Service


async def check_plan(service: Service, call: Call, body: LoadPlan) -> PlanLoaded:
    """The answer that loading them would give, or the refusal; nothing is written."""
    province_only(call.actor, "Loading a plan")
    async with service.snapshots.connect() as conn:
        known = await history(service, conn)
    state = PLAN.fold([event for event in known if event.plan == body.plan])
    given = Loading(today=service.today(), by=call.actor.subject, history=known)
    events = PLAN.decide(Asked(body, given), state)
    return loaded(body.plan, PLAN.fold(events, state), events)
