"""A load as it is answered; the map of regions and the dated rules that are in force, as rows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import msgspec
from sqlalchemy import Boolean, Column, Date, Table, Text, delete, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.common.models import Answer
from services.energy.common.tables import metadata
from services.energy.plan.decisions import LoadPlan
from services.energy.plan.facts import STREAMS, PlanEvent, Reference, RegionsLoaded
from services.energy.plan.parts import KEY_USER_RULES, MONITORING_RULES, standing
from shared.catalogue import Catalogue
from shared.clock import SystemClock
from shared.event_log import EventLog
from shared.feature import Done
from shared.kept import Written

REGION = Table(
    "region",
    metadata,
    Column("code", Text, primary_key=True),
    Column("plan", Text),
    Column("name", Text),
    Column("level", Text),
    Column("parent", Text),
    Column("administered", Boolean),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("relations", JSONB),
)
RULE = Table(
    "energy_rule",
    metadata,
    Column("plan", Text),
    Column("rule", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("content", JSONB),
)
_LOG = EventLog(SystemClock())
"""Only read from: no event takes its time from this clock."""
_EVENTS = Catalogue("energy", get_args(PlanEvent))
"""Of this feature's streams; that of the service is made of its features."""


class PlanLoaded(Answer):
    """What the plan holds now, and the events that this load led to (none: nothing differed)."""

    plan: str
    regions: int
    coefficients: int
    key_user_rules: int
    monitoring_rules: int
    changed: list[str]


def regions(history: Iterable[PlanEvent]) -> Sequence[Mapping[str, Any]]:
    """The newest map, of whatever plan."""
    newest = [event for event in history if isinstance(event, RegionsLoaded)][-1:]
    return [
        {
            "code": region.code,
            "plan": event.plan,
            "name": region.name,
            "level": region.level,
            "parent": region.parent,
            "administered": region.administered,
            "valid_from": region.valid_from,
            "valid_to": region.valid_to,
            "relations": msgspec.to_builtins(region.relations),
        }
        for event in newest
        for region in event.regions
    ]


def rules(history: Sequence[PlanEvent]) -> Sequence[Mapping[str, Any]]:
    """The dated rules that none loaded later has displaced; of the same one of two plans, that of the later."""
    found = {
        (name, rule.valid_from): {
            "plan": plan,
            "rule": name,
            "valid_from": rule.valid_from,
            "valid_to": rule.valid_to,
            "content": msgspec.to_builtins(rule),
        }
        for name, part in (("key_user", KEY_USER_RULES), ("monitoring", MONITORING_RULES))
        for (plan, _), rule in standing(history, part).items()
    }
    return list(found.values())


async def _in_force(conn: AsyncConnection, changes: Sequence[tuple[Reference, Reference]]) -> None:
    """What a command loads is not in the log yet, and counts as its end; in a rebuild all of it is."""
    history: list[PlanEvent] = [_EVENTS.decode(each) for each in await _LOG.of_streams(conn, STREAMS)]
    there = Counter(event.plan for event in history)
    for _, after in changes:
        history += after.loaded[there[after.loaded[0].plan] :]
    for table, rows in ((REGION, regions(history)), (RULE, rules(history))):
        await conn.execute(delete(table))
        if rows:
            await conn.execute(insert(table), [dict(row) for row in rows])


IN_FORCE: Written[Reference] = Written(
    (REGION, RULE),
    _in_force,
    because="plans share one map and displace each other's rules: in the log's order",
)


def loaded(plan: str, state: Reference, events: Sequence[PlanEvent]) -> PlanLoaded:
    """What the plan holds after these events."""
    return PlanLoaded(
        plan=plan,
        regions=len(state.regions),
        coefficients=len(state.coefficients),
        key_user_rules=len(state.key_user_rules),
        monitoring_rules=len(state.monitoring_rules),
        changed=[type(event).__name__ for event in events],
    )


def answer(done: Done[Reference, LoadPlan]) -> PlanLoaded:
    """The answer to a load."""
    return loaded(done.command.plan, done.state, done.events)
