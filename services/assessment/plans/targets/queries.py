"""Questions about targets. Each answers only what the actor's scope allows."""

from typing import Annotated

import msgspec
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, func, or_, select

from services.assessment import access
from services.assessment.common.models import Cursor, NextCursor, Request
from services.assessment.common.values import PlanId, RegionCode
from services.assessment.plans.decisions.plan import PLAN
from services.assessment.plans.facts.plan import Published, stream
from services.assessment.plans.targets.facts import TargetFacts
from services.assessment.plans.targets.views import (
    TABLE,
    TargetHistory,
    TargetView,
    decomposed,
    entry,
    view,
)
from services.assessment.plans.values import Measure, PlanRow, ProgrammeCode, TargetId
from services.assessment.regions.queries import area_tree
from shared import lists
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

_T = TABLE.c
_ORDER = lists.Order(_T.plan, _T.ordinal, _T.target)


class ListTargets(Request):
    """Targets in the plan's own order; every filter is optional."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"plan": "fujian-2013", "row": "TR-6", "limit": 20}]}
    )
    plan: PlanId | None = None
    programme: ProgrammeCode | None = None
    region: RegionCode | None = None
    row: Annotated[PlanRow | None, Field(description="TR-6 takes TR-6a to TR-6i.", examples=["TR-6"])] = None
    measure: Annotated[Measure | None, Field(description="`none`: targets that nothing measures yet.")] = None
    part_of: Annotated[TargetId | None, Field(description="Parts of this decomposed target.")] = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=200, description="Targets per page.")] = 100


class GetTarget(Request):
    """One target with its parts and its history."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"plan": "fujian-2013", "target": "TR-6a"}]})
    plan: PlanId
    target: TargetId


class TargetPage(BaseModel):
    """One page of targets."""

    items: list[TargetView]
    next_cursor: NextCursor


async def list_targets(service: Service, call: Call, body: ListTargets) -> TargetPage:
    """Targets in the plan's own order, those of your regions and of the province."""
    statement = select(_T.facts).where(*_filters(body))
    async with service.snapshots.connect() as conn:
        tree = await area_tree(conn)
        statement = access.within(statement, _T.region, call.actor, tree, body.region)
        page = await _ORDER.page(conn, statement, body)
    items = [view(msgspec.convert(row.facts, TargetFacts)) for row in page.rows]
    return TargetPage(items=items, next_cursor=page.next_cursor)


async def get_target(service: Service, call: Call, body: GetTarget) -> TargetHistory:
    """A target with its counties' parts and its history: every value, who, when and why."""
    async with service.snapshots.connect() as conn:
        visible = access.visible_regions(call.actor, await area_tree(conn))
        history = await service.log.load(conn, stream(body.plan))
    made = [service.catalogue.decode(event) for event in history]
    plan = PLAN.fold(made)
    found = plan.targets.get(body.target) if isinstance(plan, Published) else None
    if (
        not isinstance(plan, Published)
        or found is None
        or (visible is not None and found.facts.region not in visible)
    ):
        raise not_found("target", body.target, remedy="List the plan's targets.")
    entries = [entry(stored, event, body.target) for stored, event in zip(history, made, strict=True)]
    return TargetHistory(
        **decomposed(found.facts, plan.parts_of(body.target)).model_dump(),
        history=[each for each in entries if each is not None],
    )


def _filters(body: ListTargets) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (_T.plan, body.plan),
            (_T.programme, body.programme),
            (_T.region, body.region),
            (_T.part_of, body.part_of),
        )
        if value is not None
    ]
    if body.row is not None:
        found.append(or_(_T.row == body.row, func.regexp_replace(_T.row, "[a-z]$", "") == body.row))
    if body.measure is not None:
        found.append(_T.measure.is_(None) if body.measure == "none" else _T.measure == body.measure)
    return found
