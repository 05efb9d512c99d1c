"""Questions about cohorts of contract years."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, literal, select
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
    async with app.engine.connect() as conn:
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


async def count_projects(app: App, call: Call, body: models.CountProjects) -> models.ProjectCounts:
    """Counts of projects and of what they reached in a span, as of one position of the log."""
    project = tables.project.c
    async with app.engine.connect() as conn:
        await conn.execution_options(isolation_level="REPEATABLE READ")
        position = (await app.log.head(conn)).position
        tree = await reference.area_tree(conn)
        chosen = (
            select(project.project, project.total_investment)
            .where(*_filters(body), *visible.conditions(call.actor, tree, project, body.region))
            .cte("chosen")
        )
        total = (
            await conn.execute(
                select(func.count(), func.coalesce(func.sum(chosen.c.total_investment), 0)).select_from(
                    chosen
                )
            )
        ).one()
        row = (await conn.execute(_reached_in_span(chosen, body))).one()
    return models.ProjectCounts(
        first_day=body.first_day,
        last_day=body.last_day,
        projects=total[0],
        total_investment=total[1],
        position=position,
        **row._mapping,
    )


def _reached_in_span(chosen: Any, body: models.CountProjects) -> Select[Any]:
    t = tables.project_milestone.c

    def count(*stages: Stage) -> Any:
        return func.count(t.project.distinct()).filter(t.stage.in_([stage.value for stage in stages]))

    contracts = func.sum(t.amount).filter(t.stage == Stage.CONTRACT_SIGNED.value)
    return (
        select(
            count(Stage.CONTRACT_SIGNED).label("contracts"),
            func.coalesce(contracts, literal(0)).label("contract_amount"),
            count(Stage.STARTED).label("started"),
            count(Stage.PARTLY_PRODUCING).label("partly_producing"),
            count(Stage.PRODUCING).label("producing"),
            count(Stage.STARTED, Stage.PRODUCING).label("started_or_producing"),
            count(Stage.ACCEPTED).label("accepted"),
            count(Stage.TERMINATED).label("terminated"),
        )
        .select_from(tables.project_milestone)
        .join(chosen, chosen.c.project == t.project)
        .where(t.on_day.between(body.first_day, body.last_day))
    )


def _filters(body: models.CountProjects) -> list[Any]:
    project = tables.project.c
    found: list[Any] = []
    if body.programme:
        found.append(project.programmes.contains([body.programme]))
    if body.tag:
        found.append(project.tags.contains([body.tag]))
    if body.investor_kind:
        found.append(project.investor_kind == body.investor_kind.value)
    if body.category:
        found.append(project.investor_categories.contains([body.category.value]))
    if body.focus_sector:
        found.append(project.focus_sector == body.focus_sector.value)
    if body.eastern is not None:
        found.append(project.investor_eastern == body.eastern)
    if body.register_:
        stay = tables.project_register.c
        found.append(
            select(stay.project)
            .where(
                stay.project == project.project,
                stay.register == body.register_,
                stay.valid_from <= body.last_day,
                func.coalesce(stay.valid_to, body.last_day) >= body.first_day,
            )
            .exists()
        )
    return found
