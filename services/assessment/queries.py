"""Answers queries from the inline tables; histories come from the event log, which records who and when."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.assessment import access, events, paging, tables, views
from services.assessment.domain.plan import PlanPublished
from services.assessment.domain.target import TargetDecomposed, TargetFacts, TargetRevised, TargetSet
from services.assessment.regions import area_tree, regions
from shared.areas import AreaTree
from shared.event_log import Event, EventLog
from shared.identity import Actor
from shared.problems import not_found
from shared.snapshots import snapshots
from shared.unknown_region import unknown_region

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFilter:
    """None: any. `row` "TR-6" takes TR-6a to TR-6i too; `measure` "none": targets that nothing measures yet."""

    plan: str | None = None
    programme: str | None = None
    region: str | None = None
    row: str | None = None
    measure: str | None = None
    part_of: str | None = None


class Queries:
    """The queries about plans, targets and regions. Each returns only what the actor's scope allows."""

    def __init__(self, engine: AsyncEngine, log: EventLog) -> None:
        self._snapshots = snapshots(engine)
        self._log = log

    async def list_plans(self) -> Json:
        async with self._snapshots.connect() as conn:
            rows = await conn.execute(select(tables.plan).order_by(tables.plan.c.plan))
            return {"items": [await self._plan(conn, row.plan, row.header) for row in rows]}

    async def get_plan(self, plan: str) -> Json:
        """Raises Problem 404."""
        async with self._snapshots.connect() as conn:
            statement = select(tables.plan.c.header).where(tables.plan.c.plan == plan)
            header = (await conn.execute(statement)).scalar_one_or_none()
            if header is None:
                raise not_found("plan", plan, remedy="List the plans.")
            return await self._plan(conn, plan, header)

    async def _plan(self, conn: AsyncConnection, plan: str, header: Json) -> Json:
        t = tables.target.c
        rows = await conn.execute(
            select(t.programme, func.count().label("n"), func.count(t.measure).label("measured"))
            .where(t.plan == plan, t.part_of.is_(None))
            .group_by(t.programme)
        )
        counts = {row.programme: (row.n, row.measured) for row in rows}
        published = msgspec.convert(header, PlanPublished)
        return {
            "plan": plan,
            "title": published.title,
            "issuer": published.issuer,
            "issued_on": published.issued_on.isoformat(),
            "year": published.year,
            "source": published.source,
            "programmes": [
                {
                    "code": programme.code,
                    "name": programme.name,
                    "targets": counts.get(programme.code, (0, 0))[0],
                    "measured": counts.get(programme.code, (0, 0))[1],
                }
                for programme in published.programmes
            ],
        }

    async def list_targets(self, actor: Actor, wanted: TargetFilter, cursor: str | None, limit: int) -> Json:
        """One page in the order of the plan; a county's part follows the decomposed target."""
        t = tables.target.c
        statement = select(t.plan, t.ordinal, t.target, t.facts).order_by(t.plan, t.ordinal, t.target)
        for column, value in (
            (t.plan, wanted.plan),
            (t.programme, wanted.programme),
            (t.region, wanted.region),
            (t.part_of, wanted.part_of),
        ):
            if value is not None:
                statement = statement.where(column == value)
        if wanted.row is not None:
            statement = statement.where(
                or_(t.row == wanted.row, func.regexp_replace(t.row, "[a-z]$", "") == wanted.row)
            )
        if wanted.measure is not None:
            condition = t.measure.is_(None) if wanted.measure == "none" else t.measure == wanted.measure
            statement = statement.where(condition)
        if cursor is not None:
            key = paging.decode(cursor, (str, int, str))
            statement = statement.where(tuple_(t.plan, t.ordinal, t.target) > tuple_(*key))
        async with self._snapshots.connect() as conn:
            tree = await area_tree(conn)
            statement = access.within(statement, t.region, actor, tree, wanted.region)
            rows = (await conn.execute(statement.limit(limit + 1))).all()
        return {
            "items": [views.target(msgspec.convert(row.facts, TargetFacts)) for row in rows[:limit]],
            "next_cursor": paging.encode((rows[limit - 1][0], rows[limit - 1][1], rows[limit - 1][2]))
            if len(rows) > limit
            else None,
        }

    async def get_target(self, actor: Actor, plan: str, target: str) -> Json:
        """A target, its parts and its history. Raises Problem 404, also for what isn't the actor's to see."""
        t = tables.target.c
        async with self._snapshots.connect() as conn:
            tree = await area_tree(conn)
            statement = select(t.facts).where(t.plan == plan, t.target == target)
            found = (await conn.execute(statement)).scalar_one_or_none()
            facts = None if found is None else msgspec.convert(found, TargetFacts)
            visible = access.visible_regions(actor, tree)
            if facts is None or (visible is not None and facts.region not in visible):
                raise not_found("target", target, remedy="List the plan's targets.")
            parts = await conn.execute(
                select(t.facts).where(t.plan == plan, t.part_of == target).order_by(t.target)
            )
            history = await self._log.load(conn, events.plan_stream(plan))
        parts_now = [msgspec.convert(row.facts, TargetFacts) for row in parts]
        return {
            **views.target_with_parts(facts, parts_now),
            "history": [entry for event in history if (entry := _entry(event, target)) is not None],
        }

    async def list_regions(
        self, level: str | None, parent: str | None, on: date | None, cursor: str | None, limit: int
    ) -> Json:
        """Regions by code, readable by every role: the gateway's scope check is built on this query."""
        async with self._snapshots.connect() as conn:
            known = await regions(conn)
        after = paging.decode(cursor, (str,))[0] if cursor is not None else ""
        found = [
            region
            for region in known
            if region.code > after
            and (level is None or region.level == level)
            and (parent is None or region.parent == parent)
            and (on is None or region.exists_between(on, on))
        ]
        return {
            "items": [msgspec.to_builtins(region) for region in found[:limit]],
            "next_cursor": paging.encode((found[limit - 1].code,)) if len(found) > limit else None,
        }

    async def get_region(self, code: str) -> Json:
        """Raises Problem 404."""
        async with self._snapshots.connect() as conn:
            known = await regions(conn)
        for region in known:
            if region.code == code:
                answer: Json = msgspec.to_builtins(region)
                return answer
        raise not_found("region", code, remedy=unknown_region(AreaTree.of(known), code).remedy)


def _entry(event: Event, target: str) -> Json | None:
    """The history entry that an event of the plan makes for one target; None if the event isn't about it."""
    made = events.CATALOGUE.decode(event)
    match made:
        case TargetSet() | TargetRevised() if made.target == target:
            what = "set" if isinstance(made, TargetSet) else "revised"
            value, reason = made.value, getattr(made, "reason", None)
        case TargetDecomposed() if made.target == target:
            what, value, reason = "decomposed", None, made.reason
        case TargetDecomposed() if any(part.target == target for part in made.parts):
            part = next(part for part in made.parts if part.target == target)
            what, value, reason = "set by decomposition", part.value, made.reason
        case _:
            return None
    actor = event.metadata.get("actor", {})
    return {
        "what": what,
        "value": None if value is None else str(value),
        "base": msgspec.to_builtins(getattr(made, "base", None)),
        "parts": msgspec.to_builtins(made.parts) if isinstance(made, TargetDecomposed) else [],
        "reason": reason,
        "by": actor.get("subject", ""),
        "role": actor.get("role", ""),
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "position": event.position,
    }
