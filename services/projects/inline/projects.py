"""Projects and their stays in registers."""

from typing import Any, assert_never

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.project import (
    ProjectEvent,
    ProjectRegistered,
    ProjectStageCorrected,
    ProjectStageReached,
    RegisterJoined,
    RegisterLeft,
)
from services.projects.domain.stages import Stage


async def apply(conn: AsyncConnection, event: ProjectEvent) -> None:
    """Write what the event means into the tables."""
    match event:
        case ProjectRegistered():
            await _registered(conn, event)
        case ProjectStageReached():
            await _stage(conn, event.project, event.status, event.on)
        case ProjectStageCorrected():
            await _stage(conn, event.project, event.status, event.status_on)
        case RegisterJoined():
            row = {"project": event.project, "register": event.register, "valid_from": event.valid_from}
            await conn.execute(insert(tables.project_register).values(**row))
        case RegisterLeft():
            await _left(conn, event)
        case _:
            assert_never(event)


async def _registered(conn: AsyncConnection, event: ProjectRegistered) -> None:
    await conn.execute(
        insert(tables.project).values(
            project=event.project,
            name=event.name,
            region=event.region,
            enterprise=event.enterprise,
            enterprise_name=event.enterprise_name,
            industry=event.industry,
            total_investment=event.total_investment,
            equipment_investment=event.equipment_investment,
            programmes=list(event.programmes),
            stage=Stage.PLANNED.value,
            stage_on=event.planned_on,
            registered_on=event.registered_on,
        )
    )
    if event.registers:
        rows = [
            {
                "project": event.project,
                "register": member.register,
                "valid_from": member.valid_from,
                "valid_to": member.valid_to,
            }
            for member in event.registers
        ]
        await conn.execute(insert(tables.project_register), rows)


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
