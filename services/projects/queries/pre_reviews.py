"""Questions about the joint pre-reviews."""

from datetime import date
from typing import Any

from sqlalchemy import and_, func, select, tuple_

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.domain.project import Project
from services.projects.events import CATALOGUE, PROJECT, project_stream
from services.projects.models import pre_reviews as models
from services.projects.queries import paging, visible
from shared.problems import not_found
from shared.rpc import Call


async def get_pre_review(app: App, call: Call, body: models.GetPreReview) -> models.PreReviewView:
    """The newest round of a project; 404 too where the project isn't the actor's to see."""
    async with app.snapshots.connect() as conn:
        region = await reference.project_region(conn, body.project)
        tree = await reference.area_tree(conn)
        if region is None or not scope.may_see_project(call.actor, tree, region, None):
            raise not_found("project", body.project)
        history = await app.log.load(conn, project_stream(body.project))
    state = PROJECT.fold([CATALOGUE.decode(event) for event in history])
    review = state.pre_review if isinstance(state, Project) else None
    if review is None:
        raise not_found("pre-review", body.project, "It opens when the project is pre-reported (预报).")
    opened, concluded = review.opened, review.concluded
    return models.PreReviewView(
        project=body.project,
        round=opened.round,
        region=opened.region,
        lead=opened.lead,
        opened_on=opened.opened_on,
        due_on=opened.due_on,
        departments=list(opened.departments),
        missing=list(review.missing),
        overdue=list(review.overdue(app.today())),
        opinions=[
            models.OpinionView(
                department=each.department,
                view=each.view,
                on=each.on,
                late=each.late,
                reason=each.reason,
                evidence=each.evidence,
            )
            for each in review.opinions
        ],
        result=concluded.result if concluded else None,
        concluded_on=concluded.on if concluded else None,
        reason=concluded.reason if concluded else None,
    )


async def list_pre_reviews(app: App, call: Call, body: models.ListPreReviews) -> models.PreReviewPage:
    """A page of rounds in order of due day, project and round."""
    today = app.today()
    t = tables.pre_review.c
    query = select(tables.pre_review)
    match body.standing:
        case "open":
            query = query.where(t.result.is_(None))
        case "overdue":
            query = query.where(_overdue(today))
        case "passed" | "returned":
            query = query.where(t.result == body.standing)
    if body.department:
        query = query.where(t.result.is_(None), t.missing.contains([body.department]))
    if body.cursor:
        query = query.where(tuple_(t.due_on, _key()) > paging.read_day(body.cursor))
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        query = query.where(*visible.conditions(call.actor, tree, t, body.region))
        query = query.order_by(t.due_on, _key()).limit(body.limit + 1)
        rows = (await conn.execute(query)).all()
    page = rows[: body.limit]
    return models.PreReviewPage(
        items=[_summary(row, today) for row in page],
        next_cursor=paging.cursor(page[-1].due_on.isoformat(), f"{page[-1].project}|{page[-1].round}")
        if len(rows) > body.limit
        else None,
    )


def _key() -> Any:
    return func.concat(tables.pre_review.c.project, "|", tables.pre_review.c.round)


def _overdue(today: date) -> Any:
    t = tables.pre_review.c
    return and_(t.result.is_(None), t.due_on < today, func.cardinality(t.missing) > 0)


def _summary(row: Any, today: date) -> models.PreReviewSummary:
    overdue = row.result is None and row.due_on < today and bool(row.missing)
    return models.PreReviewSummary(
        project=row.project,
        round=row.round,
        region=row.region,
        lead=row.lead,
        opened_on=row.opened_on,
        due_on=row.due_on,
        departments=row.departments,
        missing=row.missing,
        standing=row.result or ("overdue" if overdue else "open"),
        days_overdue=(today - row.due_on).days if overdue else None,
        concluded_on=row.concluded_on,
        reason=row.reason,
    )
