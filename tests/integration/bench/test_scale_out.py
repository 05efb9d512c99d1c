"""Two doors and two workers share the partitions; one of each is killed and replaced; one enterprise floods."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio

from deploy.local.ports import free_port
from services.energy.readings import audit
from services.energy.worker import WorkerSettings, months_ahead
from tests.conftest import DatabaseFactory
from tests.integration.energy.readings.pipeline import Pipeline
from tests.integration.energy.readings.test_processes import process
from tests.kit.energy_oracle import Meter
from tests.kit.energy_store import Store, at
from tests.kit.servers import TestNats, wait_for

T = at("01-05 08:00")
SLOTS, METERS = 60, 5
ENTERPRISES = tuple(f"e{n}" for n in range(8))


@pytest_asyncio.fixture
async def pipeline(database: DatabaseFactory, nats_server: TestNats) -> AsyncIterator[Pipeline]:
    """Eight enterprises over all four partitions; what nobody acknowledged comes again after a second."""
    made = await database("energy")
    conn = await asyncpg.connect(made.dsn)
    pipeline = Pipeline(nats_server, made, Store(conn))
    for enterprise in ENTERPRISES:
        for meter in range(METERS):
            await pipeline.store.meter(Meter(f"{enterprise}m{meter}", enterprise=enterprise))
    assert {await pipeline.store.partition(enterprise) for enterprise in ENTERPRISES} == {0, 1, 2, 3}
    js = await nats_server.jetstream()
    for p in range(4):
        config = (await js.consumer_info("READINGS", f"worker-{p}")).config
        await js.add_consumer("READINGS", config.evolve(ack_wait=1.0))
    yield pipeline
    await conn.close()


def body(enterprise: str, slot: int) -> dict[str, object]:
    """One slot of an enterprise's meters: each counts 10 kWh."""
    meters = [f"{enterprise}m{n}" for n in range(METERS)]
    return {"columns": {"meter": meters, "time": [T + 900 * slot] * METERS, "value": [10.0 * slot] * METERS}}


class Doors:
    """Two doors; whoever has no answer from one goes to the other with the same bytes."""

    def __init__(self, pipeline: Pipeline, log: Path) -> None:
        self._pipeline, self._log = pipeline, log
        self._stack = contextlib.AsyncExitStack()
        self.urls: list[str] = []
        self.processes: list[asyncio.subprocess.Process] = []
        self.sent_twice = 0

    async def open(self) -> asyncio.subprocess.Process:
        """Another door, when it answers."""
        port = free_port()
        more = {"SHENGJI_HTTP_PORT": str(port)}
        door = await self._stack.enter_async_context(process(self._pipeline, "intake", self._log, **more))
        url = f"http://127.0.0.1:{port}"

        async def answers() -> bool:
            assert door.returncode is None, self._log.read_text()
            async with httpx.AsyncClient() as client:
                with contextlib.suppress(httpx.TransportError):
                    return (await client.get(f"{url}/openapi.json")).status_code == 200
            return False

        await wait_for(answers, 60)
        self.urls.append(url)
        self.processes.append(door)
        return door

    async def send(self, enterprise: str, headers: dict[str, str], slots: range) -> None:
        """An enterprise's POSTs, one after the other, each until it is taken."""
        async with httpx.AsyncClient(headers=headers, timeout=20) as client:
            turn = ENTERPRISES.index(enterprise)
            for slot in slots:
                while True:
                    url = self.urls[turn % len(self.urls)]
                    try:
                        answer = await client.post(f"{url}/v1/readings", json=body(enterprise, slot))
                    except httpx.TransportError:
                        self.sent_twice += 1
                        turn += 1
                        continue
                    assert answer.status_code in (202, 503), answer.text
                    if answer.status_code == 202:
                        break

    async def close(self) -> None:
        """Stop them."""
        await self._stack.aclose()


