"""Questions about plans, and what publishing one would change."""

from collections.abc import Mapping

import msgspec
from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment import access
from services.assessment.common.models import Request
from services.assessment.common.values import PlanId
from services.assessment.plans.commands import beside, publications
from services.assessment.plans.decisions.commands import LoadPlan
from services.assessment.plans.decisions.plan import PLAN
from services.assessment.plans.facts.plan import PlanPublished
from services.assessment.plans.targets.views import TABLE as TARGET
from services.assessment.plans.views import TABLE, Loaded, PlanView, loaded, view
from shared.command import Asked, Given
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service


class ListPlans(Request):
    """All plans."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class GetPlan(Request):
    """One plan."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"plan": "fujian-2013"}]})
    plan: PlanId


class PlanList(BaseModel):
    """All plans."""

    items: list[PlanView]


async def check_plan(service: Service, call: Call, body: LoadPlan) -> Loaded:
    """The answer that publishing it would give, or the refusal; nothing is written."""
    access.check_plan_write(call.actor)
    async with service.snapshots.connect() as conn:
        history = await publications(service, conn)
    state = PLAN.fold([event for event in history if event.plan == body.plan])
    given = beside(history, body.plan, Given(today=service.today(), by=call.actor.subject))
    made = PLAN.decide(Asked(body, given), state)
    return loaded(PLAN.fold(made, state), made)


async def list_plans(service: Service, call: Call, body: ListPlans) -> PlanList:
    """Every published plan."""
    async with service.snapshots.connect() as conn:
        rows = (await conn.execute(select(TABLE).order_by(TABLE.c.plan))).all()
        return PlanList(items=[await _view(conn, row.header) for row in rows])


async def get_plan(service: Service, call: Call, body: GetPlan) -> PlanView:
    """The plan's header and programmes, with how many targets each has and how many are measured."""
    async with service.snapshots.connect() as conn:
        statement = select(TABLE.c.header).where(TABLE.c.plan == body.plan)
        header = (await conn.execute(statement)).scalar_one_or_none()
        if header is None:
            raise not_found("plan", body.plan, remedy="List the plans.")
        return await _view(conn, header)


async def _view(conn: AsyncConnection, header: Mapping[str, object]) -> PlanView:
    published, t = msgspec.convert(header, PlanPublished), TARGET.c
    rows = await conn.execute(
        select(t.programme, func.count().label("n"), func.count(t.measure).label("measured"))
        .where(t.plan == published.plan, t.part_of.is_(None))
        .group_by(t.programme)
    )
    return view(published, {row.programme: (row.n, row.measured) for row in rows})
