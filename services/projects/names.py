"""Adds names to the references in an answer if its reader may know them, in one place for all queries.

A model that has `project_name: Name` beside `project` says that it is to be filled in; so region, city, enterprise and
fund. A page's names take one statement per kind of reference. Names that the query filled in itself stay.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope
from services.projects.common.app import App
from services.projects.funds.views import TABLE as FUND
from services.projects.projects.views import TABLE as PROJECT
from shared.identity import Actor
from shared.rpc import Call

_REFERENCES = ("project", "region", "city", "enterprise", "fund")
Known = Mapping[tuple[str, str], str]
"""Names by field and id."""


async def named(app: App, call: Call, answer: Any) -> Any:
    """The answer with the names that its reader may know."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for model in _models(answer):
        for field in _open(type(model)):
            value, name = getattr(model, field), getattr(model, f"{field}_name")
            if isinstance(value, str) and name is None:
                wanted[field].add(value)
    if not wanted:
        return answer
    async with app.snapshots.connect() as conn:
        known = await _known(conn, call.actor, wanted)
    return _filled(answer, known)


@cache
def _open(model: type[BaseModel]) -> tuple[str, ...]:
    """The references of a model that have a name beside them."""
    fields = model.model_fields
    return tuple(each for each in _REFERENCES if each in fields and f"{each}_name" in fields)


def _models(answer: Any) -> Iterable[BaseModel]:
    if isinstance(answer, BaseModel):
        yield answer
        for value in answer.__dict__.values():
            yield from _models(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from _models(value)


async def _known(conn: AsyncConnection, actor: Actor, wanted: Mapping[str, set[str]]) -> Known:
    """Names of projects and their enterprises only if the actor may see the project; all others are public."""
    known: dict[tuple[str, str], str] = {}
    if areas := wanted.get("region", set()) | wanted.get("city", set()):
        for region in await reference.regions(conn):
            if region.code in areas:
                known |= {("region", region.code): region.name, ("city", region.code): region.name}
    if wanted.get("fund"):
        fund = FUND.c
        for row in await conn.execute(select(fund.fund, fund.name).where(fund.fund.in_(wanted["fund"]))):
            known["fund", row.fund] = row.name
    if wanted.get("project") or wanted.get("enterprise"):
        table = PROJECT.c
        query = select(table.project, table.name, table.region, table.enterprise, table.enterprise_name)
        tree = await reference.area_tree(conn)
        for field, column in (("project", table.project), ("enterprise", table.enterprise)):
            if not wanted.get(field):
                continue
            for one in await conn.execute(query.where(column.in_(wanted[field])).order_by(table.project)):
                name = one.name if field == "project" else one.enterprise_name
                if name and scope.may_see_project(actor, tree, one.region, one.enterprise):
                    known[field, getattr(one, field)] = name
    return known


def _filled(answer: Any, known: Known) -> Any:
    if isinstance(answer, list):
        return [_filled(each, known) for each in answer]
    if not isinstance(answer, BaseModel):
        return answer
    within = {
        name: _filled(value, known)
        for name, value in answer.__dict__.items()
        if isinstance(value, list | BaseModel)
    }
    names = {
        f"{field}_name": known.get((field, getattr(answer, field)))
        for field in _open(type(answer))
        if getattr(answer, f"{field}_name") is None and getattr(answer, field) is not None
    }
    return answer.model_copy(update={**within, **names})
