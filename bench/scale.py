"""Scale-out: the same backlog, waiting in READINGS, worked off by one worker and by two.

Only the workers differ: everything is sent and acknowledged before they begin, so neither the sender nor the door
stands in the way of the comparison.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from bench.balance import committed
from bench.hotpath import BACKLOG, HotPath
from bench.report import Row
from bench.system import System
from bench.traffic import distinct

_WORKER = "energy-worker"


async def scale_out(path: HotPath, readings: int) -> None:
    """Print how many times as fast two workers are, each with half of the partitions."""
    one = await _drained(path, readings, [None])
    partitions = path.system.local.settings.partitions
    first = ",".join(str(p) for p in range(partitions // 2))
    second = ",".join(str(p) for p in range(partitions // 2, partitions))
    two = await _drained(path, readings, [first, second])
    path.report.details["scale out"] = {"one": one, "two": two, "cores": os.cpu_count()}
    note = f"({one:,.0f} → {two:,.0f}/s on {os.cpu_count()} cores, PostgreSQL among them)"
    path.report.add(
        Row("two workers against one, a backlog worked off", two / one, "×", None, 1.6, "more", note)
    )


async def _drained(path: HotPath, readings: int, workers: Sequence[str | None]) -> float:
    """Readings a second, from the first commit to the last."""
    system, load = path.system, path.load(BACKLOG, readings)
    await system.local.supervisor.stop_one(_WORKER)
    try:
        sent = await system.send(load, connections=16, settle=False)
        async with contextlib.AsyncExitStack() as stack:
            for partitions in workers:
                await stack.enter_async_context(_worker(system, partitions))
            await system.worked_off()
    finally:
        await system.local.supervisor.start_one(_WORKER)
    path.ledger.add(sent, distinct(load))
    at = await committed(system, sent)
    return float(sent.total / (at.max() - at.min()))


@contextlib.asynccontextmanager
async def _worker(system: System, partitions: str | None) -> AsyncIterator[None]:
    more = {} if partitions is None else {"SHENGJI_WORKER_PARTITIONS": partitions}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.energy.main", "worker"),
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parent.parent),
            **system.local.environment(_WORKER),
            "SHENGJI_HEALTH_PORT": "0",
            **more,
        },
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()
