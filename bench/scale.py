"""Scale-out: the same backlog, waiting in READINGS, worked off by one worker and by two.

Only the workers differ: everything is sent and acknowledged before they begin, so neither the sender nor the public
endpoint affects the comparison. The middle of the backlog is measured, from a tenth to nine tenths, which leaves out
start-up and the moment when one worker is done. Beside the rate the report shows how many cores each process used, and
so what keeps two workers from being twice as fast.

Two public endpoints and two workers, one of each killed, and the balance after that:
`tests/integration/bench/test_scale_out.py`.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from bench.hotpath import BACKLOG, HotPath
from bench.report import Row
from bench.system import System, cpu_seconds, until
from bench.traffic import distinct

_WORKER = "energy-worker"


@dataclass(frozen=True, slots=True)
class Drained:
    """Readings a second, and how many cores each process was busy on."""

    rate: float
    cores: dict[str, float]

    def busy(self) -> str:
        """Who had the cores, the busiest first."""
        ranked = sorted(self.cores.items(), key=lambda each: -each[1])
        return ", ".join(f"{name} {cores:.2f}" for name, cores in ranked if cores >= 0.05)


async def scale_out(path: HotPath, readings: int) -> None:
    """Print how many times as fast two workers are, each with half of the partitions."""
    one = await _drained(path, readings, [None])
    partitions = path.system.local.settings.partitions
    first = ",".join(str(p) for p in range(partitions // 2))
    second = ",".join(str(p) for p in range(partitions // 2, partitions))
    two = await _drained(path, readings, [first, second])
    path.report.details["scale out"] = {"one": asdict(one), "two": asdict(two), "cores": os.cpu_count()}
    note = f"({one.rate:,.0f} → {two.rate:,.0f}/s; of {os.cpu_count()} cores: {one.busy()} → {two.busy()})"
    ratio = two.rate / one.rate
    path.report.add(Row("two workers against one, a backlog worked off", ratio, "×", None, 1.6, "more", note))


async def _drained(path: HotPath, readings: int, workers: Sequence[str | None]) -> Drained:
    """Send the backlog, let these workers work it off."""
    system, load = path.system, path.load(BACKLOG, readings)
    await system.local.supervisor.stop_one(_WORKER)
    try:
        sent = await system.send(load, connections=16, settle=False)
        async with contextlib.AsyncExitStack() as stack:
            pids = {name: system.pids()[name] for name in ("postgres", "nats")}
            for number, partitions in enumerate(workers, start=1):
                process = await stack.enter_async_context(_worker(system, partitions))
                pids[f"worker {number}"] = process.pid
            found = await _middle(system, sent.total, pids)
            await system.worked_off()
    finally:
        await system.local.supervisor.start_one(_WORKER)
    path.ledger.add(sent, distinct(load))
    return found


async def _middle(system: System, readings: int, pids: Mapping[str, int]) -> Drained:
    """From a tenth of what waits to nine tenths: a message is acknowledged when its readings are committed."""
    waiting = await _waiting(system)

    def used() -> dict[str, float]:
        free = psutil.cpu_times()
        return {"nobody": free.idle + free.iowait, **{name: cpu_seconds(pid) for name, pid in pids.items()}}

    async def left(share: float) -> tuple[float, int, dict[str, float]]:
        async def reached() -> bool:
            return await _waiting(system) <= waiting * share

        await until(reached, 300, 0.02)
        return time.perf_counter(), await _waiting(system), used()

    (began, many, before), (ended, few, after) = await left(0.9), await left(0.1)
    took = ended - began
    cores = {name: (after[name] - before[name]) / took for name in after}
    cores["others"] = max(0.0, (os.cpu_count() or 1) - sum(cores.values()))
    return Drained(readings * (many - few) / waiting / took, cores)


async def _waiting(system: System) -> int:
    return (await system.js.stream_info("READINGS")).state.messages


@contextlib.asynccontextmanager
async def _worker(system: System, partitions: str | None) -> AsyncIterator[asyncio.subprocess.Process]:
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
        yield process
    finally:
        process.terminate()
        await process.wait()
