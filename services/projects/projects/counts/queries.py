"""Counts of projects and of what they reached in a span of days: of all together, and broken down."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, FromClause, Select, Text, case, column, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.common.investor import FocusSector, InvestorCategory, InvestorKind
from services.projects.common.models import Answer, Money, Request
from services.projects.common.values import ProgrammeCode, RegionCode, RegisterCode, TagCode
from services.projects.plan import reference
from services.projects.plan.views import REGION
from services.projects.projects.queries import DepartmentCode, kinds_of
from services.projects.projects.registers.views import STAY
from services.projects.projects.stages.facts import Stage
from services.projects.projects.stages.views import MILESTONE
from services.projects.projects.views import TABLE as PROJECT
from shared.areas import AreaTree
from shared.rpc import Call
from shared.service import Service

_REPORTERS = ("prefecture", "zone")
"""Levels that report on matched projects: nine cities and Pingtan (X-2)."""


class CountProjects(Request):
    """Ask how many projects there are and how far they came in a span of days; every filter narrows."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"register": "provincial_key", "first_day": "2013-01-01", "last_day": "2013-03-31"}]
        }
    )

    first_day: date = Field(description="first day of the span", examples=["2013-01-01"])
    last_day: date = Field(description="last day of the span", examples=["2013-03-31"])
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    register_: RegisterCode | None = Field(
        default=None, alias="register", description="in this register on some day of the span"
    )
    programme: ProgrammeCode | None = Field(default=None, description="in this programme")
    tag: TagCode | None = Field(default=None, description="that counts for this (X-9)")
    investor_kind: InvestorKind | None = Field(default=None, description="of this kind of investor")
    category: InvestorCategory | None = Field(default=None, description="whose investor is known as this")
    department: DepartmentCode | None = Field(
        default=None, description="whose kind of investor is this department's (PM-17)"
    )
    focus_sector: FocusSector | None = Field(default=None, description="of this focus sector (PM-7)")
    eastern: bool | None = Field(
        default=None, description="whose investor is from an eastern province (PM-7)"
    )


class CountProjectsBy(CountProjects):
    """The same, one count for each city, field, technology or department."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"by": "city", "programme": "TR", "first_day": "2013-01-01", "last_day": "2013-03-31"}
            ]
        }
    )

    by: Literal["city", "field", "technology", "department"] = Field(
        description="city: those that report, Pingtan too (PM-18); field: tags of the programmes; technology: tags of "
        "a field (EI-22), of `tag` if that is given; department: whose projects they are (PM-17)",
        examples=["city"],
    )


class ProjectsReached(Answer):
    """How many distinct projects, and how far they came in the span; a project counts once in each number."""

    projects: int = Field(description="that are known, by the filters")
    total_investment: Money = Field(description="of those, CNY (yuan)")
    saving_expected: Decimal = Field(description="what those of them should save, tce a year (EN-15b)")
    saving_verified: Decimal = Field(description="what those of them were found to save, tce a year (EN-15b)")
    contracts: int = Field(description="signed their contract (合同) in the span")
    contract_amount: Money = Field(description="of those contracts, CNY (yuan)")
    started: int = Field(description="started (开工) in the span")
    partly_producing: int = Field(description="came into partial production (部分投产) in the span")
    producing: int = Field(description="were put into production (投产) in the span")
    started_or_producing: int = Field(
        description="started or were put into production in the span: each project once (TR-11, X-12)"
    )
    accepted: int = Field(description="were accepted (验收) in the span")
    terminated: int = Field(description="were given up (终止) in the span")


class ProjectCounts(ProjectsReached):
    """Distinct projects; a project counts once in each number."""

    first_day: date
    last_day: date
    position: int = Field(description="of this service's log, up to which the counts go")


class CountedFor(ProjectsReached):
    """The counts of one city, field, technology or department."""

    key: str = Field(description="its code", examples=["350100"])
    name: str = Field(description="what it is called; the code where it has no name", examples=["福州市"])


class ProjectCountsBy(Answer):
    """A count for each, and of all of them together: a project of two technologies is in `total` once."""

    by: str
    first_day: date
    last_day: date
    items: list[CountedFor] = Field(description="in order of their keys; those without a project too")
    total: ProjectsReached
    position: int = Field(description="of this service's log, up to which the counts go")


async def count_projects(service: Service, call: Call, body: CountProjects) -> ProjectCounts:
    """Distinct projects by every filter. Started or put into production is counted as the union (TR-11, X-12)."""
    async with service.snapshots.connect() as conn:
        position = (await service.log.head(conn)).position
        where = await _where(service, conn, call, body)
        found = await _counted(conn, body, PROJECT, literal(""), where)
    return ProjectCounts(
        first_day=body.first_day, last_day=body.last_day, position=position, **found.get("", _nothing())
    )


async def count_projects_by(service: Service, call: Call, body: CountProjectsBy) -> ProjectCountsBy:
    """Each with its own count (TR-9, PM-17, PM-18, EI-22, DI-6), and all together, a project once (X-9)."""
    async with service.snapshots.connect() as conn:
        return await counted_by(service, conn, call, body)


async def counted_by(
    service: Service, conn: AsyncConnection, call: Call, body: CountProjectsBy
) -> ProjectCountsBy:
    """As `count_projects_by`, within the caller's snapshot."""
    position = (await service.log.head(conn)).position
    names = await _names(service, conn, call, body)
    where = await _where(service, conn, call, body)
    source, key = await _keyed(service, conn, body)
    where.append(key.in_(list(names)))
    found = await _counted(conn, body, source, key, where)
    total = await _counted(conn, body, source, literal(""), where)
    return ProjectCountsBy(
        by=body.by,
        first_day=body.first_day,
        last_day=body.last_day,
        items=[
            CountedFor(key=each, name=names[each], **found.get(each, _nothing())) for each in sorted(names)
        ],
        total=ProjectsReached(**total.get("", _nothing())),
        position=position,
    )


