"""Questions about appraisals."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from services.assessment import access
from services.assessment.appraisals.decisions.appraisal import APPRAISAL
from services.assessment.appraisals.decisions.commands import OF, Year
from services.assessment.appraisals.facts import Appraisal, stream
from services.assessment.appraisals.figures import attached
from services.assessment.appraisals.outdated import OutdatedView, outdated
from services.assessment.appraisals.views import TABLE, AppraisalSummary, AppraisalView, view
from services.assessment.common.models import Cursor, NextCursor, Request
from services.assessment.common.values import PlanId
from shared import lists
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

_T = TABLE.c
_ORDER = lists.Order(_T.plan, _T.year)


class GetAppraisal(Request):
    """One appraisal."""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(OF)]})
    plan: PlanId
    year: Year


class ListAppraisals(Request):
    """All appraisals, by plan and year."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"limit": 20}]})
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=200, description="appraisals per page")] = 50


class ListOutdatedScores(Request):
    """Ask what is known otherwise by now, in all appraisals."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class OutdatedScore(OutdatedView):
    """The same, with the appraisal that it is of."""

    plan: str
    year: int


class OutdatedScores(BaseModel):
    """What the rankings and awards of all appraisals rest on, and is known otherwise by now."""

    items: Annotated[
        list[OutdatedScore] | None,
        Field(description="of the cities that you may see; null: not looked at, progress is away"),
    ]


class AppraisalPage(BaseModel):
    """One page of appraisals."""

    items: list[AppraisalSummary]
    next_cursor: NextCursor


async def get_appraisal(service: Service, call: Call, body: GetAppraisal) -> AppraisalView:
    """The scheme, the scores that are yours to see, every edition, and what is known otherwise by now."""
    async with service.snapshots.connect() as conn:
        state, _ = await service.state(conn, APPRAISAL, stream(body.plan, body.year))
    if not isinstance(state, Appraisal):
        raise not_found("appraisal", f"{body.plan} {body.year}", remedy="List the appraisals.")
    found = view(state, access.sees(call.actor), service.today())
    return found.model_copy(update={"outdated": _outdated(call, state)}) if call.attached else found


async def list_outdated_scores(service: Service, call: Call, body: ListOutdatedScores) -> OutdatedScores:
    """Of all appraisals: the door asks it along with questions about awards."""
    if not call.attached:
        return OutdatedScores(items=None)
    found = []
    async with service.snapshots.connect() as conn:
        for one in (await conn.execute(select(_T.plan, _T.year).order_by(_T.plan, _T.year))).all():
            state, _ = await service.state(conn, APPRAISAL, stream(one.plan, one.year))
            if isinstance(state, Appraisal):
                found += [
                    OutdatedScore(plan=one.plan, year=one.year, **each.model_dump())
                    for each in _outdated(call, state)
                ]
    return OutdatedScores(items=found)


async def list_appraisals(service: Service, call: Call, body: ListAppraisals) -> AppraisalPage:
    """How far each is: who assessed itself, who is verified, what is published and awarded."""
    columns = (
        _T.plan, _T.year, _T.opened_on, _T.self_due_on, _T.verify_due_on, _T.cities,
        func.cardinality(_T.own).label("self_assessed"), func.cardinality(_T.verified).label("verified"),
        _T.edition,
    )  # fmt: skip
    async with service.snapshots.connect() as conn:
        page = await _ORDER.page(conn, select(*columns), body)
    items = [AppraisalSummary(**row._mapping) for row in page.rows]
    return AppraisalPage(items=items, next_cursor=page.next_cursor)


def _outdated(call: Call, state: Appraisal) -> list[OutdatedView]:
    """The outdated scores of the cities that the actor may see."""
    figures, sees = attached(call), access.sees(call.actor)
    known = {} if figures is None else {figure.target: figure.value for figure in figures.items}
    return [each for each in outdated(state, known) if sees in (None, each.region)]
