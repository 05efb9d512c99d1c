"""The projects of a contract year's cohort, one by one."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Subquery, cast, func, literal, null, select, union_all

from services.projects import reference, tables
from services.projects.app.context import App
from services.projects.domain.cohort import cohort_id
from services.projects.domain.stages import Stage
from services.projects.models import cohorts as models
from services.projects.queries import paging, visible
from services.projects.queries.cohorts import STARTED, open_members
from shared.rpc import Call


async def list_members(app: App, call: Call, body: models.ListCohortMembers) -> models.CohortMemberPage:
    """A page of the members, closed or of today, and of the contracts that came too late."""
    on = body.on or app.today()
    cohort = cohort_id(body.investor_kind, body.year)
    async with app.snapshots.connect() as conn:
        closed = select(tables.cohort.c.closed_on).where(tables.cohort.c.cohort == cohort)
        closed_on = (await conn.execute(closed)).scalar_one_or_none()
        tree = await reference.area_tree(conn)
        source = _members(cohort, body, closed_on).subquery()
        stand = _standing(source, on).subquery()
        query = select(stand).where(*visible.conditions(call.actor, tree, stand.c, body.region))
        if body.standing:
            query = query.where(_named(stand.c, body.standing))
        if body.cursor:
            (after,) = paging.read(body.cursor, 1)
            query = query.where(stand.c.project > after)
        rows = (await conn.execute(query.order_by(stand.c.project).limit(body.limit + 1))).all()
    page = rows[: body.limit]
    return models.CohortMemberPage(
        cohort=cohort,
        as_of=on,
        closed_on=closed_on,
        items=[_view(row) for row in page],
        next_cursor=paging.cursor(page[-1].project) if len(rows) > body.limit else None,
    )


def _members(cohort: str, body: models.ListCohortMembers, closed_on: date | None) -> Any:
    """Project, region, contract and, of one that came too late, when it was found."""
    if closed_on is None:
        members = open_members(body.investor_kind, body.year).subquery()
        return select(*members.c, cast(null(), Date).label("found_on"))
    member, late = tables.cohort_member.c, tables.cohort_late.c
    names = ("project", "region", "contracted_on", "amount")
    return union_all(
        select(*(member[name] for name in names), cast(null(), Date).label("found_on")).where(
            member.cohort == cohort
        ),
        select(*(late[name] for name in names), late.found_on).where(late.cohort == cohort),
    )


def _standing(members: Subquery, on: date) -> Select[Any]:
    """With the project's name, and the days on which it first reached what counts, until `on`."""
    member, project, step = members.c, tables.project.c, tables.project_milestone.c

    def first(*stages: str) -> ColumnElement[Any]:
        return (
            select(func.min(step.on_day))
            .where(step.project == member.project, step.stage.in_(stages), step.on_day <= literal(on))
            .scalar_subquery()
        )

    return select(
        *member,
        project.name,
        project.enterprise,
        first(*STARTED).label("started_on"),
        first(Stage.TRACKING_ENDED.value).label("exited_on"),
        first(Stage.FORMALLY_ENDED.value).label("formally_ended_on"),
    ).join(tables.project, project.project == member.project)


def _named(one: Any, standing: str) -> ColumnElement[bool]:
    """The same as `_view` says, as a condition."""
    late, ended = one.found_on.is_not(None), one.formally_ended_on.is_not(None)
    exited, started = one.exited_on.is_not(None), one.started_on.is_not(None)
    found: ColumnElement[bool] = {
        "late": late,
        "formally_ended": ~late & ended,
        "exited": ~late & ~ended & exited,
        "started": ~late & ~ended & ~exited & started,
        "not_started": ~late & ~ended & ~exited & ~started,
    }[standing]
    return found


def _view(row: Any) -> models.CohortMemberView:
    standing = "started" if row.started_on else "not_started"
    if row.found_on:
        standing = "late"
    elif row.formally_ended_on:
        standing = "formally_ended"
    elif row.exited_on:
        standing = "exited"
    names = models.CohortMemberView.model_fields
    known = {name: value for name, value in row._mapping.items() if name in names}
    return models.CohortMemberView.model_validate({**known, "standing": standing})
