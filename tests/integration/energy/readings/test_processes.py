"""The roles as processes of the operating system, over HTTP, and the worker killed in the middle of a run."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest_asyncio

from deploy.local.ports import free_port
from services.energy.readings import audit
from tests.conftest import DatabaseFactory
from tests.integration.energy.readings.pipeline import Pipeline
from tests.kit.energy_oracle import Meter
from tests.kit.energy_store import Store, at
from tests.kit.servers import TestNats, wait_for

T = at("01-05 08:00")
SLOTS, METERS = 96, 20


@pytest_asyncio.fixture
async def pipeline(database: DatabaseFactory, nats_server: TestNats) -> AsyncIterator[Pipeline]:
    """Servers with twenty meters of e1; a message that nobody acknowledged comes again after a second."""
    made = await database("energy")
    conn = await asyncpg.connect(made.dsn)
    pipeline = Pipeline(nats_server, made, Store(conn))
    for n in range(METERS):
        await pipeline.store.meter(Meter(f"m{n}"))
    js = await nats_server.jetstream()
    p = await pipeline.store.partition("e1")
    config = (await js.consumer_info("READINGS", f"worker-{p}")).config
    await js.add_consumer("READINGS", config.evolve(ack_wait=1.0))
    yield pipeline
    await conn.close()


@contextlib.asynccontextmanager
async def process(
    pipeline: Pipeline, role: str, log: Path, **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m services.energy.main <role>` with the environment that a supervisor would give it."""
    settings = pipeline.settings(f"energy-{role}")
    assert settings.nats_password is not None
    own = {
        "SHENGJI_ENVIRONMENT": "test",
        "SHENGJI_NATS_URL": settings.nats_url,
        "SHENGJI_NATS_USER": f"energy-{role}",
        "SHENGJI_NATS_PASSWORD": settings.nats_password.get_secret_value(),
        "SHENGJI_DATABASE_URL": pipeline.database.url_of(f"energy-{role}"),
        **more,
    }
    with log.open("ab") as output:
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.energy.main", role),
            env={**os.environ, **own},
            stdout=output,
            stderr=output,
        )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.send_signal(signal.SIGTERM)
            await asyncio.wait_for(running.wait(), 20)


def columns(slot: int) -> dict[str, object]:
    """One slot of all meters: each counts 10 kWh."""
    meters = [f"m{n}" for n in range(METERS)]
    return {
        "columns": {"meter": meters, "time": [T + 900 * slot] * METERS, "value": [10.0 * slot] * METERS},
        "unit": "kWh",
    }


async def test_a_day_pushed_while_the_worker_is_killed_twice(pipeline: Pipeline, tmp_path: Path) -> None:
    """Everything that was answered with 202 is there once; the sum is right to the digit."""
    port, log = free_port(), tmp_path / "log"
    credential = await pipeline.credential()
    url = f"http://127.0.0.1:{port}"
    async with (
        process(pipeline, "intake", log, SHENGJI_HTTP_PORT=str(port)) as intake,
        httpx.AsyncClient(base_url=url, headers=credential) as client,
    ):

        async def open_door() -> bool:
            assert intake.returncode is None, log.read_text()
            with contextlib.suppress(httpx.TransportError):
                return (await client.get("/openapi.json")).status_code == 200
            return False

        await wait_for(open_door, 30)

        async def push(slots: range) -> None:
            for slot in slots:
                answer = await client.post("/v1/readings", json=columns(slot))
                assert answer.status_code == 202, answer.text

        async def stored() -> int:
            return await pipeline.store.conn.fetchval("SELECT count(*) FROM receipt")

        for half in range(2):
            before = await stored()
            async with process(pipeline, "worker", log) as worker:
                pushing = asyncio.create_task(push(range(48 * half, 48 * half + 48)))

                async def moved(before: int = before) -> bool:
                    return await stored() > before

                await wait_for(moved, 30)
                worker.kill()
                await worker.wait()
                await pushing
        async with process(pipeline, "worker", log) as worker:
            await wait_for(lambda: log.read_text().count('"logger": "energy-worker"') == 3, 30)
            await pipeline.worked_off()
        assert worker.returncode == 0, log.read_text()
    assert intake.returncode == 0, log.read_text()
    conn = pipeline.store.conn
    assert await conn.fetchval("SELECT count(*) FROM reading") == SLOTS * METERS
    assert await conn.fetchval("SELECT sum(native) FROM ent_day") == 10 * (SLOTS - 1) * METERS
    assert await audit.differences(conn) == []
