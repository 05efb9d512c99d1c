"""Commands on meetings (项目调度会 PM-10, 集中开工投产项目推进会 TR-10)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import agenda, problem_rules, reference, scope, tables
from services.projects.app import checks
from services.projects.app.context import App, Making
from services.projects.domain.meeting import (
    AgendaItem,
    ConcludeMeeting,
    ConveneMeeting,
    FixAgenda,
    MeetingCommand,
    MeetingEvent,
    MeetingKind,
    MeetingState,
)
from services.projects.domain.refusal import Refused
from services.projects.events import MEETING, meeting_stream
from services.projects.models import meetings as models
from services.projects.views.meetings import meeting_state
from shared.decider import Edit
from shared.problems import not_found
from shared.rpc import Call, Reply


async def convene_meeting(app: App, call: Call, body: models.ConveneMeeting) -> Reply:
    """Call a meeting: the province its own, a city its own."""
    meeting, today = body.meeting or checks.made_id("M", call), app.today()

    async def command(conn: AsyncConnection) -> MeetingCommand:
        tree = await reference.area_tree(conn)
        checks.check_region(tree, body.region)
        scope.check_meeting_write(call.actor, body.region)
        if body.meeting is None and not body.confirmed:
            await _ask_about_a_twin(conn, body)
        kinds = tuple(body.kinds)
        if body.kind is MeetingKind.STARTS and not kinds:
            kinds = await problem_rules.starts_kinds(conn, body.held_on)
        return ConveneMeeting(
            meeting,
            body.kind,
            body.name,
            body.region,
            scope.level_of(tree, body.region),
            body.held_on,
            kinds,
            body.reported_by or call.actor.subject,
            today,
        )

    return await _run(app, call, meeting, command)


async def _ask_about_a_twin(conn: AsyncConnection, body: models.ConveneMeeting) -> None:
    """A meeting without an id of the name and day of a known one: sent twice? Raises Refused, to ask back."""
    table = tables.meeting.c
    twin = select(table.meeting, table.held_on).where(
        table.region == body.region,
        table.kind == body.kind,
        table.name == body.name,
        table.held_on == body.held_on,
    )
    await checks.ask_about_a_twin(conn, "meeting", f"{body.name} of {body.region}", twin)


async def fix_agenda(app: App, call: Call, body: models.FixAgenda) -> Reply:
    """Take the named problems, or all that are the meeting's today, as its agenda."""

    async def command(conn: AsyncConnection) -> MeetingCommand:
        row = await _known(conn, call, body.meeting)
        tree = await reference.area_tree(conn)
        found = await conn.execute(agenda.candidates(row, tree, app.today()))
        items = [AgendaItem(each.problem, each.project) for each in found]
        if body.problems is not None:
            items = _named(items, body.problems)
        return FixAgenda(body.meeting, tuple(items), app.today())

    return await _run(app, call, body.meeting, command, body.version)


async def conclude_meeting(app: App, call: Call, body: models.ConcludeMeeting) -> Reply:
    """Say that it is over: what it decided stands in the problems' own histories."""

    async def command(conn: AsyncConnection) -> MeetingCommand:
        await _known(conn, call, body.meeting)
        table = tables.project_problem.c
        decided = (await conn.execute(select(table.problem).where(table.meeting == body.meeting))).scalars()
        return ConcludeMeeting(body.meeting, frozenset(decided), body.evidence, app.today())

    return await _run(app, call, body.meeting, command, body.version)


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


async def _known(conn: AsyncConnection, call: Call, meeting: str) -> agenda.Meeting:
    row = await agenda.meeting(conn, meeting)
    if row is None:
        raise not_found("meeting", meeting)
    scope.check_meeting_write(call.actor, row.region)
    return row


async def _run(
    app: App, call: Call, meeting: str, command: Making[MeetingCommand], seen: int | None = None
) -> Reply:
    def answer(state: MeetingState, events: Sequence[MeetingEvent]) -> object:
        return meeting_state(state).model_dump(mode="json")

    return await app.run(call, meeting_stream(meeting), MEETING, command, answer=answer, edit=Edit(seen))
