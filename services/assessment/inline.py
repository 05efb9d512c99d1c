"""Writes the inline tables that no feature declares yet: in a command's append transaction, and in a rebuild.

Rows depend on the events alone, so that both ways end in the same rows.
"""

from collections.abc import Sequence
from typing import assert_never

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment import tables
from services.assessment.domain.access import AccessRevoked
from services.assessment.domain.appraisal import (
    AppraisalEvent,
    AppraisalOpened,
    AwardGranted,
    RankingPublished,
    ScoredEvent,
    ScoreVerified,
    SelfAssessed,
)
from services.assessment.domain.plan import AppraisalSchemesDefined, PlanEvent, PlanPublished, RegionsDefined
from services.assessment.domain.summons import (
    ImprovementReported,
    SummonsHeld,
    SummonsIssued,
    SummonsLifted,
)
from services.assessment.domain.target import (
    TargetDecomposed,
    TargetFacts,
    TargetRevised,
    TargetSet,
    facts_of,
    facts_of_part,
)

OwnEvent = PlanEvent | AppraisalEvent | AccessRevoked


async def apply(conn: AsyncConnection, events: Sequence[OwnEvent]) -> None:
    """Writes the rows that follow from the events."""
    for event in events:
        await _apply_one(conn, event)


async def _apply_one(conn: AsyncConnection, event: OwnEvent) -> None:
    match event:
        case PlanPublished():
            row = {"plan": event.plan, "header": msgspec.to_builtins(event)}
            statement = insert(tables.plan).values(row)
            await conn.execute(
                statement.on_conflict_do_update(index_elements=["plan"], set_={"header": row["header"]})
            )
        case RegionsDefined():
            await _regions(conn, event)
        case AppraisalSchemesDefined():
            pass  # read from the plan's own history when an appraisal is opened
        case TargetSet() | TargetRevised():
            await _target(conn, facts_of(event))
        case TargetDecomposed():
            await _decomposed(conn, event)
        case AppraisalOpened() | SelfAssessed() | ScoreVerified() | RankingPublished() | AwardGranted():
            await _appraisal(conn, event)
        case SummonsIssued() | SummonsHeld() | SummonsLifted() | ImprovementReported():
            pass  # read from the appraisal's own history
        case AccessRevoked():
            pass  # needs no table here: gateways read it from the stream
        case _:
            assert_never(event)


async def _regions(conn: AsyncConnection, event: RegionsDefined) -> None:
    """All plans share one map of regions: the newest list replaces it."""
    rows = [
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
        for region in event.regions
    ]
    await conn.execute(delete(tables.region))
    await conn.execute(insert(tables.region), rows)


async def _target(conn: AsyncConnection, facts: TargetFacts) -> None:
    t = tables.target.c
    next_ordinal = (
        select(func.coalesce(func.max(t.ordinal), 0) + 1).where(t.plan == facts.plan).scalar_subquery()
    )
    row = _row(facts)
    statement = insert(tables.target).values({**row, "ordinal": next_ordinal})
    kept = {"plan", "target"}
    changed = {name: value for name, value in row.items() if name not in kept}
    await conn.execute(statement.on_conflict_do_update(index_elements=["plan", "target"], set_=changed))


async def _decomposed(conn: AsyncConnection, event: TargetDecomposed) -> None:
    t = tables.target.c
    await conn.execute(delete(tables.target).where(t.plan == event.plan, t.part_of == event.target))
    found = (
        await conn.execute(select(t.facts, t.ordinal).where(t.plan == event.plan, t.target == event.target))
    ).one()
    whole = msgspec.convert(found.facts, TargetFacts)
    rows = [
        {**_row(facts_of_part(whole, part)), "ordinal": found.ordinal, "part_of": event.target}
        for part in event.parts
    ]
    await conn.execute(insert(tables.target), rows)


def _row(facts: TargetFacts) -> dict[str, object]:
    return {
        "plan": facts.plan,
        "target": facts.target,
        "row": facts.row,
        "programme": facts.programme,
        "region": facts.region,
        "level": facts.level,
        "measure": facts.measure,
        "facts": msgspec.to_builtins(facts),
    }


async def _appraisal(conn: AsyncConnection, event: ScoredEvent) -> None:
    t = tables.appraisal.c
    changes: dict[str, object]
    match event:
        case AppraisalOpened():
            row = {
                "plan": event.plan,
                "year": event.year,
                "measure": event.scheme.measure,
                "opened_on": event.opened_on,
                "self_due_on": event.self_due_on,
                "verify_due_on": event.verify_due_on,
                "cities": len(event.cities),
                "own": [],
                "verified": [],
                "edition": 0,
            }
            await conn.execute(insert(tables.appraisal).values(row))
            return
        case SelfAssessed():
            changes = {"own": func.array_append(func.array_remove(t.own, event.region), event.region)}
        case ScoreVerified():
            changes = {
                "verified": func.array_append(func.array_remove(t.verified, event.region), event.region)
            }
        case RankingPublished():
            changes = {"edition": event.edition}
        case AwardGranted():
            return
        case _:
            assert_never(event)
    statement = update(tables.appraisal).where(t.plan == event.plan, t.year == event.year)
    await conn.execute(statement.values(changes))
