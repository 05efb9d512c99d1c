"""The disk is full, for real: under nats-server's store, then under PostgreSQL. Nothing acknowledged is lost.

The server runs under the supervisor of the one-machine runner, which starts it anew when it has ended or is stuck.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest_asyncio

from deploy.local.ports import free_port
from deploy.local.supervisor import Supervisor
from services.energy.readings import audit
from tests.conftest import DatabaseFactory
from tests.integration.energy.readings.pipeline import Pipeline
from tests.integration.energy.readings.test_processes import process
from tests.kit.disks import LimitedFiles
from tests.kit.energy_oracle import Meter
from tests.kit.energy_store import Store, at
from tests.kit.servers import TestCluster, TestNats, wait_for

T = at("01-05 08:00")
METERS = 100
MB = 1 << 20


@pytest_asyncio.fixture
async def pipeline(database: DatabaseFactory) -> AsyncIterator[Pipeline]:
    """A hundred meters of one enterprise, and a server with a disk of its own."""
    made = await database("energy")
    conn = await asyncpg.connect(made.dsn)
    async with TestNats.running(disk_megabytes=48) as nats:
        await nats.provision()
        pipeline = Pipeline(nats, made, Store(conn))
        for n in range(METERS):
            await pipeline.store.meter(Meter(f"m{n}"))
        yield pipeline
    await conn.close()


def body(slot: int) -> dict[str, object]:
    """One slot of all meters: each counts 10 kWh."""
    meters = [f"m{n}" for n in range(METERS)]
    return {"columns": {"meter": meters, "time": [T + 900 * slot] * METERS, "value": [10.0 * slot] * METERS}}


async def test_the_disk_under_the_queue_is_full(pipeline: Pipeline, tmp_path: Path) -> None:
    nats, port, health = pipeline.nats, free_port(), free_port()
    headers = await pipeline.credential()
    await nats.stop()
    supervisor = Supervisor(tmp_path / "record")
    await supervisor.start([nats.server.spec()])
    disk = nats.small_disk or LimitedFiles(lambda: supervisor.pid("nats"))
    more = {
        "SHENGJI_HTTP_PORT": str(port),
        "SHENGJI_HEALTH_PORT": str(health),
        "SHENGJI_INTAKE_PUBLISH_BUDGET_S": "1",
    }
    url, sick = f"http://127.0.0.1:{port}/v1/readings", supervisor.pid("nats")
    taken: set[int] = set()
    try:
        async with (
            process(pipeline, "intake", tmp_path / "log", **more) as intake,
            httpx.AsyncClient(headers=headers, timeout=30) as box,
        ):

            async def send(slot: int) -> httpx.Response:
                answer = await box.post(url, json=body(slot))
                if answer.status_code == 202:
                    taken.add(slot)
                return answer

            async def listens() -> bool:
                assert intake.returncode is None, (tmp_path / "log").read_text()
                try:
                    return (await send(0)).status_code == 202
                except httpx.TransportError:
                    return False

            await wait_for(listens, 60)
            memory = psutil.Process(intake.pid).memory_info().rss
            disk.fill()
            answers = [answer for _ in range(4) for answer in await asyncio.gather(*map(send, range(1, 60)))]
            refused = [answer for answer in answers if answer.status_code != 202]
            assert refused
            assert {answer.status_code for answer in refused} <= {503, 429}
            assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
            assert psutil.Process(intake.pid).memory_info().rss - memory < 100 * MB
            told = (await box.get(f"http://127.0.0.1:{health}/metrics")).text
            assert 'http_response_status_code="503"' in told

            # Somebody makes room. Nobody else does anything.
            await wait_for(lambda: supervisor.pid("nats") != sick, 30, "the supervisor starts it anew")
            disk.free()

            async def takes_again() -> bool:
                return (await send(60)).status_code == 202

            await wait_for(takes_again, 60)
            acknowledged = set(taken)
            async with process(pipeline, "worker", tmp_path / "log"):
                await pipeline.worked_off()
                stored = await pipeline.store.conn.fetchval("SELECT count(*) FROM reading")
                assert stored >= METERS * len(acknowledged)
                # The box sends everything again: what is there already is a success too.
                assert {(await send(slot)).status_code for slot in range(61)} == {202}
                await pipeline.worked_off()
    finally:
        await supervisor.stop()
    conn = pipeline.store.conn
    assert await conn.fetchval("SELECT count(*) FROM reading") == METERS * 61
    assert await conn.fetchval("SELECT sum(native) FROM ent_day") == 10 * 60 * METERS
    assert await conn.fetchval("SELECT sum(duplicate) FROM receipt") >= METERS * len(acknowledged)
    assert await audit.differences(conn) == []


async def test_the_disk_under_the_database_is_full(tmp_path: Path) -> None:
    """The queue takes what the database can't; it is worked off when there is room again."""
    supervisor = Supervisor(tmp_path / "record")
    async with TestCluster.running(disk_megabytes=320) as cluster, TestNats.running() as nats:
        await nats.provision()
        made = await cluster.clone("energy")
        conn = await asyncpg.connect(made.dsn)
        pipeline = Pipeline(nats, made, Store(conn))
        for n in range(METERS):
            await pipeline.store.meter(Meter(f"m{n}"))
        headers = await pipeline.credential()
        await conn.close()
        await cluster.child.stop()
        await supervisor.start([cluster.server.spec()])
        disk = cluster.small_disk or LimitedFiles(lambda: supervisor.pid("postgres"))
        try:
            async with (
                pipeline.door() as door,
                process(pipeline, "worker", tmp_path / "log"),
            ):
                # What the door needs to know a device it learns while the database is well.
                assert (await door.post("/v1/readings", json=body(0), headers=headers)).status_code == 202
                await pipeline.worked_off()
                disk.fill()
                for slot in range(1, 100):
                    answer = await door.post("/v1/readings", json=body(slot), headers=headers)
                    assert answer.status_code == 202

                async def stands() -> bool:
                    return "No space left" in cluster.server.log.read_text() or cluster.small_disk is None

                await wait_for(stands, 30)
                assert await pipeline.queued() > 0
                disk.free()
                # The box has no answer about some, as it were, and sends all of it again.
                for slot in range(100):
                    answer = await door.post("/v1/readings", json=body(slot), headers=headers)
                    assert answer.status_code == 202
                await pipeline.worked_off(90)
            conn = await asyncpg.connect(made.dsn)
            assert await conn.fetchval("SELECT count(*) FROM reading") == METERS * 100
            assert await conn.fetchval("SELECT sum(native) FROM ent_day") == 10 * 99 * METERS
            assert await conn.fetchval("SELECT sum(accepted + duplicate) FROM receipt") == METERS * 200
            assert await audit.differences(conn) == []
            await conn.close()
        finally:
            await supervisor.stop()
