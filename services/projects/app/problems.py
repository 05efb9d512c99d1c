"""Commands on problems of projects (困难和问题, PM-9, PM-10)."""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import problem_rules, reference, scope, tables
from services.projects.app import checks
from services.projects.app.context import App, Making
from services.projects.domain.escalation import Level, Rules
from services.projects.domain.project import Project
from services.projects.domain.project_problem import ProblemEvent, ProblemState
from services.projects.domain.project_problem_commands import (
    Agenda,
    AnswerProblem,
    AssignProblem,
    CloseProblem,
    DecideProblem,
    DeclareMajor,
    EscalateOverdue,
    ProblemCommand,
    RaisedAt,
    RaiseProblem,
    ReopenProblem,
)
from services.projects.domain.refusal import Refused
from services.projects.domain.stages import status
from services.projects.events import (
    CATALOGUE,
    PROBLEM,
    PROJECT,
    problem_stream,
    project_stream,
)
from services.projects.meetings import facts as meetings
from services.projects.meetings.decisions import MEETING
from services.projects.meetings.facts import Concluded, NotConvened
from services.projects.models import problems as models
from services.projects.views.problems import problem_state
from shared.decider import Edit
from shared.problems import not_found
from shared.rpc import Call, Reply


async def raise_problem(app: App, call: Call, body: models.RaiseProblem) -> Reply:
    """Raises a problem: for the government that keeps the project, or the project's enterprise."""
    problem, today = body.problem or checks.made_id("Q", call), app.today()

    async def command(conn: AsyncConnection) -> ProblemCommand:
        at, level = await _raised_at(app, conn, call, body.project)
        if body.problem is None and not body.confirmed:
            await _ask_about_a_twin(conn, body)
        return RaiseProblem(
            problem=problem,
            at=at,
            kind=body.kind,
            text=body.text,
            level=body.level or level,
            on=body.on or today,
            raised_by=body.reported_by or call.actor.subject,
            today=today,
            rules=await problem_rules.rules(conn),
            owner=body.owner,
            due_on=body.due_on,
            major=body.major,
        )

    return await _run(app, call, problem, command)


async def _ask_about_a_twin(conn: AsyncConnection, body: models.RaiseProblem) -> None:
    """Raises Refused if an open problem already says the same as this one without an id: was it sent twice?"""
    table = tables.project_problem.c
    twin = select(table.problem, table.raised_on).where(
        table.project == body.project,
        table.kind == body.kind,
        table.text == body.text,
        table.standing != "closed",
    )
    await checks.ask_about_a_twin(conn, "problem", f"{body.kind} at {body.project}", twin)


async def assign_problem(app: App, call: Call, body: models.AssignProblem) -> Reply:
    """Names the owner department: for the level that has the problem, or one above."""
    by, today = call.actor.subject, app.today()
    made = AssignProblem(body.problem, body.owner, body.due_on, by, today)
    return await _run_known(app, call, body, lambda _: made, at_its_level=True)


async def answer_problem(app: App, call: Call, body: models.AnswerProblem) -> Reply:
    """Records an answer: for any government that keeps the project, because a lower level may solve it too."""
    by, today = body.reported_by or call.actor.subject, app.today()
    made = AnswerProblem(body.problem, body.answer, body.evidence, body.on or today, by, today)
    return await _run_known(app, call, body, lambda _: made)


async def declare_major(app: App, call: Call, body: models.DeclareMajor) -> Reply:
    """Send it to the province as a 重大问题."""
    problem, reason, today = body.problem, body.reason, app.today()
    return await _run_known(app, call, body, lambda rules: DeclareMajor(problem, reason, today, rules))


async def decide_problem(app: App, call: Call, body: models.DecideProblem) -> Reply:
    """Records a meeting's decision: for the government that called the meeting."""

    async def command(conn: AsyncConnection) -> ProblemCommand:
        await _known(conn, call, body.problem)
        agenda = await _agenda(app, conn, call, body.meeting, body.problem)
        return DecideProblem(body.problem, agenda, body.decision, body.owner, body.due_on, app.today())

    return await _run(app, call, body.problem, command, body.version)


