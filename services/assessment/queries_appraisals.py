"""Questions about appraisals."""

from typing import Any

import msgspec
from sqlalchemy import func, select, tuple_

from services.assessment import events, paging, tables
from services.assessment.app.appraisals import Figures
from services.assessment.app.context import App
from services.assessment.domain.appraisal import Appraisal
from services.assessment.models_appraisals import (
    AppraisalView,
    GetAppraisal,
    ListAppraisals,
    OutdatedScore,
    OutdatedScores,
    OutdatedView,
)
from services.assessment.outdated_scores import outdated
from services.assessment.views_appraisals import appraisal_view
from shared.problems import not_found
from shared.rpc import Call

_T = tables.appraisal.c


async def get_appraisal(app: App, call: Call, body: GetAppraisal) -> AppraisalView:
    """One appraisal as the actor may see it, compared with the attached figures. Raises Problem 404."""
    async with app.snapshots.connect() as conn:
        history = await app.log.load(conn, events.appraisal_stream(body.plan, body.year))
    if not history:
        raise not_found("appraisal", f"{body.plan} {body.year}", remedy="List the appraisals.")
    state = events.APPRAISAL.fold([events.CATALOGUE.decode(event) for event in history])
    view = appraisal_view(state, call.actor, app.today())
    if not call.attached or not isinstance(state, Appraisal):
        return view
    return view.model_copy(update={"outdated": _outdated(call, state, view)})


async def list_outdated_scores(app: App, call: Call) -> OutdatedScores:
    """The outdated scores of all appraisals, compared with the figures that the gateway attached."""
    if not call.attached:
        return OutdatedScores(items=None)
    async with app.snapshots.connect() as conn:
        known = (await conn.execute(select(_T.plan, _T.year).order_by(_T.plan, _T.year))).all()
        histories = [await app.log.load(conn, events.appraisal_stream(*each)) for each in known]
    found = []
    for one, history in zip(known, histories, strict=True):
        state = events.APPRAISAL.fold([events.CATALOGUE.decode(event) for event in history])
        if isinstance(state, Appraisal):
            view = appraisal_view(state, call.actor, app.today())
            found += [
                OutdatedScore(plan=one.plan, year=one.year, **each.model_dump())
                for each in _outdated(call, state, view)
            ]
    return OutdatedScores(items=found)


def _outdated(call: Call, state: Appraisal, view: AppraisalView) -> list[OutdatedView]:
    """The outdated scores of the cities that the actor may see."""
    figures = msgspec.convert(call.attached, Figures, strict=False)
    shown = {city.region for city in view.cities}
    return [
        OutdatedView.model_validate(each, from_attributes=True)
        for each in outdated(state, {figure.target: figure.value for figure in figures.items})
        if each.region in shown
    ]


async def list_appraisals(app: App, body: ListAppraisals) -> dict[str, Any]:
    """One page of appraisals in order of plan and year."""
    columns = (
        _T.plan, _T.year, _T.opened_on, _T.self_due_on, _T.verify_due_on, _T.cities,
        func.cardinality(_T.own).label("self_assessed"), func.cardinality(_T.verified).label("verified"),
        _T.edition,
    )  # fmt: skip
    statement = select(*columns).order_by(_T.plan, _T.year)
    if body.cursor is not None:
        statement = statement.where(
            tuple_(_T.plan, _T.year) > tuple_(*paging.decode(body.cursor, (str, int)))
        )
    async with app.snapshots.connect() as conn:
        rows = (await conn.execute(statement.limit(body.limit + 1))).all()
    last = rows[body.limit - 1] if len(rows) > body.limit else None
    return {
        "items": [msgspec.to_builtins(dict(row._mapping)) for row in rows[: body.limit]],
        "next_cursor": None if last is None else paging.encode((last.plan, last.year)),
    }
