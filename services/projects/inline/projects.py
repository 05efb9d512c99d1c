"""Writes the tables of projects, of the stages they reached, and of their stays in registers."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, assert_never

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.energy_saving import EnergySavingExpected, EnergySavingVerified
from services.projects.domain.investor import Investor
from services.projects.domain.pre_review import DepartmentOpinionGiven, PreReviewConcluded, PreReviewOpened
from services.projects.domain.project import (
    AcceptanceReminded,
    ProjectChanged,
    ProjectEvent,
    ProjectRegistered,
    ProjectStageCorrected,
    ProjectStageReached,
    RegisterJoined,
    RegisterLeft,
)
from services.projects.domain.reserve import ProjectScreened, ReserveUpdated
from services.projects.domain.signing_list import SigningAudited, SigningRecommended
from services.projects.domain.stages import MILESTONES, Stage
from services.projects.inline import pre_reviews, reserve, signings


async def apply(conn: AsyncConnection, event: ProjectEvent) -> None:
    """Writes the rows that follow from the event."""
    match event:
        case ProjectRegistered():
            await registered(conn, [event])
        case ProjectChanged():
            await _changed(conn, event)
        case ProjectStageReached():
            await _stage(conn, event.project, event.status, event.on)
            await _milestone(conn, event.project, event.stage, event.on, event.amount, event.ceremony)
            await signings.signed(conn, event)
        case ProjectStageCorrected():
            await _corrected(conn, event)
        case RegisterJoined():
            row = {"project": event.project, "register": event.register, "valid_from": event.valid_from}
            await conn.execute(insert(tables.project_register).values(**row))
        case RegisterLeft():
            await _left(conn, event)
        case PreReviewOpened() | DepartmentOpinionGiven() | PreReviewConcluded():
            await pre_reviews.apply(conn, event)
        case SigningRecommended() | SigningAudited():
            await signings.apply(conn, event)
        case AcceptanceReminded():
            await _reminded(conn, event)
        case ReserveUpdated() | ProjectScreened():
            await reserve.apply(conn, event)
        case EnergySavingExpected():
            await _changes(conn, event.project, saving_expected=event.tce)
        case EnergySavingVerified():
            await _changes(conn, event.project, saving_verified=event.tce)
        case _:
            assert_never(event)


async def _changes(conn: AsyncConnection, project: str, **changes: Any) -> None:
    table = tables.project
    await conn.execute(update(table).where(table.c.project == project).values(**changes))


async def registered(conn: AsyncConnection, events: Sequence[ProjectRegistered]) -> None:
    """Write new projects, and the registers that they are in from the beginning."""
    await conn.execute(insert(tables.project), [_row(event) for event in events])
    stays = [
        {
            "project": event.project,
            "register": member.register,
            "valid_from": member.valid_from,
            "valid_to": member.valid_to,
        }
        for event in events
        for member in event.registers
    ]
    if stays:
        await conn.execute(insert(tables.project_register), stays)


def _row(event: ProjectRegistered) -> dict[str, Any]:
    return {
        "project": event.project,
        "name": event.name,
        "region": event.region,
        "enterprise": event.enterprise,
        "enterprise_name": event.enterprise_name,
        "industry": event.industry,
        "total_investment": event.total_investment,
        "equipment_investment": event.equipment_investment,
        "programmes": list(event.programmes),
        "stage": Stage.PLANNED.value,
        "stage_on": event.planned_on,
        "registered_on": event.registered_on,
        "tags": list(event.tags),
        "focus_sector": event.focus_sector,
        "bank_loan": event.bank_loan,
        "version": 1,
        **_investor(event.investor),
    }


async def _changed(conn: AsyncConnection, event: ProjectChanged) -> None:
    await conn.execute(
        update(tables.project)
        .where(tables.project.c.project == event.project)
        .values(
            name=event.name,
            enterprise=event.enterprise,
            enterprise_name=event.enterprise_name,
            industry=event.industry,
            total_investment=event.total_investment,
            equipment_investment=event.equipment_investment,
            programmes=list(event.programmes),
            tags=list(event.tags),
            focus_sector=event.focus_sector,
            bank_loan=event.bank_loan,
            version=event.version,
            **_investor(event.investor),
        )
    )


def _investor(investor: Investor | None) -> dict[str, Any]:
    return {
        "investor_kind": investor and investor.kind.value,
        "investor_name": investor and investor.name,
        "investor_categories": investor and [each.value for each in investor.categories],
        "investor_origin": investor and investor.origin,
        "investor_eastern": investor and investor.eastern,
    }


async def _corrected(conn: AsyncConnection, event: ProjectStageCorrected) -> None:
    await _stage(conn, event.project, event.status, event.status_on)
    t = tables.project_milestone.c
    await conn.execute(
        delete(tables.project_milestone).where(t.project == event.project, t.stage == event.wrong_stage.value)
    )
    await signings.unsigned(conn, event)
    if event.stage is not None:
        await _milestone(conn, event.project, event.stage, event.on, event.amount, event.ceremony)
        await signings.signed(conn, event)


async def _milestone(
    conn: AsyncConnection,
    project: str,
    stage: Stage,
    on: date | None,
    amount: Decimal | None,
    ceremony: str | None,
) -> None:
    """Writes the day on which the project reached a milestone; counts over a span of days read these rows."""
    if stage not in MILESTONES:
        return
    row = {"project": project, "stage": stage.value, "on_day": on, "amount": amount, "ceremony": ceremony}
    await conn.execute(insert(tables.project_milestone).values(**row))


async def _reminded(conn: AsyncConnection, event: AcceptanceReminded) -> None:
    await conn.execute(
        update(tables.project)
        .where(tables.project.c.project == event.project)
        .values(acceptance_due_on=event.due_on, reminders=event.number, reminded_on=event.on)
    )


async def _stage(conn: AsyncConnection, project: str, stage: Stage, on: Any) -> None:
    await conn.execute(
        update(tables.project)
        .where(tables.project.c.project == project)
        .values(stage=stage.value, stage_on=on)
    )


async def _left(conn: AsyncConnection, event: RegisterLeft) -> None:
    t = tables.project_register.c
    await conn.execute(
        update(tables.project_register)
        .where(t.project == event.project, t.register == event.register, t.valid_from == event.valid_from)
        .values(valid_to=event.valid_to)
    )
