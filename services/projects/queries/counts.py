"""Counts of projects and of what they reached in a span of days: of all together, and broken down."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, case, column, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.domain.stages import Stage
from services.projects.models import counts as models
from services.projects.plan.views import REGION
from services.projects.queries import visible
from services.projects.queries.projects import kinds_of
from shared.areas import AreaTree
from shared.rpc import Call

_REPORTERS = ("prefecture", "zone")
"""Levels that report on matched projects: nine cities and Pingtan (X-2)."""


async def count_projects(app: App, call: Call, body: models.CountProjects) -> models.ProjectCounts:
    """Counts of projects and of what they reached in a span, as of one position of the log."""
    async with app.snapshots.connect() as conn:
        position = (await app.log.head(conn)).position
        where = await _where(app, conn, call, body)
        found = await _counted(conn, body, tables.project, literal(""), where)
    return models.ProjectCounts(
        first_day=body.first_day, last_day=body.last_day, position=position, **found.get("", _nothing())
    )


async def count_projects_by(app: App, call: Call, body: models.CountProjectsBy) -> models.ProjectCountsBy:
    """One count for each key there is, also for those that no project has, and of all of them together."""
    async with app.snapshots.connect() as conn:
        return await counted_by(app, conn, call, body)


async def counted_by(
    app: App, conn: AsyncConnection, call: Call, body: models.CountProjectsBy
) -> models.ProjectCountsBy:
    """As `count_projects_by`, within the caller's snapshot."""
    position = (await app.log.head(conn)).position
    names = await _names(app, conn, call, body)
    where = await _where(app, conn, call, body)
    source, key = await _keyed(app, conn, body)
    where.append(key.in_(list(names)))
    found = await _counted(conn, body, source, key, where)
    total = await _counted(conn, body, source, literal(""), where)
    return models.ProjectCountsBy(
        by=body.by,
        first_day=body.first_day,
        last_day=body.last_day,
        items=[
            models.CountedFor(key=each, name=names[each], **found.get(each, _nothing()))
            for each in sorted(names)
        ],
        total=models.ProjectsReached(**total.get("", _nothing())),
        position=position,
    )


async def _names(app: App, conn: AsyncConnection, call: Call, body: models.CountProjectsBy) -> dict[str, str]:
    """The keys to count by, with their names: every visible city, or every field, technology or department."""
    match body.by:
        case "city":
            regions = await reference.regions(conn)
            tree = AreaTree.of(regions)
            seen = scope.visible_regions(call.actor, tree)
            asked = None if body.region is None else set(tree.covered_by(body.region) or [body.region])
            return {
                each.code: each.name
                for each in regions
                if each.level in _REPORTERS
                and each.administered
                and (seen is None or each.code in seen)
                and (asked is None or each.code in asked)
            }
        case "department":
            return {each: each for each in (await reference.departments(conn, app.today())).values()}
        case by:
            tags = (await reference.tags(conn)).values()
            if by == "field":
                return {each.tag: each.term for each in tags if each.parent is None}
            return {
                each.tag: each.term
                for each in tags
                if each.parent is not None and body.tag in (None, each.parent, each.tag)
            }


async def _keyed(
    app: App, conn: AsyncConnection, body: models.CountProjectsBy
) -> tuple[FromClause, ColumnElement[Any]]:
    """Projects with the key that each counts under: once per tag, otherwise once."""
    project, region = tables.project, REGION
    match body.by:
        case "city":
            source = project.join(region, region.c.code == project.c.region)
            return source, case((region.c.level == "county", region.c.parent), else_=region.c.code)
        case "department":
            departments = await reference.departments(conn, app.today())
            kinds = {kind: literal(owner) for kind, owner in departments.items()}
            if not kinds:
                return project, literal("")
            return project, case(kinds, value=project.c.investor_kind, else_=literal(""))
        case _:
            tags = func.unnest(project.c.tags).table_valued(column("tag", Text)).render_derived()
            return project.join(tags, true()), tags.c.tag


