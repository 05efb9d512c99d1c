"""Follows the assessment service's stream for the cities' yearly investment targets.

They only serve to ask back when a reported amount looks like the wrong unit; progress against
targets is not computed here.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from nats.js import JetStreamContext
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.projects.assessed.events import read
from services.projects.assessed.tables import TARGET
from shared.checkpoint import Checkpoints
from shared.consumer import DomainConsumer
from shared.envelope import Envelope
from shared.health import Health

_MEASURE = "tech_renovation_investment"
_YUAN = {"CNY": Decimal(1), "CNY_1e4": Decimal(10_000), "CNY_1e8": Decimal(100_000_000)}

CONSUMER = "targets"
"""The consumer that follows assessment's targets; its checkpoint says how far it has read."""


class Target(msgspec.Struct, frozen=True):
    """The fields of assessment's TargetSet and TargetRevised that this service uses: how a target stands."""

    plan: str
    target: str
    region: str
    period: str
    unit: str
    value: Decimal | None = None
    measure: str | None = None

    def year_investment(self) -> Decimal | None:
        """The target in CNY (yuan) if it is for investment in one year; else None."""
        if self.measure != _MEASURE or self.unit not in _YUAN or not self.period.isdigit():
            return None
        return None if self.value is None else self.value * _YUAN[self.unit]


READERS: dict[str, type[Target]] = {"TargetSet": Target, "TargetRevised": Target}


def targets_consumer(
    engine: AsyncEngine, js: JetStreamContext, health: Health | None = None
) -> DomainConsumer:
    """The consumer of stream ASSESSMENT that writes the table `investment_target`."""
    return DomainConsumer("assessment", js, Checkpoints(engine, CONSUMER), apply, health=health)


async def apply(conn: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
    """Writes the rows of investment targets; other event types and measures are ignored."""
    for target, _ in read(envelopes, READERS):
        await _apply_one(conn, target)


async def _apply_one(conn: AsyncConnection, target: Target) -> None:
    table = TARGET
    value = target.year_investment()
    if value is None:
        await conn.execute(delete(table).where(table.c.plan == target.plan, table.c.target == target.target))
        return
    row = {
        "plan": target.plan,
        "target": target.target,
        "region": target.region,
        "year": int(target.period),
        "value": value,
    }
    statement = insert(table).values(**row)
    await conn.execute(statement.on_conflict_do_update(constraint="investment_target_pkey", set_=row))
