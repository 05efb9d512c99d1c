"""Reads a plan with its regions and targets, as known at a moment: what every figure stands on."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress.measures.facts import Plan, Target
from shared.areas import AreaTree

_KNOWN = "recorded_at <= :as_of"
_PLANS = text(f"SELECT DISTINCT ON (plan) plan, data FROM plan WHERE {_KNOWN} ORDER BY plan, position DESC")
_REGIONS = text(f"""
    WITH last AS (SELECT plan, max(position) AS position FROM region WHERE {_KNOWN} GROUP BY plan)
    SELECT DISTINCT ON (code) data FROM region JOIN last USING (plan, position)
    ORDER BY code, position DESC, ordinal DESC
""")
_TARGETS = text(f"""
    SELECT * FROM (
        SELECT DISTINCT ON (target) data, recorded_at, simulated FROM target
        WHERE plan = :plan AND {_KNOWN} ORDER BY target, position DESC, ordinal DESC
    ) AS last WHERE NOT coalesce((data->>'withdrawn')::boolean, false)
""")
# A plan's setting is the same at two moments if the newest rows of plans, regions and targets are the same at both.
_EDITIONS = text("""
    SELECT (SELECT max(position) FROM plan WHERE recorded_at <= moment),
           (SELECT max(position) FROM region WHERE recorded_at <= moment),
           (SELECT max(position) FROM target WHERE recorded_at <= moment)
    FROM unnest(CAST(:moments AS timestamptz[])) WITH ORDINALITY AS of (moment, number) ORDER BY number
""")


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A plan with its regions and targets, as known at one moment."""

    plan: Plan | None
    areas: AreaTree
    targets: Sequence[Target]


class Settings:
    """Reads settings, and keeps those that were asked for last: of a hundred moments most have the same."""

    KEPT = 32

    def __init__(self) -> None:
        self._kept: OrderedDict[object, Setting] = OrderedDict()

    def clear(self) -> None:
        """Forget everything: another version of the read-model serves."""
        self._kept.clear()

    async def at(self, conn: AsyncConnection, moments: Sequence[datetime], plan: str | None) -> list[Setting]:
        """The setting at each moment, of one plan (None: the latest year's)."""
        editions = (await conn.execute(_EDITIONS, {"moments": list(moments)})).all()
        return [
            await self._of(conn, (plan, *edition), moment)
            for moment, edition in zip(moments, editions, strict=True)
        ]

    async def _of(self, conn: AsyncConnection, key: tuple[str | None, ...], moment: datetime) -> Setting:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        at = {"as_of": moment}
        plans = [_plan(row.data) for row in await conn.execute(_PLANS, at)]
        chosen = _choose(plans, key[0])
        areas = AreaTree.read(row.data for row in await conn.execute(_REGIONS, at))
        code = chosen.plan if chosen else (key[0] or "")
        targets = [_target(row) for row in await conn.execute(_TARGETS, {**at, "plan": code})]
        self._kept[key] = Setting(chosen, areas, targets)
        if len(self._kept) > self.KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]


def _choose(plans: list[Plan], wanted: str | None) -> Plan | None:
    if wanted is not None:
        return next((plan for plan in plans if plan.plan == wanted), None)
    return max(plans, key=lambda plan: (plan.year, plan.plan), default=None)


def _plan(data: dict[str, Any]) -> Plan:
    issued = data.get("issued_on")
    programmes = tuple((item["code"], item["name"]) for item in data.get("programmes", ()))
    return Plan(
        data["plan"], data["title"], data["year"], date.fromisoformat(issued) if issued else None, programmes
    )


def _target(row: Row[Any]) -> Target:
    data = row.data
    return Target(
        plan=data["plan"],
        target=data["target"],
        row=data["row"],
        programme=data["programme"],
        name=data["name"],
        measure=data.get("measure"),
        region=data["region"],
        level=data["level"],
        period=data["period"],
        value=_decimal(data.get("value")),
        unit=data["unit"],
        comparator=data["comparator"],
        metric_type=data["metric_type"],
        deadline=_day(data.get("deadline")),
        parent=data.get("parent"),
        basis=data.get("basis"),
        price_base=data.get("price_base"),
        comparator_printed=data.get("comparator_printed") or "",
        recorded_at=row.recorded_at,
        revised=bool(data.get("revised")),
        simulated=row.simulated,
    )


def _decimal(text_value: str | None) -> Decimal | None:
    return None if text_value is None else Decimal(text_value)


def _day(text_value: str | None) -> date | None:
    return None if text_value is None else date.fromisoformat(text_value)
