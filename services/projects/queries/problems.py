"""Questions about problems of projects."""

from sqlalchemy import Select, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.events import CATALOGUE, problem_stream
from services.projects.meetings.views import ITEM
from services.projects.models import problems as models
from services.projects.queries import paging, versions, visible
from services.projects.views.problems import problem_row, problem_step
from shared.identity import Actor
from shared.problems import not_found
from shared.rpc import Call


async def get_problem(app: App, call: Call, body: models.GetProblem) -> models.ProblemView:
    """A problem with every fact of its history."""
    table = tables.project_problem
    async with app.snapshots.connect() as conn:
        row = (await conn.execute(select(table).where(table.c.problem == body.problem))).one_or_none()
        tree = await reference.area_tree(conn)
        if row is None or not scope.may_see_project(call.actor, tree, row.region, row.enterprise):
            raise not_found("problem", body.problem)
        history = await app.log.load(conn, problem_stream(body.problem))
    steps = [problem_step(CATALOGUE.decode(event), event) for event in history]
    known = dict(problem_row(row, app.today(), len(history)))
    return models.ProblemView(**known, history=steps)


async def list_problems(app: App, call: Call, body: models.ListProblems) -> models.ProblemPage:
    """A page of problems in order of their due days; the first one with counts."""
    table, today = tables.project_problem.c, app.today()
    async with app.snapshots.connect() as conn:
        query = await _narrowed(app, conn, call.actor, body)
        page = query
        if body.cursor:
            due_on, problem = paging.read_day(body.cursor)
            page = query.where(tuple_(table.due_on, table.problem) > tuple_(due_on, problem))
        page = page.order_by(table.due_on, table.problem).limit(body.limit + 1)
        rows = (await conn.execute(page)).all()
        counts = None if body.cursor else await _counts(app, conn, query)
        shown = rows[: body.limit]
        at = await versions.of_streams(app, conn, [problem_stream(row.problem) for row in shown])
    more = len(rows) > body.limit
    return models.ProblemPage(
        items=[problem_row(row, today, version) for row, version in zip(shown, at, strict=True)],
        next_cursor=paging.cursor(shown[-1].due_on.isoformat(), shown[-1].problem) if more else None,
        counts=counts,
    )


async def _narrowed(
    app: App, conn: AsyncConnection, actor: Actor, body: models.ListProblems
) -> Select[tuple[object, ...]]:
    table, tree = tables.project_problem.c, await reference.area_tree(conn)
    query = select(tables.project_problem).where(*visible.conditions(actor, tree, table, body.region))
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
        overdue = and_(table.standing.in_(("waiting", "decided")), table.due_on < app.today())
        query = query.where(overdue if body.overdue else ~overdue)
    if body.meeting:
        listed = select(ITEM.c.problem).where(ITEM.c.meeting == body.meeting)
        query = query.where(table.problem.in_(listed))
    return query


async def _counts(app: App, conn: AsyncConnection, query: Select[tuple[object, ...]]) -> models.ProblemCounts:
    found = query.subquery().c
    overdue = and_(found.standing.in_(("waiting", "decided")), found.due_on < app.today())
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
    return models.ProblemCounts.model_validate(dict(row._mapping))
