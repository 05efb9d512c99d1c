"""What runs beside the system for comparison: the naive twin, and the ceilings of what it is made of."""

import asyncio
import contextlib
import json
import os
import secrets
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import nats
import numpy as np
from nats.aio.client import Client
from nats.js.api import ConsumerConfig, RetentionPolicy, StorageType, StreamConfig

from bench import naive_twin
from bench.report import Report, Row
from bench.system import System, cpu_seconds, until
from clients.line import Connection, request
from deploy import topology
from deploy.local.nats import NatsServer
from deploy.local.ports import free_port
from deploy.local.process import Child

_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Beside:
    """A second nats-server, and a database of its own on the same cluster."""

    nats: NatsServer
    nats_pid: int
    nc: Client
    password: str
    database: str

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, system: System, *, synced: bool = True) -> AsyncIterator["Beside"]:
        """Start it, and stop it afterwards. Not `synced`: the queue syncs at nats-server's default interval."""
        name = f"twin_{secrets.token_hex(4)}"
        await system.db.execute(f'CREATE DATABASE "{name}"')
        password = f"p{secrets.token_hex(8)}"
        folder = system.folder / name
        server = NatsServer(folder, free_port(), {"admin": password}, folder / "nats.log", [topology.ADMIN])
        server.prepare()
        if not synced:
            config = folder / "nats.conf"
            config.write_text(config.read_text().replace("sync_interval: always", 'sync_interval: "2m"'))
        child = Child(server.spec())
        await child.start()
        await child.wait_ready()
        nc = await nats.connect(server.url, user="admin", password=password)
        try:
            yield cls(server, child.pid, nc, password, system.admin_url.rsplit("/", 1)[0] + f"/{name}")
        finally:
            await nc.close()
            await child.stop()
            await system.db.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


async def twin(system: System, beside: Beside, report: Report, readings: int) -> float:
    """The naive twin's readings a second, POST to rows and hours.

    Its queue doesn't sync on each message, as ours must: with one synced message per reading the disk would limit it to
    a few hundred a second, and the comparison would say nothing about the code.
    """
    js = beside.nc.jetstream(timeout=10)
    stream = StreamConfig(
        naive_twin.STREAM,
        subjects=[naive_twin.SUBJECT],
        retention=RetentionPolicy.WORK_QUEUE,
        storage=StorageType.FILE,
    )
    await js.add_stream(stream)
    await js.add_consumer(
        naive_twin.STREAM, ConsumerConfig(durable_name=naive_twin.DURABLE, max_ack_pending=20_000)
    )
    conn = await asyncpg.connect(beside.database)
    await conn.execute(
        "CREATE TABLE twin_reading (meter text, t bigint, value float8 NOT NULL, PRIMARY KEY (meter, t));"
        "CREATE TABLE twin_hour (meter text, h int, low float8 NOT NULL, high float8 NOT NULL, PRIMARY KEY (meter, h))"
    )
    port = free_port()
    env = {
        "TWIN_NATS": beside.nats.url,
        "TWIN_PASSWORD": beside.password,
        "TWIN_PORT": str(port),
        "TWIN_DATABASE": beside.database.replace("postgresql", "postgresql+asyncpg", 1),
    }
    async with _process("bench.naive_twin", "worker", env), _process("bench.naive_twin", "door", env) as door:
        await until(lambda: _answers(port), 60, 0.1)
        bodies = _twin_bodies(readings, port)
        before = cpu_seconds(system.local.supervisor.pid("postgres")) + cpu_seconds(beside.nats_pid)
        own = [cpu_seconds(pid) for pid in _twins(door.pid)]
        began = time.perf_counter()
        await asyncio.gather(*(_push_all(port, each) for each in bodies))

        async def all_stored() -> bool:
            state = (await js.stream_info(naive_twin.STREAM)).state
            return state.messages == 0

        await until(all_stored, 600, 0.05)
        took = time.perf_counter() - began
        used = cpu_seconds(system.local.supervisor.pid("postgres")) + cpu_seconds(beside.nats_pid) - before
        used += sum(cpu_seconds(pid) for pid in _twins(door.pid)) - sum(own)
        stored = await conn.fetchval("SELECT count(*) FROM twin_reading")
    await conn.close()
    if stored != readings:
        raise RuntimeError(f"the twin stored {stored} of {readings}")
    report.add(Row("naive twin, backlog", readings / took, "readings/s"))
    report.add(Row("naive twin: CPU", used / readings * 1e6, "µs/reading", better="less"))
    return readings / took


