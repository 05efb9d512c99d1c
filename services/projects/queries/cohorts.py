"""Questions about cohorts of contract years."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, tables
from services.projects.app.context import App
from services.projects.domain.cohort import Standing, cohort_id, start_rate
from services.projects.domain.stages import Stage
from services.projects.models import cohorts as models
from services.projects.queries import visible
from shared.rpc import Call

STARTED = [Stage.STARTED.value, Stage.PARTLY_PRODUCING.value, Stage.PRODUCING.value]


async def get_cohort(app: App, call: Call, body: models.GetCohort) -> models.CohortView:
    """A cohort with its start rate as of a day: its closed members, or while it is open those of today."""
    on = body.on or app.today()
    cohort = cohort_id(body.investor_kind, body.year)
    async with app.snapshots.connect() as conn:
        closed = (
            await conn.execute(select(tables.cohort).where(tables.cohort.c.cohort == cohort))
        ).one_or_none()
        members = _closed(cohort) if closed else open_members(body.investor_kind, body.year)
        tree = await reference.area_tree(conn)
        source = members.subquery()
        narrowed = select(source).where(*visible.conditions(call.actor, tree, source.c, body.region))
        rows = (await conn.execute(narrowed)).all()
        reached = await _reached(conn, narrowed, on)
        missed = tables.cohort_late.c
        late = (
            select(func.count())
            .select_from(tables.cohort_late)
            .where(missed.cohort == cohort, *visible.conditions(call.actor, tree, missed, body.region))
        )
        late_contracts = (await conn.execute(late)).scalar_one()
    rate = start_rate(
        Standing(
            started=any((row.project, stage) in reached for stage in STARTED),
            exited=(row.project, Stage.TRACKING_ENDED.value) in reached,
            formally_ended=(row.project, Stage.FORMALLY_ENDED.value) in reached,
        )
        for row in rows
    )
    return models.CohortView(
        cohort=cohort,
        investor_kind=body.investor_kind,
        year=body.year,
        as_of=on,
        closed_on=closed.closed_on if closed else None,
        members=rate.members,
        formally_ended=rate.formally_ended,
        counted=rate.counted,
        started=rate.started,
        exits=rate.exits,
        start_rate_percent=rate.percent,
        contracts=sum((row.amount for row in rows if row.amount is not None), Decimal(0)),
        late_contracts=late_contracts,
    )


def _closed(cohort: str) -> Select[Any]:
    t = tables.cohort_member.c
    return select(t.project, t.region, t.amount).where(t.cohort == cohort)


def open_members(kind: str, year: int) -> Select[Any]:
    """The projects with a contract of that year and kind of investor, as they are known now."""
    project, contract = tables.project.c, tables.project_milestone.c
    return (
        select(project.project, project.region, contract.on_day.label("contracted_on"), contract.amount)
        .join(tables.project_milestone, contract.project == project.project)
        .where(
            contract.stage == Stage.CONTRACT_SIGNED.value,
            contract.on_day.between(date(year, 1, 1), date(year, 12, 31)),
            project.investor_kind == kind,
        )
    )


async def _reached(conn: AsyncConnection, members: Select[Any], on: date) -> set[tuple[str, str]]:
    """(project, stage) of what the members reached until that day."""
    t, inner = tables.project_milestone.c, members.subquery()
    stages = [*STARTED, Stage.TRACKING_ENDED.value, Stage.FORMALLY_ENDED.value]
    rows = await conn.execute(
        select(t.project, t.stage)
        .join(inner, inner.c.project == t.project)
        .where(t.stage.in_(stages), t.on_day <= on)
    )
    return {(row.project, row.stage) for row in rows}
