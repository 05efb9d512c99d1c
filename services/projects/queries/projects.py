"""Questions about projects."""

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.events import CATALOGUE, PROJECT, project_stream
from services.projects.models import projects as models
from services.projects.queries import paging, visible
from services.projects.views.projects import project_summary, project_view
from shared.identity import Actor
from shared.problems import not_found
from shared.rpc import Call


async def get_project(app: App, call: Call, body: models.GetProject) -> models.ProjectView:
    """A project with its steps; 404 too where it isn't the actor's to see."""
    async with app.engine.connect() as conn:
        row = (
            await conn.execute(select(tables.project).where(tables.project.c.project == body.project))
        ).one_or_none()
        tree = await reference.area_tree(conn)
        if row is None or not scope.may_see_project(call.actor, tree, row.region, row.enterprise):
            raise not_found("project", body.project)
        history = await app.log.load(conn, project_stream(body.project))
    return project_view(PROJECT.fold([CATALOGUE.decode(event) for event in history]))


async def list_projects(app: App, call: Call, body: models.ListProjects) -> models.ProjectPage:
    """A page of projects in order of their ids."""
    async with app.engine.connect() as conn:
        query = await _narrowed(app, conn, call.actor, body)
        if body.cursor:
            (after,) = paging.read(body.cursor, 1)
            query = query.where(tables.project.c.project > after)
        query = query.order_by(tables.project.c.project).limit(body.limit + 1)
        rows = (await conn.execute(query)).all()
    page = rows[: body.limit]
    return models.ProjectPage(
        items=[project_summary(row) for row in page],
        next_cursor=paging.cursor(page[-1].project) if len(rows) > body.limit else None,
    )


async def _narrowed(
    app: App, conn: AsyncConnection, actor: Actor, body: models.ListProjects
) -> Select[tuple[object, ...]]:
    table, tree = tables.project.c, await reference.area_tree(conn)
    query = select(tables.project).where(*visible.conditions(actor, tree, table, body.region))
    if body.stage:
        query = query.where(table.stage == body.stage)
    if body.programme:
        query = query.where(table.programmes.contains([body.programme]))
    if body.tag:
        query = query.where(table.tags.contains([body.tag]))
    if body.investor_kind:
        query = query.where(table.investor_kind == body.investor_kind)
    if body.enterprise:
        query = query.where(table.enterprise == body.enterprise)
    if body.text:
        pattern = f"%{_escaped(body.text)}%"
        query = query.where(
            or_(
                table.name.ilike(pattern, escape="\\"),
                table.enterprise_name.ilike(pattern, escape="\\"),
            )
        )
    if body.register_:
        stay = tables.project_register.c
        on = body.on or app.today()
        query = query.where(
            exists().where(
                stay.project == table.project,
                stay.register == body.register_,
                stay.valid_from <= on,
                or_(stay.valid_to.is_(None), stay.valid_to >= on),
            )
        )
    return query


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
