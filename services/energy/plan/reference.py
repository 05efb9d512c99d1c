"""What the loaded plans say, read for others: rules that hold on a day, carriers and their units, all loads."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.common.refusal import Refused
from services.energy.plan.facts import STREAMS, KeyUserRule, MonitoringRule, PlanEvent
from services.energy.plan.views import RULE
from shared.service import Service

_CARRIERS = text("SELECT carrier, unit FROM carrier ORDER BY carrier")


async def history(service: Service, conn: AsyncConnection) -> tuple[PlanEvent, ...]:
    """What every plan has loaded, in the order of the log."""
    return tuple(service.catalogue.decode(event) for event in await service.log.of_streams(conn, STREAMS))


async def carrier_unit(conn: AsyncConnection, carrier: str) -> str:
    """The unit that a carrier is counted in. Raises Refused, which lists the carriers that there are."""
    known = {row.carrier: str(row.unit) for row in await conn.execute(_CARRIERS)}
    if carrier not in known:
        raise Refused(
            "unknown-carrier",
            f"No loaded plan has a coefficient for the carrier {carrier!r}.",
            remedy=f"Known: {', '.join(known)}." if known else "Load the plan first: shengji plan load.",
            where="carrier",
        )
    return known[carrier]


async def key_user_rule(conn: AsyncConnection, on: date) -> KeyUserRule | None:
    """The dated rule that says from how many tce on one is a key energy user."""
    content = await _rule(conn, "key_user", on)
    return None if content is None else msgspec.convert(content, KeyUserRule)


async def monitoring_rule(conn: AsyncConnection, on: date) -> MonitoringRule | None:
    """The dated rule that says when a feed is silent."""
    content = await _rule(conn, "monitoring", on)
    return None if content is None else msgspec.convert(content, MonitoringRule)


async def _rule(conn: AsyncConnection, name: str, on: date) -> Any:
    rule = RULE.c
    return await conn.scalar(
        select(rule.content)
        .where(rule.rule == name, rule.valid_from <= on)
        .where(rule.valid_to.is_(None) | (rule.valid_to >= on))
        .order_by(rule.valid_from.desc())
        .limit(1)
    )
