"""Questions about meetings and their packs."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.common import versions
from services.projects.common.models import Answer, Cursor, Limit, Name, Request
from services.projects.common.values import MeetingId, ProjectId, RegionCode
from services.projects.meetings import agenda
from services.projects.meetings.decisions import MEETING
from services.projects.meetings.facts import Concluded, Convened, MeetingKind, NotConvened, stream
from services.projects.meetings.views import ITEM, TABLE, MeetingSummary, Standing, view
from services.projects.plan import reference
from services.projects.problems.facts import stream as problem_stream
from services.projects.problems.views import TABLE as PROBLEM
from services.projects.problems.views import ProblemSummary
from services.projects.problems.views import summary as problem_summary
from services.projects.projects.views import TABLE as PROJECT
from shared import lists
from shared.areas import AreaTree
from shared.identity import Actor
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service
from shared.unknown_region import check_region

_ORDER = lists.Order(TABLE.c.held_on, TABLE.c.meeting)
_ONE = ConfigDict(json_schema_extra={"examples": [{"meeting": "2013-04-dispatch"}]})


class GetMeeting(Request):
    """Ask for one meeting."""

    model_config = _ONE

    meeting: MeetingId


class ListMeetings(Request):
    """Ask for meetings, in order of their days."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "dispatch", "limit": 50}]})

    kind: MeetingKind | None = Field(default=None, description="of this kind")
    region: RegionCode | None = Field(default=None, description="called by this region")
    standing: Standing | None = Field(default=None, description="in this state")
    limit: Limit
    cursor: Cursor


class MeetingPack(Request):
    """Ask for a meeting's pack: its problems by project; before the agenda is fixed, what it would take today."""

    model_config = _ONE

    meeting: MeetingId
    limit: Limit
    cursor: Cursor


class MeetingPage(Answer):
    """A page of meetings."""

    items: list[MeetingSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class PackedProject(Answer):
    """One project in a pack, with its problems."""

    project: ProjectId
    name: str
    region: str
    region_name: Name = None
    stage: str
    problems: list[ProblemSummary]


class PackPage(Answer):
    """A page of a meeting's pack."""

    meeting: MeetingSummary
    items: list[PackedProject]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


async def get_meeting(service: Service, call: Call, body: GetMeeting) -> MeetingSummary:
    """How it stands."""
    async with service.snapshots.connect() as conn:
        return view(*await _known(service, conn, call.actor, body.meeting))


async def list_meetings(service: Service, call: Call, body: ListMeetings) -> MeetingPage:
    """In order of their days."""
    t = TABLE.c
    asked = ((t.kind, body.kind), (t.region, body.region), (t.standing, body.standing))
    query = select(TABLE).where(*(column == value for column, value in asked if value is not None))
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        check_region(tree, body.region)
        mine = meeting_regions(call.actor, tree)
        if mine is not None:
            query = query.where(t.region.in_(mine))
        page = await _ORDER.page(conn, query, body)
        at = await versions.of_streams(service, conn, [stream(row.meeting) for row in page.rows])
    return MeetingPage(
        items=[
            MeetingSummary(**row._mapping, version=version)
            for row, version in zip(page.rows, at, strict=True)
        ],
        next_cursor=page.next_cursor,
    )


async def meeting_pack(service: Service, call: Call, body: MeetingPack) -> PackPage:
    """The meeting's pack: project by project; before the agenda is fixed, what it would take today."""
    async with service.snapshots.connect() as conn:
        meeting, version = await _known(service, conn, call.actor, body.meeting)
        query = await _packed(service, conn, call.actor, meeting)
        found = query.order_by(None).subquery().c
        page = await lists.Order(found.project).page(conn, select(found.project).distinct(), body)
        shown = [row.project for row in page.rows]
        rows = await conn.execute(query.where(PROBLEM.c.project.in_(shown)))
        items = await _by_project(service, conn, rows.all(), shown)
    return PackPage(
        meeting=view(meeting, version),
        items=items,
        next_cursor=page.next_cursor,
    )


async def _known(
    service: Service, conn: AsyncConnection, actor: Actor, meeting: str
) -> tuple[Convened | Concluded, int]:
    """The meeting with its version. Raises Problem 404 if there is none that the actor may see."""
    state, version = await service.state(conn, MEETING, stream(meeting))
    mine = meeting_regions(actor, await reference.area_tree(conn))
    if isinstance(state, NotConvened) or (mine is not None and state.convened.region not in mine):
        raise not_found("meeting", meeting)
    return state, version


async def _packed(
    service: Service, conn: AsyncConnection, actor: Actor, meeting: Convened | Concluded
) -> Select[Any]:
    """The problems by project, as far as the reader may see the project."""
    tree, problem = await reference.area_tree(conn), PROBLEM.c
    if meeting.items is None:
        query = agenda.candidates(meeting.convened, tree, service.today())
    else:
        listed = select(ITEM.c.problem).where(ITEM.c.meeting == meeting.convened.meeting)
        query = (
            select(PROBLEM)
            .where(problem.problem.in_(listed))
            .order_by(problem.project, problem.due_on, problem.problem)
        )
    return query.where(*access.conditions(actor, tree, problem))


async def _by_project(
    service: Service, conn: AsyncConnection, rows: Sequence[Any], projects: Sequence[str]
) -> list[PackedProject]:
    table = PROJECT
    known = {
        row.project: row for row in await conn.execute(select(table).where(table.c.project.in_(projects)))
    }
    at = await versions.of_streams(service, conn, [problem_stream(row.problem) for row in rows])
    found = zip(rows, at, strict=True)
    return [
        PackedProject(
            project=project,
            name=known[project].name,
            region=known[project].region,
            stage=known[project].stage,
            problems=[
                problem_summary(dict(row._mapping), service.today(), version) for row, version in group
            ],
        )
        for project, group in groupby(found, key=lambda each: each[0].project)
    ]


def meeting_regions(actor: Actor, tree: AreaTree) -> list[str] | None:
    """The regions whose meetings the actor may read: its own, those below and those above; None: all."""
    own = access.visible_regions(actor, tree)
    if own is None or not actor.area:
        return own
    return [*own, *(area.code for area in tree.all() if tree.covers(area.code, actor.area))]