async def test_a_door_and_a_worker_are_killed_and_replaced(pipeline: Pipeline, tmp_path: Path) -> None:
    log = tmp_path / "log"
    headers = {enterprise: await pipeline.credential(enterprise) for enterprise in ENTERPRISES}
    doors = Doors(pipeline, log)
    conn = pipeline.store.conn
    try:
        for _ in range(2):
            await doors.open()
        first = process(pipeline, "worker", log, SHENGJI_WORKER_PARTITIONS="0,1")
        second = process(pipeline, "worker", log, SHENGJI_WORKER_PARTITIONS="2,3")
        async with first as lost, second:
            sending = asyncio.gather(*(doors.send(e, headers[e], range(SLOTS)) for e in ENTERPRISES))

            async def both_work() -> bool:
                done = await conn.fetch(
                    "SELECT DISTINCT f.p / 2 FROM receipt r JOIN feed f USING (enterprise)"
                )
                return len(done) == 2

            await wait_for(both_work, 60)
            lost.kill()
            doors.processes[0].kill()
            await asyncio.gather(lost.wait(), doors.processes[0].wait())
            await doors.open()
            async with process(pipeline, "worker", log, SHENGJI_WORKER_PARTITIONS="0,1"):
                await sending
                await pipeline.worked_off()
    finally:
        await doors.close()
    assert await conn.fetchval("SELECT count(*) FROM reading") == SLOTS * METERS * len(ENTERPRISES)
    total = 10 * (SLOTS - 1) * METERS * len(ENTERPRISES)
    assert await conn.fetchval("SELECT sum(native) FROM ent_day") == total
    counts = await conn.fetchrow("SELECT sum(accepted) AS new, sum(quarantined) AS apart FROM receipt")
    assert (counts["new"], counts["apart"]) == (SLOTS * METERS * len(ENTERPRISES), 0)
    assert await audit.differences(conn) == []


async def test_who_floods_is_told_to_wait_and_the_others_are_served(pipeline: Pipeline) -> None:
    flood = await pipeline.credential("e0")
    others = {enterprise: await pipeline.credential(enterprise) for enterprise in ENTERPRISES[1:]}
    many = {"columns": {"meter": "e0m0", "time": [T + n for n in range(5_000)], "value": [1.0] * 5_000}}
    async with pipeline.door(readings_per_second=10, readings_burst=10_000) as door, pipeline.working():
        answers = await asyncio.gather(
            *(door.post("/v1/readings", json=many, headers=flood) for _ in range(10)),
            *(door.post("/v1/readings", json=body(e, 0), headers=others[e]) for e in others),
        )
        told = [answer.status_code for answer in answers]
        assert sorted(told[:10]) == [202] * 2 + [429] * 8
        assert told[10:] == [202] * len(others)
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["remedy"]
        await pipeline.worked_off()
    stored = "SELECT count(DISTINCT enterprise) FROM receipt WHERE accepted > 0"
    assert await pipeline.store.conn.fetchval(stored) == len(ENTERPRISES)


@pytest.mark.parametrize(("named", "there", "chosen"), [("", [0, 1], [0, 1]), ("1,0,1", [0, 1, 2], [0, 1])])
def test_a_worker_works_the_partitions_it_is_given(named: str, there: list[int], chosen: list[int]) -> None:
    assert WorkerSettings(partitions=named).chosen(there) == chosen


def test_a_worker_refuses_a_partition_that_is_not_there() -> None:
    with pytest.raises(LookupError, match=r"\[7\]"):
        WorkerSettings(partitions="0,7").chosen([0, 1, 2, 3])


async def test_the_coming_months_are_there_before_their_first_reading(pipeline: Pipeline) -> None:
    assert months_ahead(datetime(2013, 11, 30, 20, tzinfo=UTC)) == [
        date(2013, 12, 1),
        date(2014, 1, 1),
        date(2014, 2, 1),
    ]
    async with pipeline.working() as (rt, _):
        names = [f"reading_{month:%Y_%m}" for month in months_ahead(rt.clock.now())]

        async def there() -> bool:
            query = "SELECT count(*) FROM pg_class WHERE relname = ANY ($1::text[]) AND relispartition"
            return await pipeline.store.conn.fetchval(query, names) == 3

        await wait_for(there)
