"""How many appends a second one service's log takes, and how long a whole command takes.

`python -m bench.append [SECONDS] [WRITERS]`: real PostgreSQL with synchronous commits, in a temporary folder.
Measures a bare append of one event per transaction, then a command with its stored answer, both with all
writers on streams of their own, and one of them beside a heavy COPY. Prints rates; nothing is asserted.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.catalogue import Catalogue
from shared.clock import SystemClock
from shared.database import runtime_engine
from shared.decider import CommandRunner, Decider
from shared.event_log import EventLog, NewEvent, StreamWrite
from shared.identity import Actor
from shared.rpc import Call
from tests.kit.servers import TestCluster

SERVICE = "projects"
ACTOR = Actor("bench", "system")
Work = Callable[[int, int], Awaitable[object]]


@dataclass(frozen=True)
class Counted:
    """An event of no meaning."""


DECIDER: Decider[int, int, Counted] = Decider(
    0, lambda command, state: [Counted()], lambda state, event: state + 1
)


async def main(seconds: float, writers: int) -> None:
    """Run the measurements on a fresh cluster."""
    async with TestCluster.running() as cluster:
        database = await cluster.clone(SERVICE)
        engine = runtime_engine(database.url, application="bench", pool=writers + 2)
        log = EventLog(SystemClock())
        runner = CommandRunner(engine, log, Catalogue("bench", [Counted]), SystemClock(), Exception)
        await _measure(
            "append, one event a commit", seconds, writers, lambda w, n: _append(engine, log, w, n)
        )
        await _measure("command, answer stored", seconds, writers, lambda w, n: _command(runner, w, n))
        copying = asyncio.create_task(_copy(database.owner_dsn))
        await _measure(
            "append, beside a COPY", seconds, writers, lambda w, n: _append(engine, log, w + 100, n)
        )
        copying.cancel()
        await asyncio.gather(copying, return_exceptions=True)
        async with engine.connect() as conn:
            started = time.perf_counter()
            found = await log.verify(conn)
            rate = found.checked / (time.perf_counter() - started)
            print(f"verify: {found.checked} events, {rate:,.0f}/s, broken at {found.broken_at}")
        await engine.dispose()


async def _append(engine: AsyncEngine, log: EventLog, writer: int, number: int) -> None:
    event = NewEvent("Counted", 1, {"writer": writer, "number": number}, SystemClock().now())
    async with engine.begin() as conn:
        await log.append(conn, [StreamWrite(f"{writer}-{number}", 0, [event])], {"actor": "bench"})


async def _command(runner: CommandRunner, writer: int, number: int) -> None:
    call = Call(f"{writer}-{number}", ACTOR, "count", {})
    await runner.run(call, f"command-{writer}-{number}", DECIDER, 1, answer=lambda state, events: state)


async def _copy(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE ballast (a bigint, b text)")
    rows = [(number, "x" * 100) for number in range(20_000)]
    try:
        while True:
            await connection.copy_records_to_table("ballast", records=rows)
    finally:
        await connection.close()


async def _measure(what: str, seconds: float, writers: int, work: Work) -> None:
    times: list[float] = []
    until = time.perf_counter() + seconds

    async def write(writer: int) -> None:
        number = 0
        while (started := time.perf_counter()) < until:
            number += 1
            await work(writer, number)
            times.append((time.perf_counter() - started) * 1000)

    await asyncio.gather(*(write(writer) for writer in range(writers)))
    print(f"{what}: {len(times) / seconds:,.0f}/s with {writers} writers, {_spread(times)}")


def _spread(times: Sequence[float]) -> str:
    return f"{median(times):.1f} ms median, {quantiles(times, n=100)[98]:.1f} ms p99"


if __name__ == "__main__":
    arguments = [float(argument) for argument in sys.argv[1:]] + [5.0, 8.0][len(sys.argv) - 1 :]
    asyncio.run(main(arguments[0], int(arguments[1])))
