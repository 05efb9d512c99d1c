"""How fast the relay catches up and a projection is rebuilt, and how long an event takes from commit to row.

`python -m bench.relay [EVENTS]`: real PostgreSQL and nats-server with synchronous writes, both in temporary
folders, everything in this one process. Prints rates; nothing is asserted.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

import shared
from shared.checkpoint import Checkpoints
from shared.clock import SystemClock
from shared.consumer import DomainConsumer
from shared.envelope import Envelope
from shared.event_log import EventLog, NewEvent, StreamWrite
from shared.relay import Relay
from shared.streams import domain_stream
from tests.kit.servers import TestCluster, TestNats, wait_for

SOURCE = "projects"
COMMIT = 500
PROBES = 300


async def main(count: int) -> None:
    """Run the three measurements on fresh servers."""
    async with TestCluster.running() as cluster, TestNats.running() as nats:
        database = await cluster.empty(SOURCE)
        engine = create_async_engine(database.owner_url)
        await _install(engine)
        js = await nats.jetstream()
        await js.add_stream(domain_stream(SOURCE))
        log = EventLog(SystemClock())
        await _timed(f"append {count} events, {COMMIT} a commit", count, _append(engine, log, count))
        relay = Relay(SOURCE, engine, log, js)
        relaying = asyncio.create_task(relay.run())
        await _timed("relay catches up", count, wait_for(lambda: relay.position == count, timeout=600))
        consumer = DomainConsumer(SOURCE, js, Checkpoints(engine, "bench"), _count)
        consuming = asyncio.create_task(consumer.run())
        await _timed(
            "projection catches up", count, wait_for(lambda: consumer.position == count, timeout=600)
        )
        delays = []
        for _ in range(PROBES):
            started = time.perf_counter()
            await _append(engine, log, 1)
            relay.poke()
            count += 1
            await consumer._checkpoints.wait_for(SOURCE, count, 10)
            delays.append((time.perf_counter() - started) * 1000)
        p99 = quantiles(delays, n=100)[98]
        print(
            f"append to committed projection, one at a time: median {median(delays):.1f} ms, p99 {p99:.1f} ms"
        )
        for task in (relaying, consuming):
            task.cancel()
        await asyncio.gather(relaying, consuming, return_exceptions=True)
        await engine.dispose()


async def _timed(what: str, count: int, work: object) -> None:
    started = time.perf_counter()
    await work  # type: ignore[misc]
    seconds = time.perf_counter() - started
    print(f"{what}: {count / seconds:,.0f} events/s ({seconds:.2f} s)")


async def _append(engine: AsyncEngine, log: EventLog, count: int) -> None:
    now = datetime.now(UTC)
    for start in range(0, count, COMMIT):
        async with engine.begin() as conn:
            size = min(COMMIT, count - start)
            head = (await log.head(conn)).position
            events = [NewEvent("Happened", 1, {"n": start + i, "text": "x" * 200}, now) for i in range(size)]
            await log.append(conn, [StreamWrite(f"thing-{head}", 0, events)], {"actor": {"subject": "bench"}})


async def _count(conn: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
    await conn.execute(text("UPDATE seen SET n = n + :n"), {"n": len(envelopes)})


async def _install(engine: AsyncEngine) -> None:
    schema = Path(shared.__path__[0]) / "schema"
    async with engine.begin() as conn:
        raw = await conn.get_raw_connection()
        for script in ("event_log_v1.sql", "checkpoint_v1.sql"):
            assert raw.driver_connection is not None
            await raw.driver_connection.execute((schema / script).read_text())
        await conn.execute(text("CREATE TABLE seen (n bigint)"))
        await conn.execute(text("INSERT INTO seen VALUES (0)"))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
