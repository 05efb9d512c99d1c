"""Questions about meetings and their packs."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import agenda, reference, scope, tables
from services.projects.app.context import App
from services.projects.events import meeting_stream, problem_stream
from services.projects.models import meetings as models
from services.projects.queries import paging, versions, visible
from services.projects.views.meetings import meeting_row
from services.projects.views.problems import problem_row
from shared.identity import Actor
from shared.problems import not_found
from shared.rpc import Call


async def get_meeting(app: App, call: Call, body: models.GetMeeting) -> models.MeetingSummary:
    """One meeting."""
    async with app.snapshots.connect() as conn:
        return await _shown(app, conn, await _known(conn, call.actor, body.meeting))


async def list_meetings(app: App, call: Call, body: models.ListMeetings) -> models.MeetingPage:
    """A page of meetings in order of their days: the province's and those of one's own regions."""
    table = tables.meeting.c
    query = select(tables.meeting)
    for column, value in (
        (table.kind, body.kind),
        (table.region, body.region),
        (table.standing, body.standing),
    ):
        if value is not None:
            query = query.where(column == value)
    if body.cursor:
        held_on, meeting = paging.read_day(body.cursor)
        query = query.where(tuple_(table.held_on, table.meeting) > tuple_(held_on, meeting))
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        mine = scope.meeting_regions(call.actor, tree)
        if mine is not None:
            query = query.where(table.region.in_(mine))
        rows = (await conn.execute(query.order_by(table.held_on, table.meeting).limit(body.limit + 1))).all()
        page = rows[: body.limit]
        at = await versions.of_streams(app, conn, [meeting_stream(row.meeting) for row in page])
    more = len(rows) > body.limit
    return models.MeetingPage(
        items=[meeting_row(row, version) for row, version in zip(page, at, strict=True)],
        next_cursor=paging.cursor(page[-1].held_on.isoformat(), page[-1].meeting) if more else None,
    )


async def meeting_pack(app: App, call: Call, body: models.MeetingPack) -> models.PackPage:
    """A page of the pack in order of project; of each project, all that is the reader's to see."""
    async with app.snapshots.connect() as conn:
        meeting = await _known(conn, call.actor, body.meeting)
        query = await _packed(app, conn, call.actor, meeting)
        if body.cursor:
            (after,) = paging.read(body.cursor, 1)
            query = query.where(tables.project_problem.c.project > after)
        found = query.order_by(None).subquery().c
        names = select(found.project).distinct().order_by(found.project).limit(body.limit + 1)
        projects = list((await conn.execute(names)).scalars())
        shown = projects[: body.limit]
        rows = await conn.execute(query.where(tables.project_problem.c.project.in_(shown)))
        items = await _by_project(app, conn, rows.all(), shown)
        summary = await _shown(app, conn, meeting)
    return models.PackPage(
        meeting=summary,
        items=items,
        next_cursor=paging.cursor(shown[-1]) if len(projects) > body.limit else None,
    )


async def _known(conn: AsyncConnection, actor: Actor, meeting: str) -> Any:
    row = await agenda.meeting(conn, meeting)
    mine = scope.meeting_regions(actor, await reference.area_tree(conn))
    if row is None or (mine is not None and row.region not in mine):
        raise not_found("meeting", meeting)
    return row


async def _shown(app: App, conn: AsyncConnection, row: Any) -> models.MeetingSummary:
    (version,) = await versions.of_streams(app, conn, [meeting_stream(row.meeting)])
    return meeting_row(row, version)


async def _packed(app: App, conn: AsyncConnection, actor: Actor, meeting: Any) -> Select[Any]:
    tree, table = await reference.area_tree(conn), tables.project_problem.c
    if meeting.standing == "convened":
        query = agenda.candidates(meeting, tree, app.today())
    else:
        item = tables.meeting_item.c
        listed = select(item.problem).where(item.meeting == meeting.meeting)
        query = (
            select(tables.project_problem)
            .where(table.problem.in_(listed))
            .order_by(table.project, table.due_on, table.problem)
        )
    return query.where(*visible.conditions(actor, tree, table))


async def _by_project(
    app: App, conn: AsyncConnection, rows: Sequence[Any], projects: Sequence[str]
) -> list[models.PackedProject]:
    table = tables.project
    known = {
        row.project: row for row in await conn.execute(select(table).where(table.c.project.in_(projects)))
    }
    at = await versions.of_streams(app, conn, [problem_stream(row.problem) for row in rows])
    found = zip(rows, at, strict=True)
    return [
        models.PackedProject(
            project=project,
            name=known[project].name,
            region=known[project].region,
            stage=known[project].stage,
            problems=[problem_row(row, app.today(), version) for row, version in group],
        )
        for project, group in groupby(found, key=lambda each: each[0].project)
    ]
