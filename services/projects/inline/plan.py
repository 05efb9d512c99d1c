"""The parts of a plan."""

from typing import assert_never

import msgspec
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.plan import (
    DutiesLoaded,
    PlanEvent,
    ProgrammesLoaded,
    RegionsLoaded,
    RegistersLoaded,
    RulesLoaded,
    TagsLoaded,
)


async def apply(conn: AsyncConnection, event: PlanEvent) -> None:
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
        case RulesLoaded():
            await conn.execute(delete(tables.rule).where(tables.rule.c.plan == event.plan))
            rules = [
                {
                    "plan": event.plan,
                    "rule": r.rule,
                    "valid_from": r.valid_from,
                    "rule_data": msgspec.to_builtins(r),
                }
                for r in event.rules
            ]
            await conn.execute(insert(tables.rule), rules)
        case TagsLoaded():
            await conn.execute(delete(tables.tag).where(tables.tag.c.plan == event.plan))
            tags = [{"plan": event.plan, **msgspec.to_builtins(each)} for each in event.tags]
            await conn.execute(insert(tables.tag), tags)
        case _:
            assert_never(event)
