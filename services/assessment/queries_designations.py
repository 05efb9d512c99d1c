"""Questions about designations. Who is designated is published by notice (公布名单): everybody may read it."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select

from services.assessment import events, paging, tables
from services.assessment.app.context import App
from services.assessment.designation_kinds import kinds
from services.assessment.models_designations import ListDesignations
from services.assessment.regions import area_tree
from services.assessment.views_designations import designation_view, step
from shared.areas import AreaTree
from shared.problems import not_found

Json = dict[str, Any]
_T = tables.designation.c


async def list_designations(app: App, body: ListDesignations) -> Json:
    """One page by id, with the count of all that the filters leave."""
    async with app.snapshots.connect() as conn:
        where = _filters(body, await area_tree(conn))
        count = (
            await conn.execute(select(func.count()).select_from(tables.designation).where(*where))
        ).scalar_one()
        statement = select(tables.designation).where(*where).order_by(_T.designation)
        if body.cursor is not None:
            statement = statement.where(_T.designation > paging.decode(body.cursor, (str,))[0])
        rows = (await conn.execute(statement.limit(body.limit + 1))).all()
    last = rows[body.limit - 1].designation if len(rows) > body.limit else None
    return {
        "items": [msgspec.to_builtins(dict(row._mapping)) for row in rows[: body.limit]],
        "count": count,
        "next_cursor": None if last is None else paging.encode((last,)),
    }


async def get_designation(app: App, designation: str) -> Json:
    """One with its history. Raises Problem 404."""
    async with app.snapshots.connect() as conn:
        history = await app.log.load(conn, events.designation_stream(designation))
    if not history:
        raise not_found("designation", designation, remedy="List the designations.")
    made = [events.CATALOGUE.decode(event) for event in history]
    return {
        **designation_view(events.DESIGNATION.fold(made)),
        "history": [step(stored, event) for stored, event in zip(history, made, strict=True)],
    }


def list_kinds() -> Json:
    """Every kind."""
    return {"items": [msgspec.to_builtins(each) for each in kinds()]}


def _filters(body: ListDesignations, tree: AreaTree) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (_T.kind, body.kind),
            (_T.level, body.level),
            (_T.enterprise, body.enterprise),
            (_T.standing, body.standing),
        )
        if value is not None
    ]
    if body.region is not None:
        found.append(_T.region.in_([body.region, *tree.covered_by(body.region)]))
    if body.field is not None:
        found.append(_T.fields.contains([body.field]))
    if body.on is not None:
        stood = or_(_T.withdrawn_on.is_(None), _T.withdrawn_on > body.on)
        found.append(and_(_T.designated_on <= body.on, stood, _T.standing != "annulled"))
    return found
