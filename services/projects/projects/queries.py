"""Questions about projects."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from sqlalchemy import Select, Text, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.common.investor import FocusSector, InvestorKind
from services.projects.common.models import Answer, Cursor, Limit, Money, Request
from services.projects.common.values import ProjectId, RegionCode, RegisterCode, ShortText, TagCode
from services.projects.plan import reference
from services.projects.problems.views import TABLE as PROBLEM
from services.projects.projects import orders
from services.projects.projects.decisions.decide import PROJECT
from services.projects.projects.facts import Project, stream
from services.projects.projects.registers.views import STAY
from services.projects.projects.stages.facts import ProjectStageCorrected, ProjectStageReached
from services.projects.projects.views import TABLE, ProjectSummary, ProjectView, summary, view
from shared import lists
from shared.identity import Actor
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service
from shared.values import Text as Text_

# Keeps PostgreSQL from switching to a generic plan after five executions: it would fit the commonest text and city,
# and take 45 ms instead of 5 with 100,000 projects.
_AS_ASKED = text("SET LOCAL plan_cache_mode = force_custom_plan")
DepartmentCode = Annotated[
    str,
    Text_(
        pattern=r"^[a-z_]{1,60}$",
        description="department, as the rule `investor_departments` names it",
        example="economic_trade_commission",
    ),
]


class GetProject(Request):
    """Ask for one project."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"project": "FZ-2013-017"}]})

    project: ProjectId


class ListProjects(Request):
    """Ask for projects; every filter narrows."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"region": "350100", "stage": "started", "limit": 50}]}
    )

    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    stage: (
        Literal[
            "planned",
            "pre_reported",
            "pre_reviewed",
            "negotiating",
            "intent_signed",
            "agreement_signed",
            "contract_signed",
            "filed",
            "approved",
            "started",
            "partly_producing",
            "producing",
            "accepted",
            "suspended",
            "terminated",
            "tracking_ended",
            "formally_ended",
        ]
        | None
    ) = Field(default=None, description="where the project stands")
    register_: RegisterCode | None = Field(default=None, alias="register", description="in this register")
    on: date | None = Field(default=None, description="day for `register`; without it today")
    programme: str | None = Field(default=None, pattern=r"^[A-Z]{2}$", description="in this programme")
    tag: TagCode | None = Field(default=None, description="that counts for this")
    investor_kind: InvestorKind | None = Field(default=None, description="matched with this kind of investor")
    department: DepartmentCode | None = Field(
        default=None, description="whose kind of investor is this department's (PM-17)"
    )
    enterprise: ProjectId | None = Field(default=None, description="of this enterprise")
    focus_sector: FocusSector | None = Field(default=None, description="in this sector of matching (PM-7)")
    investor_origin: RegionCode | None = Field(
        default=None, description="whose investor comes from this province"
    )
    industry: str | None = Field(
        default=None, pattern=r"^[A-Z]?\d{1,4}$", description="whose industry code begins so"
    )
    investment_from: Money | None = Field(default=None, description="total investment from, CNY (yuan)")
    investment_to: Money | None = Field(default=None, description="total investment up to, CNY (yuan)")
    equipment_from: Money | None = Field(default=None, description="equipment part from, CNY (yuan)")
    equipment_to: Money | None = Field(default=None, description="equipment part up to, CNY (yuan)")
    loan_from: Money | None = Field(
        default=None, description="bank loan planned from, CNY (yuan); only where one is known"
    )
    loan_to: Money | None = Field(
        default=None, description="bank loan planned up to, CNY (yuan); only where one is known"
    )
    stage_from: date | None = Field(default=None, description="where it stands since this day or later")
    stage_to: date | None = Field(default=None, description="where it stands since this day or before")
    open_problem: bool | None = Field(default=None, description="true: with a problem that isn't closed")
    sort: Literal[
        "project",
        "name",
        "region",
        "enterprise",
        "enterprise_name",
        "industry",
        "total_investment",
        "equipment_investment",
        "programmes",
        "tags",
        "investor",
        "focus_sector",
        "bank_loan",
        "version",
        "stage",
        "stage_on",
        "registered_on",
    ] = Field(
        default="project",
        description="in order of this column; stages in that of a project's life, what isn't known before all else",
    )
    descending: bool = Field(default=False, description="from the last to the first")
    text: ShortText | None = Field(default=None, description="part of its name or its enterprise's")
    limit: Limit
    cursor: Cursor


class ProjectTotals(Answer):
    """What all projects that the filters match sum up to."""

    projects: int = Field(description="how many")
    total_investment: Money = Field(description="CNY (yuan)")
    equipment_investment: Money = Field(description="CNY (yuan)")
    bank_loan: Money = Field(description="CNY (yuan), of those of which it is known")


class ProjectPage(Answer):
    """A page of projects."""

    items: list[ProjectSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    totals: ProjectTotals | None = Field(description="of all pages; with the first page only")


async def get_project(service: Service, call: Call, body: GetProject) -> ProjectView:
    """A project with every step taken and every register it stands or stood in."""
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        state, _ = await service.state(conn, PROJECT, stream(body.project))
        departments = await reference.departments(conn, service.today())
    if not isinstance(state, Project) or not access.may_see_project(
        call.actor, tree, state.registered.region, state.registered.enterprise
    ):
        raise not_found("project", body.project)
    return view(state, departments)


async def list_projects(service: Service, call: Call, body: ListProjects) -> ProjectPage:
    """Every filter narrows; a page ends with the cursor of the next, the first one has counts and sums of all."""
    async with service.snapshots.connect() as conn:
        await conn.execute(_AS_ASKED)
        departments = await reference.departments(conn, service.today())
        query = await _narrowed(service, conn, call.actor, body, departments)
        page = await orders.order(body.sort, body.descending).page(conn, query, body)
        totals = None if body.cursor else await _totals(conn, query)
        at = await _steps_versions(service, conn, [row.project for row in page.rows])
    return ProjectPage(
        items=[
            summary(row._asdict(), departments, version) for row, version in zip(page.rows, at, strict=True)
        ],
        next_cursor=page.next_cursor,
        totals=totals,
    )


async def _totals(conn: AsyncConnection, query: Select[Any]) -> ProjectTotals:
    columns = (TABLE.c.total_investment, TABLE.c.equipment_investment, TABLE.c.bank_loan)
    sums = {each.name: func.sum(each) for each in columns}
    return ProjectTotals(**await lists.totals(conn, query, projects=func.count(), **sums))


async def _narrowed(
    service: Service,
    conn: AsyncConnection,
    actor: Actor,
    body: ListProjects,
    departments: Mapping[str, str],
) -> Select[tuple[object, ...]]:
    table, tree = TABLE.c, await reference.area_tree(conn)
    query = select(TABLE).where(*access.conditions(actor, tree, table, body.region))
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
        stay = STAY.c
        on = body.on or service.today()
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


async def _steps_versions(service: Service, conn: AsyncConnection, projects: Sequence[str]) -> list[int]:
    """The versions of the projects' steps: how many were reported and corrected, by the log of this very moment."""
    streams = [stream(project) for project in projects]
    types = [each.__name__ for each in (ProjectStageReached, ProjectStageCorrected)]
    found = await service.log.count(conn, streams, types)
    return [found.get((each, None), 0) for each in streams]
