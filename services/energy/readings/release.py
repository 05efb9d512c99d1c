"""Puts released readings on READINGS again, with their first receipt and time of receipt.

A registration marks them in its own transaction; this finds them. The worker ends the release when it has stored the
reading; one that it didn't hear of is published again after a minute. Repeats are harmless: the natural key guards.
"""

import asyncio
import uuid
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import asyncpg
import structlog
from nats.js import JetStreamContext
from nats.js.errors import APIError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.energy.readings import wire
from services.energy.readings.memory import Connection
from services.energy.readings.reference import driver
from shared import broker
from shared.broker import PublishError, StreamFull
from shared.cancellation import end_if_cancelled
from shared.outage import LOST

LOT = 5_000
POLL_S = 0.5

log = structlog.get_logger(__name__)

_TAKE = """
WITH due AS (
    SELECT id FROM quarantine
    WHERE state = 'releasing' AND (published_at IS NULL OR published_at < now() - interval '60 seconds')
    ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE quarantine q SET published_at = now() FROM due WHERE q.id = due.id RETURNING q.*
)
SELECT t.*, f.p FROM taken t JOIN feed f USING (enterprise)
ORDER BY t.receipt, t.statistic_type, t.unit, t.kind, t.interval_seconds, t.release_at, t.item
"""


async def run(engine: AsyncEngine, js: JetStreamContext) -> None:
    """Look for released readings and publish them, until cancelled; runs in the process energy api."""
    while True:
        end_if_cancelled()
        try:
            count = await publish_due(engine, js)
        except (SQLAlchemyError, asyncpg.PostgresError, *LOST, PublishError, StreamFull, APIError) as error:
            log.warning("release not published", error=repr(error))
            count = 0
        if count < LOT:
            await asyncio.sleep(POLL_S)


async def publish_due(engine: AsyncEngine, js: JetStreamContext) -> int:
    """Publish what is due, at most one lot; returns the number of readings."""
    async with engine.begin() as conn:
        rows = await take(await driver(conn))
    for p, post in posts(rows):
        name = uuid.uuid4().hex
        await broker.publish(
            js, wire.STREAM, wire.subject(p), wire.encode([post]), msg_id=f"release-{name}", budget_s=10.0
        )
    return len(rows)


def posts(rows: Sequence[Any]) -> list[tuple[int, wire.Post]]:
    """The rows that `take` gave, as (partition, POST): one for each receipt and kind of reading."""
    return [(key[0], _post(list(group))) for key, group in groupby(rows, key=_post_key)]


async def take(conn: Connection) -> Sequence[Any]:
    """Take a lot of readings that are due to be published, and mark them as published."""
    rows: Sequence[Any] = await conn.fetch(_TAKE, LOT)
    return rows


def _post_key(row: Any) -> tuple[Any, ...]:
    names = (
        "p",
        "enterprise",
        "receipt",
        "statistic_type",
        "unit",
        "kind",
        "interval_seconds",
        "release_at",
    )
    return tuple(row[name] for name in names)


def _post(rows: Sequence[Any]) -> wire.Post:
    first = rows[0]
    meters = sorted({row["meter"] for row in rows})
    number = {meter: n for n, meter in enumerate(meters)}
    qualities = [row["quality"] for row in rows]
    return wire.Post(
        receipt=first["receipt"].bytes,
        enterprise=first["enterprise"],
        received_at=_microseconds(first["received_at"]),
        meters=meters,
        which=wire.index_column([number[row["meter"]] for row in rows]),
        t=wire.column([row["t"] for row in rows]),
        v=wire.column([row["v"] for row in rows]),
        statistic_type=first["statistic_type"],
        ranks=wire.column([row["rk"] for row in rows]),
        unit=first["unit"],
        kind=first["kind"],
        interval_seconds=first["interval_seconds"],
        quality="".join(quality or "N" for quality in qualities) if any(qualities) else "",
        item=wire.item_column([row["item"] for row in rows]),
        release_at=_microseconds(first["release_at"]),
        as_sent={
            n: (row["sent_time"] or "", row["sent_value"] or "")
            for n, row in enumerate(rows)
            if row["sent_time"] or row["sent_value"]
        },
    )


def _microseconds(moment: Any) -> int:
    return int(moment.timestamp()) * 1_000_000 + int(moment.microsecond)
