"""What the references in this service's answers are called, for who may know it (`shared.naming`).

Names of projects and their enterprises only if the actor may see the project; regions and funds are public.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.funds.views import TABLE as FUND
from services.projects.plan import reference
from services.projects.projects.views import TABLE as PROJECT
from shared.identity import Actor
from shared.naming import Naming

_PROJECT = PROJECT.c


async def _regions(conn: AsyncConnection, actor: Actor, ids: set[str]) -> Mapping[str, str]:
    return {each.code: each.name for each in await reference.regions(conn) if each.code in ids}


async def _projects(conn: AsyncConnection, actor: Actor, ids: set[str]) -> Mapping[str, str]:
    return await _of_projects(conn, actor, ids, _PROJECT.project, _PROJECT.name)


async def _enterprises(conn: AsyncConnection, actor: Actor, ids: set[str]) -> Mapping[str, str]:
    return await _of_projects(conn, actor, ids, _PROJECT.enterprise, _PROJECT.enterprise_name)


async def _of_projects(
    conn: AsyncConnection, actor: Actor, ids: set[str], key: Column[Any], name: Column[Any]
) -> Mapping[str, str]:
    """By id: the name that the last of the projects which the actor may see has."""
    query = select(key.label("id"), name.label("name"), _PROJECT.region, _PROJECT.enterprise)
    tree = await reference.area_tree(conn)
    return {
        row.id: row.name
        for row in await conn.execute(query.where(key.in_(ids)).order_by(_PROJECT.project))
        if row.name and access.may_see_project(actor, tree, row.region, row.enterprise)
    }


async def _funds(conn: AsyncConnection, actor: Actor, ids: set[str]) -> Mapping[str, str]:
    query = select(FUND.c.fund, FUND.c.name).where(FUND.c.fund.in_(ids))
    return {row.fund: row.name for row in await conn.execute(query)}


NAMES = Naming(
    {"project": "project", "region": "region", "city": "region", "enterprise": "enterprise", "fund": "fund"},
    {"project": _projects, "region": _regions, "enterprise": _enterprises, "fund": _funds},
)