async def _where(app: App, conn: AsyncConnection, call: Call, body: models.CountProjects) -> list[Any]:
    tree = await reference.area_tree(conn)
    departments = await reference.departments(conn, app.today())
    seen = visible.conditions(call.actor, tree, tables.project.c, body.region)
    return [*_filters(body, departments), *seen]


async def _counted(
    conn: AsyncConnection,
    body: models.CountProjects,
    source: FromClause,
    key: ColumnElement[Any],
    where: list[Any],
) -> dict[str, dict[str, Any]]:
    """The counts by key, without keys that no project has. A project counts once under each of its keys."""
    project, t = tables.project.c, tables.project_milestone.c
    chosen = (
        select(
            project.project,
            project.total_investment,
            project.saving_expected,
            project.saving_verified,
            key.label("key"),
        )
        .select_from(source)
        .where(*where)
        .distinct()  # in the total over all tags, a project would appear once per tag
        .cte("chosen")
    )
    sums = select(
        chosen.c.key,
        func.count().label("projects"),
        *(
            func.coalesce(func.sum(chosen.c[name]), 0).label(name)
            for name in ("total_investment", "saving_expected", "saving_verified")
        ),
    ).group_by(chosen.c.key)
    found = {row.key: _nothing() | dict(row._mapping) for row in await conn.execute(sums)}
    reached = (
        _reached()
        .add_columns(chosen.c.key)
        .select_from(tables.project_milestone)
        .join(chosen, chosen.c.project == t.project)
        .where(t.on_day.between(body.first_day, body.last_day))
        .group_by(chosen.c.key)
    )
    for row in await conn.execute(reached):
        found[row.key] |= row._mapping
    return {
        key: {name: value for name, value in each.items() if name != "key"} for key, each in found.items()
    }


def _reached() -> Select[Any]:
    t = tables.project_milestone.c

    def count(*stages: Stage) -> Any:
        return func.count(t.project.distinct()).filter(t.stage.in_([stage.value for stage in stages]))

    contracts = func.sum(t.amount).filter(t.stage == Stage.CONTRACT_SIGNED.value)
    return select(
        count(Stage.CONTRACT_SIGNED).label("contracts"),
        func.coalesce(contracts, literal(0)).label("contract_amount"),
        count(Stage.STARTED).label("started"),
        count(Stage.PARTLY_PRODUCING).label("partly_producing"),
        count(Stage.PRODUCING).label("producing"),
        count(Stage.STARTED, Stage.PRODUCING).label("started_or_producing"),
        count(Stage.ACCEPTED).label("accepted"),
        count(Stage.TERMINATED).label("terminated"),
    )


def _nothing() -> dict[str, Any]:
    return dict.fromkeys(models.ProjectsReached.model_fields, 0)


def _filters(body: models.CountProjects, departments: Mapping[str, str]) -> list[Any]:
    project = tables.project.c
    found: list[Any] = []
    if body.programme:
        found.append(project.programmes.contains([body.programme]))
    if body.tag:
        found.append(project.tags.contains([body.tag]))
    if body.investor_kind:
        found.append(project.investor_kind == body.investor_kind.value)
    if body.department:
        found.append(project.investor_kind.in_(kinds_of(body.department, departments)))
    if body.category:
        found.append(project.investor_categories.contains([body.category.value]))
    if body.focus_sector:
        found.append(project.focus_sector == body.focus_sector.value)
    if body.eastern is not None:
        found.append(project.investor_eastern == body.eastern)
    if body.register_:
        stay = tables.project_register.c
        found.append(
            select(stay.project)
            .where(
                stay.project == project.project,
                stay.register == body.register_,
                stay.valid_from <= body.last_day,
                func.coalesce(stay.valid_to, body.last_day) >= body.first_day,
            )
            .exists()
        )
    return found
