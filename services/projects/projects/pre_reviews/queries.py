"""Questions about the joint pre-reviews."""

from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field
from sqlalchemy import Text, and_, func, select

from services.projects import access
from services.projects.common.models import Answer, Cursor, Limit, Request
from services.projects.common.values import ProjectId, RegionCode
from services.projects.plan import reference
from services.projects.projects.decisions.decide import PROJECT
from services.projects.projects.facts import Project, stream
from services.projects.projects.pre_reviews.decisions import Department
from services.projects.projects.pre_reviews.views import (
    TABLE,
    PreReviewSummary,
    PreReviewView,
    summary,
    view,
)
from shared import lists
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

# Of equal days: by project and round as one text, which the cursor holds.
_ROUND = func.concat(TABLE.c.project, "|", TABLE.c.round, type_=Text())
_ORDER = lists.Order(TABLE.c.due_on, _ROUND)


class GetPreReview(Request):
    """Ask for the newest round of a project."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"project": "FZ-2013-017"}]})

    project: ProjectId


class ListPreReviews(Request):
    """Ask for rounds of pre-reviews; every filter narrows. In order of due day, project and round."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"standing": "overdue"}]})

    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    department: Department | None = Field(default=None, description="that this department still owes")
    standing: Literal["open", "overdue", "passed", "returned"] | None = Field(
        default=None, description="overdue: open, and an opinion should have come before today"
    )
    limit: Limit
    cursor: Cursor


class PreReviewPage(Answer):
    """A page of rounds."""

    items: list[PreReviewSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


async def get_pre_review(service: Service, call: Call, body: GetPreReview) -> PreReviewView:
    """The newest round: what each department said, who still owes an opinion, and the conclusion."""
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        state, _ = await service.state(conn, PROJECT, stream(body.project))
    if not isinstance(state, Project) or not access.may_see_project(
        call.actor, tree, state.registered.region, None
    ):
        raise not_found("project", body.project)
    if state.pre_review is None:
        raise not_found("pre-review", body.project, "It opens when the project is pre-reported (预报).")
    return view(state.pre_review, service.today())


async def list_pre_reviews(service: Service, call: Call, body: ListPreReviews) -> PreReviewPage:
    """Every round with the departments that still owe an opinion; overdue ones by the Clock."""
    today = service.today()
    t = TABLE.c
    query = select(TABLE)
    match body.standing:
        case "open":
            query = query.where(t.result.is_(None))
        case "overdue":
            query = query.where(_overdue(today))
        case "passed" | "returned":
            query = query.where(t.result == body.standing)
    if body.department:
        query = query.where(t.result.is_(None), t.missing.contains([body.department]))
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        query = query.where(*access.conditions(call.actor, tree, t, body.region))
        page = await _ORDER.page(conn, query, body)
    return PreReviewPage(
        items=[summary(row._asdict(), today) for row in page.rows],
        next_cursor=page.next_cursor,
    )


def _overdue(today: date) -> Any:
    t = TABLE.c
    return and_(t.result.is_(None), t.due_on < today, func.cardinality(t.missing) > 0)
