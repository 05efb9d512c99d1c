"""Whose a project is, for commands of other features that name one."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.plan import reference
from services.projects.projects.views import TABLE as PROJECT
from shared.problems import not_found
from shared.rpc import Call


async def project_region(conn: AsyncConnection, project: str) -> str | None:
    """The region of a project; None if there is no such project."""
    found: str | None = (
        await conn.execute(select(PROJECT.c.region).where(PROJECT.c.project == project))
    ).scalar_one_or_none()
    return found


async def kept_project(conn: AsyncConnection, call: Call, project: str) -> str:
    """The region of the project. Raises Problem 404 if it is unknown, 403 if it isn't the actor's to change."""
    region = await project_region(conn, project)
    tree = await reference.area_tree(conn)
    if region is None or not access.may_see_project(call.actor, tree, region, None):
        raise not_found("project", project)
    access.check_project_write(call.actor, tree, region)
    return region
