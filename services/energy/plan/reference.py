"""What the loaded plans say, read for others: the dated rules that hold on a day."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy import tables
from services.energy.plan.facts import KeyUserRule, MonitoringRule


async def key_user_rule(conn: AsyncConnection, on: date) -> KeyUserRule | None:
    """The dated rule that says from how many tce on one is a key energy user."""
    content = await _rule(conn, "key_user", on)
    return None if content is None else msgspec.convert(content, KeyUserRule)


async def monitoring_rule(conn: AsyncConnection, on: date) -> MonitoringRule | None:
    """The dated rule that says when a feed is silent."""
    content = await _rule(conn, "monitoring", on)
    return None if content is None else msgspec.convert(content, MonitoringRule)


async def _rule(conn: AsyncConnection, name: str, on: date) -> Any:
    rule = tables.energy_rule.c
    return await conn.scalar(
        select(rule.content)
        .where(rule.rule == name, rule.valid_from <= on)
        .where(rule.valid_to.is_(None) | (rule.valid_to >= on))
        .order_by(rule.valid_from.desc())
        .limit(1)
    )
