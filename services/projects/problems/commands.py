"""Who may do what about a problem of a project, and what it is judged by."""

from dataclasses import replace

from sqlalchemy import select

from services.projects import access
from services.projects.common import checks
from services.projects.common.refusal import Refused
from services.projects.meetings import facts as meetings
from services.projects.meetings.decisions import MEETING
from services.projects.meetings.facts import Concluded, NotConvened
from services.projects.plan import reference
from services.projects.problems import rules
from services.projects.problems.decisions.commands import (
    AssignProblem,
    AtMeeting,
    ByRules,
    CloseProblem,
    DecideProblem,
    ProblemChange,
    RaisedAt,
    RaiseProblem,
    Raising,
)
from services.projects.problems.facts import Known, Level, NotRaised, ProblemState
from services.projects.problems.rules import level_of
from services.projects.problems.views import TABLE
from services.projects.projects.decisions.decide import PROJECT
from services.projects.projects.facts import Project
from services.projects.projects.facts import stream as project_stream
from services.projects.projects.stages.facts import status
from shared.command import Given
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden, not_found
from shared.rpc import Call


def named(command: RaiseProblem, call: Call) -> RaiseProblem:
    """With an id: the one that was chosen, or one that is made of the caller's key."""
    return replace(command, problem=command.problem or checks.made_id("Q", call))


async def raise_problem(at: At, command: RaiseProblem, state: ProblemState) -> Given:
    """With its kind, whose it is, and by when it is to be answered; a 重大问题 goes to the province at once."""
    project = await _project(at, command.project)
    if command.problem == checks.made_id("Q", at.call) and not command.confirmed:
        await _ask_about_a_twin(at, command)
    return Raising(
        today=at.today,
        by=at.actor.subject,
        problem=command.problem or "",
        at=project,
        rules=await rules.rules(at.conn),
    )


async def change(at: At, command: ProblemChange, state: ProblemState) -> Given:
    """By any government that keeps the project, as a lower level may solve it too.

    Only the level that has it, or one above, names who answers and closes it.
    """
    known = await _kept(at, command.problem, state)
    if isinstance(command, AssignProblem | CloseProblem):
        check_level(at.actor, known.subject.level)
    return ByRules(today=at.today, by=at.actor.subject, rules=await rules.rules(at.conn))


async def decide(at: At, command: DecideProblem, state: ProblemState) -> Given:
    """Who does what by when; the problem must be on the agenda of a meeting that is held and not concluded."""
    await _kept(at, command.problem, state)
    meeting, _ = await at.service.state(at.conn, MEETING, meetings.stream(command.meeting))
    if isinstance(meeting, NotConvened):
        raise Refused(
            f"There is no meeting {command.meeting!r}.",
            code="unknown-meeting",
            where="meeting",
            remedy="Convene it first, or check its id.",
        )
    access.check_meeting_write(at.actor, meeting.convened.region)
    return AtMeeting(
        today=at.today,
        by=at.actor.subject,
        held_on=meeting.convened.held_on,
        concluded=isinstance(meeting, Concluded),
        lists=any(item.problem == command.problem for item in meeting.items or ()),
    )


async def _ask_about_a_twin(at: At, command: RaiseProblem) -> None:
    """Raises Refused if an open problem already says the same as this one without an id: was it sent twice?"""
    t = TABLE.c
    twin = select(t.problem, t.raised_on).where(
        t.project == command.project,
        t.kind == command.kind,
        t.text == command.text,
        t.standing != "closed",
    )
    await checks.ask_about_a_twin(at.conn, "problem", f"{command.kind} at {command.project}", twin)


async def _project(at: At, project: str) -> RaisedAt:
    """The project, if the actor may raise a problem at it: its government, or its own enterprise."""
    state, _ = await at.service.state(at.conn, PROJECT, project_stream(project))
    tree = await reference.area_tree(at.conn)
    if not isinstance(state, Project) or not access.may_see_project(
        at.actor, tree, state.registered.region, state.registered.enterprise
    ):
        raise not_found("project", project)
    known = state.registered
    if at.actor.role != "enterprise":
        access.check_project_write(at.actor, tree, known.region)
    return RaisedAt(
        region=known.region,
        level=level_of(tree, known.region),
        programmes=known.programmes,
        stage=status(state.stage),
        planned_on=state.steps[0].on,
        enterprise=known.enterprise,
    )


async def _kept(at: At, problem: str, state: ProblemState) -> Known:
    """The problem, if it is at a project that the actor keeps. Raises Problem 404 or 403."""
    tree = await reference.area_tree(at.conn)
    if isinstance(state, NotRaised):
        raise not_found("problem", problem)
    raised = state.subject.raised
    if not access.may_see_project(at.actor, tree, raised.region, raised.enterprise):
        raise not_found("problem", problem)
    access.check_project_write(at.actor, tree, raised.region)
    return state


def check_level(actor: Actor, level: Level) -> None:
    """Only the level that has a problem, or one above, may act on it. Raises Problem 403."""
    if access.RANK.get(actor.role, 9) > access.RANK[level]:
        raise forbidden(f"The problem stands with the {level}; your role is {actor.role}.")