async def close_problem(app: App, call: Call, body: models.CloseProblem) -> Reply:
    """Closes a problem: for the level that has it, or one above."""
    by, today = body.reported_by or call.actor.subject, app.today()
    made = CloseProblem(body.problem, body.resolution, body.evidence, body.on or today, by, today)
    return await _run_known(app, call, body, lambda _: made, at_its_level=True)


async def reopen_problem(app: App, call: Call, body: models.ReopenProblem) -> Reply:
    """Reopens a problem: for any government that keeps the project."""
    by, today = body.reported_by or call.actor.subject, app.today()

    def made(rules: Rules) -> ProblemCommand:
        return ReopenProblem(body.problem, body.reason, by, today, rules, body.due_on)

    return await _run_known(app, call, body, made)


async def escalate_overdue(app: App, call: Call, problem: str) -> Reply:
    """Escalates a problem by the dated rule; changes nothing if it isn't overdue any more."""

    async def command(conn: AsyncConnection) -> ProblemCommand:
        return EscalateOverdue(problem, app.today(), await problem_rules.rules(conn))

    return await _run(app, call, problem, command)


async def _raised_at(app: App, conn: AsyncConnection, call: Call, project: str) -> tuple[RaisedAt, Level]:
    """The project, if the actor may raise a problem at it, and the level of its region."""
    history = await app.log.load(conn, project_stream(project))
    state = PROJECT.fold([CATALOGUE.decode(event) for event in history])
    tree = await reference.area_tree(conn)
    if not isinstance(state, Project) or not scope.may_see_project(
        call.actor, tree, state.registered.region, state.registered.enterprise
    ):
        raise not_found("project", project)
    known = state.registered
    if call.actor.role != "enterprise":
        scope.check_project_write(call.actor, tree, known.region)
    at = RaisedAt(
        known.project,
        known.region,
        known.programmes,
        status(state.stage),
        state.steps[0].on,
        known.enterprise,
    )
    return at, scope.level_of(tree, known.region)


async def _known(conn: AsyncConnection, call: Call, problem: str) -> Level:
    """The level of a problem that exists, at a project that the actor keeps. Raises Problem 404 or 403."""
    table = tables.project_problem
    row = (await conn.execute(select(table).where(table.c.problem == problem))).one_or_none()
    tree = await reference.area_tree(conn)
    if row is None or not scope.may_see_project(call.actor, tree, row.region, row.enterprise):
        raise not_found("problem", problem)
    scope.check_project_write(call.actor, tree, row.region)
    return Level(row.level)


async def _agenda(app: App, conn: AsyncConnection, call: Call, meeting: str, problem: str) -> Agenda:
    state, _ = await app.state(conn, MEETING, meetings.stream(meeting))
    if isinstance(state, NotConvened):
        raise Refused(
            f"There is no meeting {meeting!r}.",
            code="unknown-meeting",
            where="meeting",
            remedy="Convene it first, or check its id.",
        )
    scope.check_meeting_write(call.actor, state.convened.region)
    return Agenda(
        meeting,
        state.convened.level,
        state.convened.held_on,
        isinstance(state, Concluded),
        any(item.problem == problem for item in state.items or ()),
    )


async def _run_known(
    app: App,
    call: Call,
    body: models.ProblemEdit,
    made: Callable[[Rules], ProblemCommand],
    *,
    at_its_level: bool = False,
) -> Reply:
    async def command(conn: AsyncConnection) -> ProblemCommand:
        level = await _known(conn, call, body.problem)
        if at_its_level:
            scope.check_level(call.actor, level)
        return made(await problem_rules.rules(conn))

    return await _run(app, call, body.problem, command, body.version)


async def _run(
    app: App, call: Call, problem: str, command: Making[ProblemCommand], seen: int | None = None
) -> Reply:
    def answer(state: ProblemState, events: Sequence[ProblemEvent]) -> object:
        return problem_state(state, app.today()).model_dump(mode="json")

    return await app.run(call, problem_stream(problem), PROBLEM, command, answer=answer, edit=Edit(seen))
