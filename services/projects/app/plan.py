"""The command that loads a plan's parts, and its dry run."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from plans import rules
from services.projects import scope
from services.projects.app.context import App
from services.projects.domain import plan
from services.projects.domain.plan_loading import LoadPlan
from services.projects.domain.refusal import Refused
from services.projects.events import CATALOGUE, PLAN, plan_stream
from services.projects.models.plan import PlanView
from services.projects.views.plan import plan_view
from shared.rpc import Call, Reply

# A lock: of two plans loaded at once, neither would be checked against the other.
_ONE_AFTER_THE_OTHER = text("SELECT pg_advisory_xact_lock(hashtext('projects: load-plan'))")


async def load_plan(app: App, call: Call, command: LoadPlan) -> Reply:
    """Loads a plan's parts, all of them or none."""
    scope.check_load_plan(call.actor)
    _check_rules(command)

    async def known(conn: AsyncConnection) -> LoadPlan:
        await conn.execute(_ONE_AFTER_THE_OTHER)
        return replace(command, history=await _history(app, conn))

    def answer(state: plan.LoadedPlan, events: Sequence[plan.PlanEvent]) -> object:
        return plan_view(command.plan, state, events).model_dump(mode="json")

    return await app.run(call, plan_stream(command.plan), PLAN, known, answer=answer)


async def check_plan(app: App, call: Call, command: LoadPlan) -> PlanView:
    """A dry run of `load_plan`: what it would change, or the exception that it would raise. Writes nothing."""
    scope.check_load_plan(call.actor)
    _check_rules(command)
    async with app.engine.connect() as conn:
        history = await _history(app, conn)
    state = PLAN.fold([event for event in history if event.plan == command.plan])
    events = PLAN.decide(replace(command, history=history), state)
    return plan_view(command.plan, PLAN.fold(events, state), events)


async def _history(app: App, conn: AsyncConnection) -> tuple[plan.PlanEvent, ...]:
    """The events of every plan's loads, in the order of the log."""
    return tuple(CATALOGUE.decode(event) for event in await app.log.of_streams(conn, plan_stream("")))


def _check_rules(command: LoadPlan) -> None:
    """Every rule has a known name and the parameters that this service reads. Raises Refused."""
    wrong = [
        {"where": f"rules.{index}.parameters.{name}".rstrip("."), "why": f"{rule.rule}: {why}"}
        for index, rule in enumerate(command.rules)
        for name, why in rules.faults(rule.rule, rule.parameters)
    ]
    if wrong:
        raise Refused(
            f"{wrong[0]['why']}. Nothing was loaded.",
            code="rule-parameters",
            where=wrong[0]["where"],
            remedy="Give each rule the parameters that are read, and no others; `shengji plan check` names them.",
            extra={"errors": wrong[:50]},
        )
