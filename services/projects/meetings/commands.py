"""Who may call a meeting, and what it may take and has decided."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from services.projects import access
from services.projects.common import checks
from services.projects.common.refusal import Refused
from services.projects.meetings import agenda
from services.projects.meetings.decisions import (
    Calling,
    ConcludeMeeting,
    ConveneMeeting,
    Decided,
    FixAgenda,
    Taken,
)
from services.projects.meetings.facts import (
    AgendaItem,
    MeetingConvened,
    MeetingKind,
    MeetingState,
    NotConvened,
)
from services.projects.meetings.views import TABLE
from services.projects.plan import reference
from services.projects.problems import rules as problem_rules
from services.projects.problems.rules import level_of
from services.projects.problems.views import TABLE as PROBLEM
from shared.command import Given
from shared.feature import At
from shared.problems import not_found
from shared.rpc import Call


def named(command: ConveneMeeting, call: Call) -> ConveneMeeting:
    """With an id: the one that was chosen, or one that is made of the caller's key."""
    return replace(command, meeting=command.meeting or checks.made_id("M", call))


async def convene(at: At, command: ConveneMeeting, state: MeetingState) -> Given:
    """The dispatch meeting takes what was escalated, the meeting on starts land, environment and funds (TR-10)."""
    tree = await reference.area_tree(at.conn)
    checks.check_region(tree, command.region)
    access.check_meeting_write(at.actor, command.region)
    if command.meeting == checks.made_id("M", at.call) and not command.confirmed:
        await _ask_about_a_twin(at, command)
    kinds = command.kinds
    if command.kind is MeetingKind.STARTS and not kinds:
        kinds = await problem_rules.starts_kinds(at.conn, command.held_on)
    return Calling(
        today=at.today,
        by=at.actor.subject,
        meeting=command.meeting or "",
        level=level_of(tree, command.region),
        kinds=kinds,
    )


async def fix_agenda(at: At, command: FixAgenda, state: MeetingState) -> Given:
    """The named problems, or all that are the meeting's to take today; it may be fixed anew until it is concluded."""
    meeting = _known(at, command, state)
    tree = await reference.area_tree(at.conn)
    found = await at.conn.execute(agenda.candidates(meeting, tree, at.today))
    items = [AgendaItem(problem=each.problem, project=each.project) for each in found]
    if command.problems is not None:
        items = _named(items, command.problems)
    return Taken(today=at.today, by=at.actor.subject, items=tuple(items))


async def conclude(at: At, command: ConcludeMeeting, state: MeetingState) -> Given:
    """With its minutes: how many of its problems it decided, and which it left."""
    _known(at, command, state)
    problem = PROBLEM.c
    decided = await at.conn.execute(select(problem.problem).where(problem.meeting == command.meeting))
    return Decided(today=at.today, by=at.actor.subject, problems=frozenset(decided.scalars()))


async def _ask_about_a_twin(at: At, command: ConveneMeeting) -> None:
    """A meeting without an id of the name and day of a known one: sent twice? Raises Refused, to ask back."""
    t = TABLE.c
    twin = select(t.meeting, t.held_on).where(
        t.region == command.region,
        t.kind == command.kind,
        t.name == command.name,
        t.held_on == command.held_on,
    )
    await checks.ask_about_a_twin(at.conn, "meeting", f"{command.name} of {command.region}", twin)


def _known(at: At, command: FixAgenda | ConcludeMeeting, state: MeetingState) -> MeetingConvened:
    if isinstance(state, NotConvened):
        raise not_found("meeting", command.meeting)
    access.check_meeting_write(at.actor, state.convened.region)
    return state.convened


def _named(items: Sequence[AgendaItem], problems: Sequence[str]) -> list[AgendaItem]:
    wanted, known = set(problems), {item.problem for item in items}
    if strange := sorted(wanted - known):
        raise Refused(
            f"{', '.join(strange[:5])}: no problem that this meeting could take.",
            code="not-its-problem",
            where="problems",
            remedy="The meeting's pack lists what it can take: open, of its level, region and kinds.",
        )
    return [item for item in items if item.problem in wanted]
