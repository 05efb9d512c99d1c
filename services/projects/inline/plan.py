"""Writes the tables of a plan's parts."""

from collections.abc import Callable, Sequence
from typing import Any, assert_never

import msgspec
from sqlalchemy import Row, Table, and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.plan import (
    DutiesLoaded,
    PlanEvent,
    ProgrammesLoaded,
    RegionsLoaded,
    Register,
    RegistersLoaded,
    RulesLoaded,
    TagsLoaded,
)
from services.projects.domain.plan_loading import displaces
from services.projects.domain.rules import Rule
from services.projects.domain.tags import Tag


async def apply(conn: AsyncConnection, event: PlanEvent) -> None:
    """Replaces the plan's rows of a part, and deletes conflicting rows of other plans (`displaces`).

    All plans share one map of regions: the newest replaces it.
    """
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
            await _displace(conn, tables.register, event.registers, _register)
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
            await _displace(conn, tables.rule, event.rules, _rule)
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
            await _displace(conn, tables.tag, event.tags, _tag)
            tags = [{"plan": event.plan, **msgspec.to_builtins(each)} for each in event.tags]
            await conn.execute(insert(tables.tag), tags)
        case _:
            assert_never(event)


async def _displace(
    conn: AsyncConnection, table: Table, new: Sequence[object], read: Callable[[Row[Any]], object]
) -> None:
    """Deletes the rows of other plans that conflict with the new ones; the plan's own are deleted already."""
    for row in (await conn.execute(select(table))).all():
        old = read(row)
        if any(displaces(old, each) for each in new):
            key = [column == row._mapping[column.name] for column in table.primary_key.columns]
            await conn.execute(delete(table).where(and_(*key)))


def _register(row: Row[Any]) -> Register:
    return Register(row.register, row.name, row.term, row.level)


def _rule(row: Row[Any]) -> Rule:
    return msgspec.convert(row.rule_data, Rule)


def _tag(row: Row[Any]) -> Tag:
    return Tag(row.tag, row.programme, row.name, row.term, tuple(row.rows), row.parent)
