"""A loaded plan as an answer, and its parts as rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from pydantic import Field
from sqlalchemy import JSON, Boolean, Column, Date, Row, Table, Text, and_, delete, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.duty import Duty
from services.projects.common.models import Answer
from services.projects.common.rules import Rule
from services.projects.common.tables import metadata
from services.projects.common.tags import Tag
from services.projects.plan.decisions.commands import LoadPlan
from services.projects.plan.facts import (
    DutiesLoaded,
    LoadedPlan,
    PlanEvent,
    Programme,
    ProgrammesLoaded,
    RegionsLoaded,
    Register,
    RegistersLoaded,
    RulesLoaded,
    TagsLoaded,
    displaces,
)
from shared.feature import Done
from shared.kept import Kept, Written, as_json


class PlanView(Answer):
    """What is loaded now."""

    plan: str
    regions: int
    programmes: int
    registers: int
    duties: int
    rules: int
    tags: int
    changed: list[str] = Field(description="the parts that this call changed")


REGION = Table(
    "region",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text),
    Column("level", Text),
    Column("parent", Text),
    Column("administered", Boolean),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("relations", JSON),
)
PROGRAMME = Table(
    "programme",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text),
)
REGISTER = Table(
    "register",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("name", Text),
    Column("term", Text),
    Column("level", Text),
)
DUTY = Table(
    "duty",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("duty", Text, primary_key=True),
    Column("duty_data", JSON),
)
RULE = Table(
    "rule",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("rule_data", JSON),
)
TAG = Table(
    "tag",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("programme", Text),
    Column("name", Text),
    Column("term", Text),
    Column("rows", ARRAY(Text)),
    Column("parent", Text),
)


def _programmes(state: LoadedPlan) -> Mapping[str, tuple[str, Programme]]:
    loaded = state.parts.get(ProgrammesLoaded)
    if not isinstance(loaded, ProgrammesLoaded):
        return {}
    return {each.code: (loaded.plan, each) for each in loaded.programmes}


def _duties(state: LoadedPlan) -> Mapping[str, Duty]:
    loaded = state.parts.get(DutiesLoaded)
    return {each.duty: each for each in loaded.duties} if isinstance(loaded, DutiesLoaded) else {}


KEPT: tuple[Kept[LoadedPlan, Any], ...] = (
    Kept(PROGRAMME, _programmes, lambda part: {"plan": part[0], **as_json(part[1])}),
    Kept(DUTY, _duties, lambda duty: {"plan": duty.plan, "duty": duty.duty, "duty_data": as_json(duty)}),
)


async def _write(conn: AsyncConnection, changes: Sequence[tuple[LoadedPlan, LoadedPlan]]) -> None:
    """Writes each part that a plan has loaded since, one load after the other."""
    for before, after in changes:
        for kind, event in after.parts.items():
            if before.parts.get(kind) is not event:
                await _replace(conn, event)


async def _replace(conn: AsyncConnection, event: PlanEvent) -> None:
    """Replaces the plan's rows of a part, and deletes conflicting rows of other plans (`displaces`).

    All plans share one map of regions: the newest replaces it.
    """
    match event:
        case RegionsLoaded():
            await conn.execute(delete(REGION))
            rows = [
                {
                    "code": region.code,
                    "name": region.name,
                    "level": region.level,
                    "parent": region.parent,
                    "administered": region.administered,
                    "valid_from": region.valid_from,
                    "valid_to": region.valid_to,
                    "relations": as_json(region.relations),
                }
                for region in event.regions
            ]
            await conn.execute(insert(REGION), rows)
        case RegistersLoaded():
            await _displace(conn, REGISTER, event.plan, event.registers, _register)
            registers = [{"plan": event.plan, **as_json(each)} for each in event.registers]
            await conn.execute(insert(REGISTER), registers)
        case RulesLoaded():
            await _displace(conn, RULE, event.plan, event.rules, _rule)
            rules = [
                {
                    "plan": event.plan,
                    "rule": each.rule,
                    "valid_from": each.valid_from,
                    "rule_data": as_json(each),
                }
                for each in event.rules
            ]
            await conn.execute(insert(RULE), rules)
        case TagsLoaded():
            await _displace(conn, TAG, event.plan, event.tags, _tag)
            tags = [{"plan": event.plan, **as_json(each)} for each in event.tags]
            await conn.execute(insert(TAG), tags)


WRITTEN = Written(
    (REGION, REGISTER, RULE, TAG),
    _write,
    because="a load takes away what other plans have otherwise: the rows are of the order of all plans' loads",
)


async def _displace(
    conn: AsyncConnection, table: Table, plan: str, new: Sequence[object], read: Callable[[Row[Any]], object]
) -> None:
    """Deletes the plan's own rows, and those of other plans that conflict with the new ones."""
    await conn.execute(delete(table).where(table.c.plan == plan))
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


def view(plan: str, state: LoadedPlan, events: Sequence[PlanEvent]) -> PlanView:
    """How much of each part is loaded, and which parts the events changed."""
    counts = {"regions": 0, "programmes": 0, "registers": 0, "duties": 0, "rules": 0, "tags": 0}
    for part in state.parts.values():
        name, items = _part(part)
        counts[name] = len(items)
    return PlanView(plan=plan, **counts, changed=[_part(event)[0] for event in events])


def answer(done: Done[LoadedPlan, LoadPlan]) -> PlanView:
    """The answer to a load."""
    return view(done.command.plan, done.state, done.events)


def _part(event: PlanEvent) -> tuple[str, Sequence[Any]]:
    match event:
        case RegionsLoaded():
            return "regions", event.regions
        case ProgrammesLoaded():
            return "programmes", event.programmes
        case RegistersLoaded():
            return "registers", event.registers
        case DutiesLoaded():
            return "duties", event.duties
        case RulesLoaded():
            return "rules", event.rules
        case TagsLoaded():
            return "tags", event.tags
