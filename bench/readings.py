"""The batch step in isolation: POSTs in, committed transaction out, on a durable PostgreSQL of its own.

    python -m bench.readings [scenario ...]      prints thousand readings/s and CPU-µs a reading, Python and PostgreSQL

A scenario prepares its batches, and the clock runs over `BatchStep.run` alone.
"""

import asyncio
import contextlib
import itertools
import random
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import asyncpg
import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from deploy.databases import create_database, create_roles, for_sqlalchemy
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer, working
from deploy.local.process import Child
from deploy.topology import service
from services.energy.common.conversion import Basis, Coefficient
from services.energy.readings import coefficients, ranks, reference
from services.energy.readings.batch import BatchStep
from services.energy.readings.wire import Post, column, index_column, stamp
from shared.database import migrate

START = 1_356_969_600
NOW = datetime(2014, 1, 1, tzinfo=UTC)
PER_ENTERPRISE = 20
SCALE = 1_000
"""Values are thought of in 1/1000 kWh and counted in 1e-6."""
_messages = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Load:
    """Batches to prepare without measuring, and batches to measure."""

    before: Sequence[Sequence[Post]]
    measured: Sequence[Sequence[Post]]
    forget: bool = False
    settled: bool = True
    """Whether every message before a batch is, as when nothing fails: then repeats save the write of their rank."""
    replaced: bool = False
    """Each meter has had a device before."""


