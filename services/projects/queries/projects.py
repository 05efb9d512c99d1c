"""Questions about projects."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, Text, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.events import CATALOGUE, PROJECT, project_stream
from services.projects.models import projects as models
from services.projects.problems.views import TABLE as PROBLEM
from services.projects.queries import orders, versions, visible
from services.projects.views.projects import project_summary, project_view
from shared import lists
from shared.identity import Actor
from shared.problems import not_found
from shared.rpc import Call

# Keeps PostgreSQL from switching to a generic plan after five executions: it would fit the commonest text and city,
# and take 45 ms instead of 5 with 100,000 projects.
_AS_ASKED = text("SET LOCAL plan_cache_mode = force_custom_plan")


async def get_project(app: App, call: Call, body: models.GetProject) -> models.ProjectView:
    """A project with its steps; 404 too where it isn't the actor's to see."""
    async with app.snapshots.connect() as conn:
        row = (
            await conn.execute(select(tables.project).where(tables.project.c.project == body.project))
        ).one_or_none()
        tree = await reference.area_tree(conn)
        if row is None or not scope.may_see_project(call.actor, tree, row.region, row.enterprise):
            raise not_found("project", body.project)
        history = await app.log.load(conn, project_stream(body.project))
        departments = await reference.departments(conn, app.today())
    return project_view(PROJECT.fold([CATALOGUE.decode(event) for event in history]), departments)


async def list_projects(app: App, call: Call, body: models.ListProjects) -> models.ProjectPage:
    """A page of projects in the order asked for; the first one with what all of them sum up to."""
    async with app.snapshots.connect() as conn:
        await conn.execute(_AS_ASKED)
        departments = await reference.departments(conn, app.today())
        query = await _narrowed(app, conn, call.actor, body, departments)
        page = await orders.order(body.sort, body.descending).page(conn, query, body)
        totals = None if body.cursor else await _totals(conn, query)
        at = await versions.of_steps(app, conn, [row.project for row in page.rows])
    return models.ProjectPage(
        items=[
            project_summary(row, departments, version) for row, version in zip(page.rows, at, strict=True)
        ],
        next_cursor=page.next_cursor,
        totals=totals,
    )


async def _totals(conn: AsyncConnection, query: Select[Any]) -> models.ProjectTotals:
    table = tables.project.c
    columns = (table.total_investment, table.equipment_investment, table.bank_loan)
    sums = {each.name: func.sum(each) for each in columns}
    return models.ProjectTotals(**await lists.totals(conn, query, projects=func.count(), **sums))


async def _narrowed(
    app: App,
    conn: AsyncConnection,
    actor: Actor,
    body: models.ListProjects,
    departments: Mapping[str, str],
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
    if body.department:
        query = query.where(table.investor_kind.in_(kinds_of(body.department, departments)))
    if body.enterprise:
        query = query.where(table.enterprise == body.enterprise)
    for column, value in (
        (table.focus_sector, body.focus_sector),
        (table.investor_origin, body.investor_origin),
    ):
        if value is not None:
            query = query.where(column == value)
    if body.industry:
        query = query.where(table.industry.like(f"{_escaped(body.industry)}%", escape="\\"))
    for column, least, most in (
        (table.total_investment, body.investment_from, body.investment_to),
        (table.equipment_investment, body.equipment_from, body.equipment_to),
        (table.bank_loan, body.loan_from, body.loan_to),
        (table.stage_on, body.stage_from, body.stage_to),
    ):
        if least is not None:
            query = query.where(column >= least)
        if most is not None:
            query = query.where(column <= most)
    if body.open_problem is not None:
        problem = PROBLEM.c
        found = exists().where(problem.project == table.project, problem.standing != "closed")
        query = query.where(found if body.open_problem else ~found)
    if body.text:
        sought = body.text.lower()
        query = query.where(table.search.like(f"%{_escaped(sought)}%", escape="\\"))
        if len(sought) > 1:  # a single character has no bigram to search by
            pairs = [sought[i : i + 2] for i in range(len(sought) - 1)]
            query = query.where(func.search_pairs(table.search, type_=ARRAY(Text)).contains(pairs))
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


def kinds_of(department: str, departments: Mapping[str, str]) -> list[str]:
    """The kinds of investor whose projects are a department's (PM-17)."""
    return [kind for kind, owner in departments.items() if owner == department]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
