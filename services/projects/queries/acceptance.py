"""Query: acceptance of a register's built projects (TR-14)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select, tuple_

from services.projects import reference, tables
from services.projects.app.context import App
from services.projects.domain.project_commands import AcceptanceRule
from services.projects.domain.stages import Stage
from services.projects.models import acceptance as models
from services.projects.queries import paging, visible
from shared.rpc import Call


async def register_acceptance(app: App, call: Call, body: models.RegisterAcceptance) -> models.AcceptanceView:
    """The register's counts today, and a page of what awaits acceptance in order of production."""
    today = app.today()
    project, stay, built = tables.project.c, tables.project_register.c, tables.project_milestone.c
    async with app.snapshots.connect() as conn:
        rule = await reference.parameters(conn, "acceptance", today, AcceptanceRule)
        tree = await reference.area_tree(conn)
        inside = (
            select(stay.project)
            .where(
                stay.project == project.project,
                stay.register == body.register_,
                stay.valid_from <= today,
                or_(stay.valid_to.is_(None), stay.valid_to >= today),
            )
            .exists()
        )
        own = [inside, *visible.conditions(call.actor, tree, project, body.region)]
        latest = today - timedelta(days=rule.due_days)
        counts = (await conn.execute(_counts(latest).where(*own))).one()
        query = (
            select(tables.project, built.on_day.label("producing_on"))
            .join(tables.project_milestone, built.project == project.project)
            .where(built.stage == Stage.PRODUCING.value, project.stage == Stage.PRODUCING.value, *own)
        )
        if body.cursor:
            query = query.where(tuple_(built.on_day, project.project) > paging.read_day(body.cursor))
        query = query.order_by(built.on_day, project.project).limit(body.limit + 1)
        rows = (await conn.execute(query)).all()
    page = rows[: body.limit]
    return models.AcceptanceView(
        register_=body.register_,
        as_of=today,
        **counts._mapping,
        items=[_item(row, rule, today) for row in page],
        next_cursor=paging.cursor(page[-1].producing_on.isoformat(), page[-1].project)
        if len(rows) > body.limit
        else None,
    )


def _counts(latest: date) -> Any:
    project, built = tables.project.c, tables.project_milestone.c

    def count(*stages: Stage) -> Any:
        return func.count().filter(project.stage.in_([stage.value for stage in stages]))

    overdue = func.count().filter(project.stage == Stage.PRODUCING.value, built.on_day < latest)
    return (
        select(
            func.count().label("projects"),
            func.coalesce(func.sum(project.total_investment), 0).label("total_investment"),
            count(Stage.STARTED, Stage.PARTLY_PRODUCING).label("under_construction"),
            count(Stage.PRODUCING).label("awaiting"),
            count(Stage.ACCEPTED).label("accepted"),
            overdue.label("overdue"),
        )
        .select_from(tables.project)
        .outerjoin(
            tables.project_milestone,
            (built.project == project.project) & (built.stage == Stage.PRODUCING.value),
        )
    )


def _item(row: Any, rule: AcceptanceRule, today: date) -> models.AwaitingAcceptance:
    due = row.producing_on + timedelta(days=rule.due_days)
    return models.AwaitingAcceptance(
        project=row.project,
        name=row.name,
        region=row.region,
        total_investment=row.total_investment,
        stage=row.stage,
        producing_on=row.producing_on,
        due_on=due,
        days_overdue=(today - due).days if today > due else None,
        reminders=row.reminders,
        reminded_on=row.reminded_on,
    )