async def _names(
    service: Service, conn: AsyncConnection, call: Call, body: CountProjectsBy
) -> dict[str, str]:
    """The keys to count by, with their names: every visible city, or every field, technology or department."""
    match body.by:
        case "city":
            regions = await reference.regions(conn)
            tree = AreaTree.of(regions)
            seen = access.visible_regions(call.actor, tree)
            asked = None if body.region is None else access.asked_regions(call.actor, tree, body.region)
            return {
                each.code: each.name
                for each in regions
                if each.level in _REPORTERS
                and each.administered
                and (seen is None or each.code in seen)
                and (asked is None or each.code in asked)
            }
        case "department":
            return {each: each for each in (await reference.departments(conn, service.today())).values()}
        case by:
            tags = (await reference.loaded_tags(conn)).values()
            if by == "field":
                return {each.tag: each.term for each in tags if each.parent is None}
            return {
                each.tag: each.term
                for each in tags
                if each.parent is not None and body.tag in (None, each.parent, each.tag)
            }


async def _keyed(
    service: Service, conn: AsyncConnection, body: CountProjectsBy
) -> tuple[FromClause, ColumnElement[Any]]:
    """Projects with the key that each counts under: once per tag, otherwise once."""
    project, region = PROJECT, REGION
    match body.by:
        case "city":
            source = project.join(region, region.c.code == project.c.region)
            return source, case((region.c.level == "county", region.c.parent), else_=region.c.code)
        case "department":
            departments = await reference.departments(conn, service.today())
            kinds = {kind: literal(owner) for kind, owner in departments.items()}
            if not kinds:
                return project, literal("")
            return project, case(kinds, value=project.c.investor_kind, else_=literal(""))
        case _:
            tags = func.unnest(project.c.tags).table_valued(column("tag", Text)).render_derived()
            return project.join(tags, true()), tags.c.tag


async def _where(service: Service, conn: AsyncConnection, call: Call, body: CountProjects) -> list[Any]:
    tree = await reference.area_tree(conn)
    departments = await reference.departments(conn, service.today())
    seen = access.conditions(call.actor, tree, PROJECT.c, body.region)
    return [*_filters(body, departments), *seen]


async def _counted(
    conn: AsyncConnection,
    body: CountProjects,
    source: FromClause,
    key: ColumnElement[Any],
    where: list[Any],
) -> dict[str, dict[str, Any]]:
    """The counts by key, without keys that no project has. A project counts once under each of its keys."""
    project, t = PROJECT.c, MILESTONE.c
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
        .select_from(MILESTONE)
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
    t = MILESTONE.c

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
    return dict.fromkeys(ProjectsReached.model_fields, 0)


def _filters(body: CountProjects, departments: Mapping[str, str]) -> list[Any]:
    project = PROJECT.c
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
        stay = STAY.c
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
