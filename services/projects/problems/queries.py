"""Questions about problems of projects."""

from pydantic import ConfigDict, Field
from sqlalchemy import Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.common import versions
from services.projects.common.models import Answer, Cursor, Limit, Request
from services.projects.common.values import MeetingId, ProblemId, ProjectId, RegionCode
from services.projects.meetings.views import ITEM
from services.projects.plan import reference
from services.projects.problems.facts import Level, ProblemKind, stream
from services.projects.problems.views import TABLE, ProblemSummary, ProblemView, Standing, step, summary
from shared import lists
from shared.identity import Actor
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

_ORDER = lists.Order(TABLE.c.due_on, TABLE.c.problem)


class GetProblem(Request):
    """Ask for one problem."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"problem": "FZ-2013-017.1"}]})

    problem: ProblemId


class ListProblems(Request):
    """Ask for problems; every filter narrows. In order of the day they are due."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"region": "350100", "level": "province", "overdue": True}]}
    )

    region: RegionCode | None = Field(default=None, description="of projects in this region and under it")
    project: ProjectId | None = Field(default=None, description="of this project")
    enterprise: ProjectId | None = Field(default=None, description="of this enterprise's projects")
    programme: str | None = Field(default=None, pattern=r"^[A-Z]{2}$", description="of this programme")
    kind: ProblemKind | None = Field(default=None, description="of this kind")
    level: Level | None = Field(default=None, description="standing at this level")
    standing: Standing | None = Field(default=None, description="in this state")
    open: bool | None = Field(default=None, description="true: all that isn't closed; false: closed")
    overdue: bool | None = Field(default=None, description="true: waiting or decided, and past its day")
    major: bool | None = Field(default=None, description="true: 重大问题 only")
    meeting: MeetingId | None = Field(default=None, description="on the agenda of this meeting")
    limit: Limit
    cursor: Cursor


class ProblemCounts(Answer):
    """How many problems the filters match, by how they stand."""

    waiting: int
    answered: int
    decided: int
    closed: int
    overdue: int
    major: int


class ProblemPage(Answer):
    """A page of problems."""

    items: list[ProblemSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    counts: ProblemCounts | None = Field(description="of all pages; with the first page only")


async def get_problem(service: Service, call: Call, body: GetProblem) -> ProblemView:
    """How it stands, and every fact of it."""
    async with service.snapshots.connect() as conn:
        found = await conn.execute(select(TABLE).where(TABLE.c.problem == body.problem))
        row = found.one_or_none()
        tree = await reference.area_tree(conn)
        if row is None or not access.may_see_project(call.actor, tree, row.region, row.enterprise):
            raise not_found("problem", body.problem)
        history = await service.log.load(conn, stream(body.problem))
    steps = [step(service.catalogue.decode(event), event) for event in history]
    known = dict(summary(row._asdict(), service.today(), len(history)))
    return ProblemView(**known, history=steps)


async def list_problems(service: Service, call: Call, body: ListProblems) -> ProblemPage:
    """In order of the day they are due; the first page counts all that the filters match."""
    async with service.snapshots.connect() as conn:
        query = await _narrowed(service, conn, call.actor, body)
        page = await _ORDER.page(conn, query, body)
        counts = None if body.cursor else await _counts(service, conn, query)
        at = await versions.of_streams(service, conn, [stream(row.problem) for row in page.rows])
    return ProblemPage(
        items=[
            summary(row._asdict(), service.today(), version)
            for row, version in zip(page.rows, at, strict=True)
        ],
        next_cursor=page.next_cursor,
        counts=counts,
    )


async def _narrowed(
    service: Service, conn: AsyncConnection, actor: Actor, body: ListProblems
) -> Select[tuple[object, ...]]:
    table, tree = TABLE.c, await reference.area_tree(conn)
    query = select(TABLE).where(*access.conditions(actor, tree, table, body.region))
    for column, value in (
        (table.project, body.project),
        (table.enterprise, body.enterprise),
        (table.kind, body.kind),
        (table.level, body.level),
        (table.standing, body.standing),
        (table.major, body.major),
    ):
        if value is not None:
            query = query.where(column == value)
    if body.programme:
        query = query.where(table.programmes.contains([body.programme]))
    if body.open is not None:
        query = query.where((table.standing != "closed") if body.open else (table.standing == "closed"))
    if body.overdue is not None:
        overdue = and_(table.standing.in_(("waiting", "decided")), table.due_on < service.today())
        query = query.where(overdue if body.overdue else ~overdue)
    if body.meeting:
        listed = select(ITEM.c.problem).where(ITEM.c.meeting == body.meeting)
        query = query.where(table.problem.in_(listed))
    return query


async def _counts(
    service: Service, conn: AsyncConnection, query: Select[tuple[object, ...]]
) -> ProblemCounts:
    found = query.subquery().c
    overdue = and_(found.standing.in_(("waiting", "decided")), found.due_on < service.today())
    row = (
        await conn.execute(
            select(
                *(
                    func.count().filter(found.standing == name).label(name)
                    for name in ("waiting", "answered", "decided", "closed")
                ),
                func.count().filter(overdue).label("overdue"),
                func.count().filter(found.major).label("major"),
            )
        )
    ).one()
    return ProblemCounts.model_validate(dict(row._mapping))
