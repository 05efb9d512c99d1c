"""The process `energy worker`: one task per partition, and the board's running figures."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

import asyncpg
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.energy.readings import receipts, recount, streams, wire
from services.energy.readings.live import LiveBoard
from services.energy.readings.memory import Connection
from services.energy.readings.outstanding import Position
from services.energy.readings.worker import PartitionWorker
from shared import broker
from shared.cancellation import end_if_cancelled
from shared.clock import local_day
from shared.database import WATCHFUL
from shared.outage import LOST
from shared.pull import PullReader
from shared.runtime import Runtime

MESSAGES_AT_ONCE = 100


class WorkerSettings(BaseSettings):
    """What this worker works, from the environment (prefix `SHENGJI_WORKER_`)."""

    model_config = SettingsConfigDict(env_prefix="SHENGJI_WORKER_", extra="ignore")

    partitions: str = Field(
        default="",
        pattern=r"^([0-9]+(,[0-9]+)*)?$",
        description="partitions of READINGS that this process works, e.g. 0,1; none named: all of them",
    )

    def chosen(self, there: Sequence[int]) -> list[int]:
        """Of the partitions that there are, those of this worker. Raises LookupError for one that isn't there."""
        wanted = [int(each) for each in self.partitions.split(",")] if self.partitions else list(there)
        if unknown := sorted(set(wanted) - set(there)):
            raise LookupError(f"SHENGJI_WORKER_PARTITIONS names {unknown}, and there are {list(there)}")
        return sorted(set(wanted))


_LOOK_AFTER_EVERY_S = 600.0

ANSWER_S = 65.0
"""A little more than `statement_timeout`: a server that is there has answered by then."""

_LIMITS = {
    **WATCHFUL,
    # A stopped worker must not hold its partition.
    "idle_in_transaction_session_timeout": "5s",
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "timezone": "UTC",
}


async def main() -> None:
    """Run until told to stop."""
    async with Runtime.start("energy", process="energy-worker") as rt:
        await start(rt)
        await rt.run()


async def start(rt: Runtime) -> list[PartitionWorker]:
    """Spawn the tasks; returns the partitions' workers."""

    async def connect() -> Connection:
        return await open_connection(rt)

    async def stream() -> int:
        info = await rt.js.stream_info(wire.STREAM)
        if info.created is None:
            raise LookupError("nats-server does not say when READINGS was made")
        conn = await connect()
        try:
            return await streams.number_of(conn, info.created)
        finally:
            await conn.close()

    async def position(p: int) -> Position:
        info = await rt.js.consumer_info(wire.STREAM, f"worker-{p}")
        if info.delivered is None or info.ack_floor is None:
            raise LookupError("nats-server does not say how far the worker's consumer is")
        return info.delivered.stream_seq, info.ack_floor.stream_seq

    nc = broker.client(rt.broker)
    live = LiveBoard(connect, nc.publish, rt.clock, lambda: datetime.now(UTC))
    rt.spawn(live.run(), "live figures")
    conn = await connect()
    there = [row["p"] for row in await conn.fetch("SELECT p FROM reading_partition ORDER BY p")]
    partitions = WorkerSettings().chosen(there)
    for p in partitions:
        if count := await recount.recount_marked(conn, p, rt.clock.now()):
            rt.log.info("energy worked out again", partition=p, series=count)
    await conn.close()
    workers = []
    for p in partitions:
        reader = await PullReader.open(rt.js, wire.STREAM, f"worker-{p}", MESSAGES_AT_ONCE)
        worker = PartitionWorker(p, reader, connect, rt.clock, live, stream, partial(position, p))
        rt.health.register(f"partition {p}", worker.health)
        rt.spawn(worker.run(), f"readings {p}")
        workers.append(worker)
    rt.spawn(_look_after(rt), "look after the store")
    return workers


async def open_connection(rt: Runtime) -> Connection:
    """A connection of the runtime role, with asyncpg alone."""
    if rt.settings.database_url is None:
        raise LookupError("the worker has no database: set SHENGJI_DATABASE_URL")
    dsn = rt.settings.database_url.get_secret_value().replace("postgresql+asyncpg", "postgresql", 1)
    return await asyncpg.connect(
        dsn,
        timeout=10,
        command_timeout=ANSWER_S,
        server_settings={**_LIMITS, "application_name": rt.process},
    )


def months_ahead(now: datetime) -> list[date]:
    """A day of the running month of +08:00 and of each of the two that follow: their partitions are made ahead.

    A batch that needs a month makes it too (old data, a Clock that jumps), but then it waits for the DDL.
    """
    today = local_day(now).replace(day=1)
    months = [today]
    for _ in range(2):
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    return months


async def _look_after(rt: Runtime) -> None:
    """Forget old receipts, make the coming months. A failure is no reason to stop taking readings: it is logged."""
    while True:
        end_if_cancelled()
        try:
            conn = await open_connection(rt)
            try:
                await receipts.forget_old(conn, rt.clock.now())
                for day in months_ahead(rt.clock.now()):
                    await conn.execute("SELECT ensure_reading_month($1)", day)
            finally:
                await conn.close(timeout=5)
        except (*LOST, asyncpg.PostgresError) as error:
            rt.log.warning("the store is not looked after", error=repr(error))
        await asyncio.sleep(_LOOK_AFTER_EVERY_S)
