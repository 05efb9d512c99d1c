"""The projects of a contract year's cohort, one by one, and the contracts that came too late."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, Date, Select, Subquery, cast, func, literal, null, select, union_all

from services.projects import access
from services.projects.cohorts.contracts import open_members
from services.projects.cohorts.decisions import Kind, Year
from services.projects.cohorts.facts import cohort_id
from services.projects.cohorts.queries import STARTED
from services.projects.cohorts.views import COHORT, LATE, MEMBER
from services.projects.common.models import Answer, Cursor, Limit, Money, Name, Request
from services.projects.common.values import RegionCode
from services.projects.plan import reference
from services.projects.projects.stages.facts import Stage
from services.projects.projects.stages.views import MILESTONE
from services.projects.projects.views import TABLE as PROJECT
from shared import lists
from shared.rpc import Call
from shared.service import Service


class ListCohortMembers(Request):
    """Ask for the projects of a contract year's cohort, in order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"investor_kind": "private", "year": 2012}]})

    investor_kind: Kind
    year: Year
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    standing: Literal["not_started", "started", "exited", "formally_ended", "late"] | None = Field(
        default=None, description="those that stand so only"
    )
    on: date | None = Field(default=None, description="as of this day; without it today")
    limit: Limit
    cursor: Cursor


class CohortMemberView(Answer):
    """A project of the cohort, and how it stands."""

    project: str
    name: str
    region: str
    region_name: Name = None
    contracted_on: date
    amount: Money | None = Field(description="of the contract, CNY (yuan); null: not said")
    standing: Literal["not_started", "started", "exited", "formally_ended", "late"] = Field(
        description="exited: left the tracking, counts on; late: found after the closing, no member"
    )
    started_on: date | None = Field(description="null: not started by that day")
    exited_on: date | None = Field(description="left the tracking (退出跟踪)")
    formally_ended_on: date | None = Field(description="counts no longer (正式终止)")
    found_on: date | None = Field(description="when a late contract became known; null: a member")


class CohortMemberPage(Answer):
    """A page of members, late contracts among them."""

    cohort: str = Field(examples=["private:2012"])
    as_of: date
    closed_on: date | None = Field(description="null: open, its members may still change")
    items: list[CohortMemberView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


async def list_members(service: Service, call: Call, body: ListCohortMembers) -> CohortMemberPage:
    """Each with how it stands; exits stay in. Contracts that became known after the closing are shown as late."""
    on = body.on or service.today()
    cohort = cohort_id(body.investor_kind, body.year)
    async with service.snapshots.connect() as conn:
        closed = select(COHORT.c.closed_on).where(COHORT.c.cohort == cohort)
        closed_on = (await conn.execute(closed)).scalar_one_or_none()
        tree = await reference.area_tree(conn)
        source = _members(cohort, body, closed_on).subquery()
        stand = _standing(source, on).subquery()
        query = select(stand).where(*access.conditions(call.actor, tree, stand.c, body.region))
        if body.standing:
            query = query.where(_named(stand.c, body.standing))
        page = await lists.Order(stand.c.project).page(conn, query, body)
    return CohortMemberPage(
        cohort=cohort,
        as_of=on,
        closed_on=closed_on,
        items=[_view(dict(row._mapping)) for row in page.rows],
        next_cursor=page.next_cursor,
    )


def _members(cohort: str, body: ListCohortMembers, closed_on: date | None) -> Any:
    """Project, region, contract and, for a late contract, the day it was found."""
    if closed_on is None:
        members = open_members(body.investor_kind, body.year).subquery()
        return select(*members.c, cast(null(), Date).label("found_on"))
    member, late = MEMBER.c, LATE.c
    names = ("project", "region", "contracted_on", "amount")
    return union_all(
        select(*(member[name] for name in names), cast(null(), Date).label("found_on")).where(
            member.cohort == cohort
        ),
        select(*(late[name] for name in names), late.found_on).where(late.cohort == cohort),
    )


def _standing(members: Subquery, on: date) -> Select[Any]:
    """Adds the project's name and the days, up to `on`, when it first reached the stages that count."""
    member, project, step = members.c, PROJECT.c, MILESTONE.c

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
    ).join(PROJECT, project.project == member.project)


def _named(one: Any, standing: str) -> ColumnElement[bool]:
    """The SQL condition equivalent to the standing that `_view` computes."""
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


def _view(row: Mapping[str, Any]) -> CohortMemberView:
    standing = "started" if row["started_on"] else "not_started"
    if row["found_on"]:
        standing = "late"
    elif row["formally_ended_on"]:
        standing = "formally_ended"
    elif row["exited_on"]:
        standing = "exited"
    known = {name: value for name, value in row.items() if name in CohortMemberView.model_fields}
    return CohortMemberView.model_validate({**known, "standing": standing})