def slots(meters: int, first: int, count: int, rng: random.Random, *, faults: bool = False) -> list[Post]:
    """One batch: `count` quarter-hours of all meters from slot `first` on, one POST per enterprise."""
    posts = []
    for enterprise in range(meters // PER_ENTERPRISE):
        which = np.repeat(np.arange(PER_ENTERPRISE), count)
        n = np.tile(np.arange(first, first + count), PER_ENTERPRISE)
        t = START + 900 * n
        v = (1_000_000 + n * 25_000 + which) * SCALE
        if faults:
            late = np.array([rng.random() < 0.01 for _ in n])
            t = np.where(late, t - 900 * 300 - 450, t)
            v = np.where(late, (1_000_000 + (n - 300) * 25_000 - 12_500 + which) * SCALE, v)
            again = np.array([rng.random() for _ in n])
            t, v = np.where(again < 0.05, t - 9_000, t), np.where(again < 0.05, v - 250_000 * SCALE, v)
            v = np.where((again > 0.05) & (again < 0.07), v + 1, v)
            t = np.where((again > 0.05) & (again < 0.07), t - 9_000, t)
            v = np.where((again > 0.05) & (again < 0.07), v - 250_000 * SCALE, v)
        posts.append(
            Post(
                receipt=secrets.token_bytes(16),
                enterprise=f"e{enterprise}",
                received_at=int(NOW.timestamp()) * 1_000_000,
                meters=[f"e{enterprise}-m{m}" for m in range(PER_ENTERPRISE)],
                which=index_column(which),
                t=column(t),
                v=column(v),
            )
        )
    stamp(posts, ranks.place(0, next(_messages)))
    return posts


def loads(rng: random.Random) -> dict[str, tuple[int, Load]]:
    """Scenario → (number of meters, its batches)."""

    def run(meters: int, per: int, first: int, batches: int, **more: bool) -> list[list[Post]]:
        return [slots(meters, first + per * b, per, rng, **more) for b in range(batches)]

    warm = run(2000, 10, 0, 3)
    return {
        "clean: 2,000 meters x 10 slots": (2000, Load(warm, run(2000, 10, 30, 30))),
        "clean, batches of 5,000": (500, Load(run(500, 10, 0, 3), run(500, 10, 30, 60))),
        "live: 20,000 meters x 1 slot": (20000, Load(run(20000, 1, 0, 2), run(20000, 1, 2, 20))),
        "live, 4 POSTs of 20 a batch": (80, Load(run(80, 1, 0, 20), run(80, 1, 20, 900))),
        "duplicates in the ring": (2000, Load(run(2000, 10, 0, 9), run(2000, 10, 0, 9) * 3)),
        "duplicates in the ring, an older message open": (
            2000,
            Load(run(2000, 10, 0, 9), run(2000, 10, 0, 9), settled=False),
        ),
        "clean, every meter replaced once": (2000, Load(warm, run(2000, 10, 30, 30), replaced=True)),
        "duplicates, older": (2000, Load(run(2000, 10, 0, 9), run(2000, 10, 0, 9), forget=True)),
        "dirty: 5 % repeated, 2 % revised, 1 % late": (
            2000,
            Load(run(2000, 10, 0, 40), run(2000, 10, 400, 20, faults=True)),
        ),
        "backfill before live data": (2000, Load(run(2000, 10, 4000, 1), run(2000, 10, 0, 20))),
    }


async def measure(dsn: str, postmaster: int, meters: int, load: Load) -> tuple[float, float]:
    """(readings a second, CPU-seconds a reading) of the measured batches."""
    conn = await asyncpg.connect(dsn)
    await register(conn, meters, replaced=load.replaced)
    steps: dict[int, BatchStep] = {}
    parts = {row["enterprise"]: row["p"] for row in await conn.fetch("SELECT enterprise, p FROM feed")}
    # One step stands for one partition: here all enterprises are in it.
    assert set(parts.values()) == {0}
    step = steps.setdefault(0, BatchStep(0))
    for batch in load.before:
        await step.run(conn, batch, NOW)
    if load.forget:
        step.forget()
        await step.run(conn, load.before[-1][:1], NOW)
        step.memory.ring_t[:] = -(2**62)
    await conn.execute("ANALYZE")
    readings = sum(post.count for batch in load.measured for post in batch)
    cpu, began = cpu_seconds(postmaster), time.perf_counter()
    for batch in load.measured:
        await step.run(conn, batch, NOW, settled=load.settled)
        if load.forget:
            step.memory.ring_t[:] = -(2**62)
    took, used = time.perf_counter() - began, cpu_seconds(postmaster) - cpu
    await conn.close()
    return readings / took, used / readings


async def register(
    conn: "asyncpg.Connection[asyncpg.Record]", meters: int, *, replaced: bool = False
) -> None:
    """Enterprises with meters, all in partition 0."""
    names = [f"e{n}" for n in range(meters // PER_ENTERPRISE)]
    await conn.execute("INSERT INTO feed SELECT x, '350100', 0 FROM unnest($1::text[]) x", names)
    await reference.add_carrier(conn, "electricity", "电力", "kWh")
    for basis, value in ((Basis.EQUAL, "0.1229"), (Basis.EQUIVALENT, "0.404")):
        day = date(2008, 6, 1)
        row = Coefficient(0, "electricity", basis, Decimal(value), "GB/T 2589-2008", day, None, NOW)
        await coefficients.publish(conn, row, "bench", NOW)
    devices: list[tuple[date, date | None]] = [(date(2012, 1, 1), None)]
    if replaced:
        devices.insert(0, (date(2010, 1, 1), date(2012, 1, 1)))
    for valid_from, valid_to in devices:
        await conn.execute(
            """INSERT INTO series (meter, enterprise, p, carrier, unit, kind, modulus, factor, capacity, valid_from,
                                   valid_to, generation)
               SELECT e || '-m' || m, e, 0, 'electricity', 'kWh', 'register', 1000000000, 1, 1000, $3::date,
                      $4::date, 1
               FROM unnest($1::text[]) e, generate_series(0, $2) m""",
            *(names, PER_ENTERPRISE - 1, valid_from, valid_to),
        )


def cpu_seconds(postmaster: int) -> float:
    """CPU of this process and of PostgreSQL's processes."""
    server = psutil.Process(postmaster)
    total = 0.0
    for process in (psutil.Process(), server, *server.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


@contextlib.asynccontextmanager
async def cluster() -> AsyncIterator[tuple[PostgresServer, int]]:
    """A durable PostgreSQL with the settings of real work."""
    with folder() as where:
        server = PostgresServer(
            where / "cluster", free_port(), secrets.token_hex(8), where / "log", working()
        )
        await server.prepare()
        child = Child(server.spec())
        await child.start()
        try:
            await child.wait_ready()
            yield server, child.pid
        finally:
            await child.stop()


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that an unprivileged server may reach."""
    where = Path(tempfile.mkdtemp(prefix="shengji-bench-"))
    where.chmod(0o755)
    try:
        yield where
    finally:
        shutil.rmtree(where, ignore_errors=True)


async def main(chosen: list[str]) -> None:
    """Measure the scenarios whose names contain one of the given words (all without any)."""
    table = Table("load", "readings/s", "CPU-µs a reading", title="the batch step, committed")
    row = service("energy")
    passwords = {role: secrets.token_hex(8) for role in row.roles}
    async with cluster() as (server, pid):
        admin = await asyncpg.connect(server.admin_url)
        await create_roles(admin, passwords, [row])
        for number, (name, (meters, load)) in enumerate(loads(random.Random(1)).items()):
            if chosen and not any(word in name for word in chosen):
                continue
            database = f"bench{number}"
            await create_database(admin, server.admin_url, row, database)
            urls = [server.url(r, passwords[r], database) for r in (row.owner_role, row.runtime_role)]
            await migrate(for_sqlalchemy(urls[0]), "energy")
            speed, cpu = await measure(urls[1], pid, meters, load)
            table.add_row(name, f"{speed:,.0f}", f"{cpu * 1e6:.2f}")
            await admin.execute(f'DROP DATABASE "{database}" WITH (FORCE)')
            await admin.execute("CHECKPOINT")
        await admin.close()
    Console().print(table)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