def _twins(_door: int) -> list[int]:
    import psutil

    return [p.pid for p in psutil.Process().children() if "bench.naive_twin" in " ".join(p.cmdline())]


def _twin_bodies(readings: int, port: int) -> list[list[bytes]]:
    del port
    lanes: list[list[bytes]] = [[] for _ in range(8)]
    for post in range(readings // 1_000):
        first = 1_577_808_000 + post // 40 * 900_000
        rows = [
            {"meter": f"M{post % 40}", "time": first + 900 * n, "value": 1_000 + 25.5 * n}
            for n in range(1_000)
        ]
        lanes[post % 8].append(
            request("POST", "/v1/readings", "none", json.dumps({"readings": rows}).encode())
        )
    return lanes


async def _push_all(port: int, bodies: Sequence[bytes]) -> None:
    connection = Connection(f"http://127.0.0.1:{port}")
    for body in bodies:
        answer = await connection.ask(body, 600)
        if answer.status != 202:
            raise RuntimeError(f"the twin answered {answer.status}: {answer.body[:300]!r}")
    connection.close()


async def _answers(port: int) -> bool:
    connection = Connection(f"http://127.0.0.1:{port}")
    try:
        return (await connection.ask(request("GET", "/none", "none"), 2)).status == 404
    except (OSError, TimeoutError):
        return False
    finally:
        connection.close()


@contextlib.asynccontextmanager
async def _process(module: str, role: str, env: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, role),
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": str(_ROOT), **env},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def ceilings(beside: Beside, report: Report, scale: float) -> None:
    """What the parts can do at the most, each alone on this machine now."""
    await _copy(beside, report, int(100 * scale))
    await _publish(beside, report, int(3_000 * scale))
    await _route(report, int(10_000 * scale))


async def _copy(beside: Beside, report: Report, batches: int) -> None:
    conn = await asyncpg.connect(beside.database)
    await conn.execute(
        "CREATE TABLE raw (s int, t bigint, rk bigint, v bigint, e bigint, PRIMARY KEY (s, t))"
    )
    rows = 20_000
    flushes = []
    began = time.perf_counter()
    for number in range(batches):
        s, t = np.divmod(np.arange(rows), 10)
        records = list(zip(s.tolist(), (t + number * 10).tolist(), *([[7] * rows] * 3), strict=True))
        waited = time.perf_counter()
        await conn.copy_records_to_table("raw", records=records)
        flushes.append(time.perf_counter() - waited)
    del began
    report.add(Row("ceiling: raw COPY into the key", rows * batches / sum(flushes), "rows/s"))
    small = []
    for number in range(100):
        waited = time.perf_counter()
        await conn.execute("INSERT INTO raw VALUES (-1, $1, 0, 0, 0)", number)
        small.append(time.perf_counter() - waited)
    report.add(Row("ceiling: one durable commit", statistics.median(small) * 1e3, "ms", better="less"))
    await conn.close()


async def _publish(beside: Beside, report: Report, messages: int) -> None:
    js = beside.nc.jetstream(timeout=60)
    await js.add_stream(StreamConfig("RAW", subjects=["raw"], storage=StorageType.FILE))
    body = bytes(700)
    one = messages // 10
    began = time.perf_counter()
    for _ in range(one):
        await js.publish("raw", body)
    report.add(
        Row("ceiling: JetStream publish, one by one", one / (time.perf_counter() - began), "messages/s")
    )
    began = time.perf_counter()
    gate = asyncio.Semaphore(64)

    async def publish() -> None:
        async with gate:
            await js.publish("raw", body)

    await asyncio.gather(*(publish() for _ in range(messages)))
    report.add(
        Row("ceiling: JetStream publish, 64 at once", messages / (time.perf_counter() - began), "messages/s")
    )


async def _route(report: Report, requests: int) -> None:
    port = free_port()
    async with _process("bench.empty_route", str(port), {}):
        await until(lambda: _answers(port), 60, 0.1)
        body = request("POST", "/v1/readings", "none", b'{"columns":' + bytes([32]) * 700 + b"null}")
        began = time.perf_counter()
        await asyncio.gather(*(_push_all(port, [body] * (requests // 32)) for _ in range(32)))
        took = time.perf_counter() - began
    report.add(Row("ceiling: empty FastAPI route, 1 kB POST", requests // 32 * 32 / took, "POSTs/s"))
