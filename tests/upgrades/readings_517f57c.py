"""Runs on the code of release 517f57c (its packages on PYTHONPATH): writes a readings store as that release did.

It reads one JSON object: `dsn`, `owner`, `meters` (fields of its SeriesSpec), `batches` of [meter, t, v, rank] in its
integers, and a `folder`, where January 2013 is archived, or null. It prints a message of its queue, in hex.
"""

import asyncio
import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from services.energy import archive
from services.energy.readings import audit, reference, revise
from services.energy.readings.batch import BatchStep
from services.energy.readings.wire import Post, column, encode, index_column

NOW = datetime(2014, 6, 1, tzinfo=UTC)


async def write(asked: dict[str, Any]) -> str:
    conn, owner = await asyncpg.connect(asked["dsn"]), await asyncpg.connect(asked["owner"])
    await reference.add_carrier(conn, "electricity", "电力", "kWh")
    async with conn.transaction():
        p = await reference.add_feed(conn, "e1", "350100")
    for meter in asked["meters"]:
        numbers = {
            name: meter[name] and Decimal(meter[name]) for name in ("ratio", "unit_factor", "capacity")
        }
        fields = {**meter, **numbers, "valid_from": datetime(2000, 1, 2, tzinfo=UTC)}
        async with conn.transaction():
            await revise.open_meter(conn, reference.SeriesSpec(**fields), NOW)
    step, message = BatchStep(p), b""
    for batch in asked["batches"]:
        posts = [post([row for row in batch if row[3] == rank], rank) for rank in {row[3] for row in batch}]
        message = encode(posts)
        await step.run(conn, posts, NOW)
    # It takes what has no presence for "expected", as ever: the months before are sound.
    assert await audit.differences(conn) == []
    if asked["folder"] is not None:
        await archive.archive(owner, Path(asked["folder"]), date(2013, 1, 1), NOW)
    return message.hex()


def post(rows: list[list[Any]], rank: int) -> Post:
    meters = sorted({row[0] for row in rows})
    return Post(
        receipt=uuid4().bytes,
        enterprise="e1",
        received_at=int(NOW.timestamp()) * 1_000_000,
        meters=meters,
        which=index_column([meters.index(row[0]) for row in rows]),
        t=column([row[1] for row in rows]),
        v=column([row[2] for row in rows]),
        rank=rank,
    )


if __name__ == "__main__":
    print(asyncio.run(write(json.load(sys.stdin))))
