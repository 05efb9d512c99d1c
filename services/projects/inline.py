"""Keeps the inline tables: in the append transaction of a command, and in a rebuild from the log.

Only what stands in the events goes into the tables, so that both ways end in the same rows.
"""

from collections.abc import Sequence
from typing import Any, assert_never

import msgspec
from sqlalchemy import delete, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.monthly_report import (
    MonthlyReportCorrected,
    MonthlyReportEvent,
    MonthlyReportFiled,
)
from services.projects.domain.plan import (
    DutiesLoaded,
    PlanEvent,
    ProgrammesLoaded,
    RegionsLoaded,
    RegistersLoaded,
)
from services.projects.domain.project import (
    ProjectEvent,
    ProjectRegistered,
    ProjectStageCorrected,
    ProjectStageReached,
    RegisterJoined,
    RegisterLeft,
)
from services.projects.domain.stages import Stage
from services.projects.events import CATALOGUE
from shared.event_log import EventLog

_BATCH = 1000
OwnEvent = ProjectEvent | MonthlyReportEvent | PlanEvent


async def apply(conn: AsyncConnection, events: Sequence[OwnEvent]) -> None:
    """Write what the events mean into the tables."""
    for event in events:
        await _apply_one(conn, event)


async def rebuild_inline(conn: AsyncConnection, log: EventLog) -> int:
    """Make all inline tables anew from the own log, in one transaction. Answers how many events were read.

    Commands wait meanwhile: they write these tables before they append, so the lock keeps both in step.
    """
    names = ", ".join(table.name for table in tables.INLINE)
    await conn.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    for table in reversed(tables.INLINE):
        await conn.execute(delete(table))
    position = 0
    while batch := await log.read(conn, position, _BATCH):
        await apply(conn, [CATALOGUE.decode(event) for event in batch])
        position = batch[-1].position
    return position


async def _apply_one(conn: AsyncConnection, event: OwnEvent) -> None:
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
        case MonthlyReportFiled():
            await _filed(conn, event)
        case MonthlyReportCorrected():
            await _corrected(conn, event)
        case RegionsLoaded() | ProgrammesLoaded() | RegistersLoaded() | DutiesLoaded():
            await _plan(conn, event)
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


async def _filed(conn: AsyncConnection, event: MonthlyReportFiled) -> None:
    await conn.execute(
        insert(tables.monthly_report).values(
            region=event.region,
            month=event.month,
            investment=event.investment,
            projects=len(event.projects),
            due_on=event.due_on,
            reported_on=event.reported_on,
            late=event.late,
            corrections=0,
            last_reported_on=event.reported_on,
        )
    )


async def _corrected(conn: AsyncConnection, event: MonthlyReportCorrected) -> None:
    t = tables.monthly_report.c
    await conn.execute(
        update(tables.monthly_report)
        .where(t.region == event.region, t.month == event.month)
        .values(
            investment=event.investment,
            projects=len(event.projects),
            corrections=t.corrections + 1,
            last_reported_on=event.reported_on,
        )
    )


async def _plan(conn: AsyncConnection, event: PlanEvent) -> None:
    """A part of a plan replaces what was there of it. Regions are one map for all plans: the newest rules."""
    match event:
        case RegionsLoaded():
            await conn.execute(delete(tables.region))
            rows = [
                {
                    "code": region.code,
                    "name": region.name,
                    "level": region.level,
                    "parent": region.parent,
                    "administered": region.administered,
                    "valid_from": region.valid_from,
                    "valid_to": region.valid_to,
                    "relations": msgspec.to_builtins(region.relations),
                }
                for region in event.regions
            ]
            await conn.execute(insert(tables.region), rows)
        case ProgrammesLoaded():
            await conn.execute(delete(tables.programme).where(tables.programme.c.plan == event.plan))
            programmes = [{"plan": event.plan, **msgspec.to_builtins(each)} for each in event.programmes]
            await conn.execute(insert(tables.programme), programmes)
        case RegistersLoaded():
            await conn.execute(delete(tables.register).where(tables.register.c.plan == event.plan))
            registers = [{"plan": event.plan, **msgspec.to_builtins(each)} for each in event.registers]
            await conn.execute(insert(tables.register), registers)
        case DutiesLoaded():
            await conn.execute(delete(tables.duty).where(tables.duty.c.plan == event.plan))
            duties = [
                {"plan": event.plan, "duty": each.duty, "duty_data": msgspec.to_builtins(each)}
                for each in event.duties
            ]
            await conn.execute(insert(tables.duty), duties)
        case _:
            assert_never(event)
