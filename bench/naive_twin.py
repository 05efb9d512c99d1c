"""The yardstick: the same path as one writes it first. Pydantic per reading, a message per reading, executemany.

FastAPI validates a list of models, publishes each reading as a JSON message and answers when all are stored;
a consumer takes messages by the hundred, decodes each with pydantic and writes rows and hours through SQLAlchemy.
`python -m bench.naive_twin door|worker`, with its addresses in the environment.
"""

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import nats
import uvicorn
from fastapi import FastAPI
from nats.js.errors import FetchTimeoutError
from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, Column, Float, Integer, MetaData, String, Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import create_async_engine

STREAM, SUBJECT, DURABLE = "TWIN", "twin.readings", "twin"
BATCH = 500

metadata = MetaData()
reading = Table(
    "twin_reading",
    metadata,
    Column("meter", String, primary_key=True),
    Column("t", BigInteger, primary_key=True),
    Column("value", Float, nullable=False),
)
hour = Table(
    "twin_hour",
    metadata,
    Column("meter", String, primary_key=True),
    Column("h", Integer, primary_key=True),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
)


class Reading(BaseModel):
    """One reading."""

    meter: str = Field(min_length=1, max_length=64)
    time: datetime
    value: float = Field(ge=0)


class Batch(BaseModel):
    """A POST."""

    readings: list[Reading] = Field(min_length=1, max_length=5_000)


def door() -> FastAPI:
    """The HTTP side."""
    held: dict[str, Any] = {}

    @asynccontextmanager
    async def life(_: FastAPI) -> Any:
        held["nc"] = await nats.connect(
            os.environ["TWIN_NATS"], user="admin", password=os.environ["TWIN_PASSWORD"]
        )
        held["js"] = held["nc"].jetstream(timeout=60)
        yield
        await held["nc"].close()

    app = FastAPI(lifespan=life)

    @app.post("/v1/readings", status_code=202)
    async def push(batch: Batch) -> dict[str, Any]:
        bodies = [each.model_dump_json().encode() for each in batch.readings]
        await asyncio.gather(*(held["js"].publish(SUBJECT, body) for body in bodies))
        return {"receipt": "0" * 36, "readings": len(bodies)}

    return app


async def worker() -> None:
    """The consuming side."""
    nc = await nats.connect(os.environ["TWIN_NATS"], user="admin", password=os.environ["TWIN_PASSWORD"])
    engine = create_async_engine(os.environ["TWIN_DATABASE"])
    subscription = await nc.jetstream().pull_subscribe(SUBJECT, durable=DURABLE, stream=STREAM)
    print("ready", flush=True)
    while True:
        try:
            messages = await subscription.fetch(BATCH, timeout=0.05)
        except (FetchTimeoutError, TimeoutError, nats.errors.TimeoutError):
            continue
        if not messages:
            continue
        found = [Reading.model_validate_json(message.data) for message in messages]
        rows: list[dict[str, Any]] = [
            {"meter": r.meter, "t": int(r.time.timestamp()), "value": r.value} for r in found
        ]
        hours: dict[tuple[str, int], list[float]] = {}
        for row in rows:
            hours.setdefault((row["meter"], (row["t"] - 1) // 3600), []).append(row["value"])
        upsert = insert(hour)
        upsert = upsert.on_conflict_do_update(
            index_elements=[hour.c.meter, hour.c.h], set_={"high": upsert.excluded.high}
        )
        async with engine.begin() as conn:
            await conn.execute(insert(reading).on_conflict_do_nothing(), rows)
            sums = [{"meter": m, "h": h, "low": min(v), "high": max(v)} for (m, h), v in hours.items()]
            await conn.execute(upsert, sums)
        for message in messages:
            await message.ack()


if __name__ == "__main__":
    if sys.argv[1] == "door":
        uvicorn.run(door(), host="127.0.0.1", port=int(os.environ["TWIN_PORT"]), log_level="warning")
    else:
        asyncio.run(worker())
