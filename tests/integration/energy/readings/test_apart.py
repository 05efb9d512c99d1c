"""A message that fails by its content: what it fails by is set aside with its reason, and costs nobody anything."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg
import numpy as np
import pytest
import pytest_asyncio

from services.energy.readings import apart, audit, wire
from services.energy.readings import receipts as receipt_store
from services.energy.readings.batch import BatchStep
from tests.conftest import DatabaseFactory
from tests.integration.energy.readings.pipeline import Pipeline
from tests.kit.energy_oracle import Meter, Read
from tests.kit.energy_store import Store, at, post, quarter_hours
from tests.kit.servers import TestNats

T = at("01-05 08:00")
BAD = 7_777


@pytest_asyncio.fixture
async def pipeline(database: DatabaseFactory, nats_server: TestNats) -> AsyncIterator[Pipeline]:
    """Servers, and three enterprises of one partition with a meter each."""
    made = await database("energy")
    conn = await asyncpg.connect(made.dsn)
    pipeline = Pipeline(nats_server, made, Store(conn))
    await pipeline.store.carrier()
    for name in (await _of_one_partition(pipeline.store))[:3]:
        await pipeline.store.meter(Meter(f"{name}-m", enterprise=name))
    yield pipeline
    await conn.close()


async def _of_one_partition(store: Store) -> list[str]:
    found: dict[int, list[str]] = {}
    for name in (f"e{n}" for n in range(40)):
        found.setdefault(await store.feed(name), []).append(name)
    return max(found.values(), key=len)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages come again at once: how long they rest is another test's affair."""
    monkeypatch.setattr("shared.broker.NACK_FIRST_S", 0.0)


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception, *bad: int) -> None:
    """Let the step fail while readings of these values are worked."""
    write = BatchStep._write

    async def bad_write(self, conn, posts, now, settled, without):
        values = np.concatenate([np.frombuffer(each.v, "<i8") for each in posts])
        keep = np.ones(len(values), np.bool_)
        if without is not None:
            keep[without] = False
        if set(bad) <= set(values[keep].tolist()):
            # As a fault of the database would: the transaction is broken, the connection isn't.
            await conn.execute("SELECT 1")
            raise error
        return await write(self, conn, posts, now, settled, without)

    monkeypatch.setattr(BatchStep, "_write", bad_write)


async def send(pipeline: Pipeline, readings: dict[str, list[Read]]) -> dict[str, UUID]:
    """One message with a POST of each enterprise; answers with the receipts."""
    receipts = {name: uuid4() for name in readings}
    posts = [
        post(rows, enterprise=name, receipt=receipts[name], received_at=pipeline.store.now)
        for name, rows in readings.items()
    ]
    js = await pipeline.nats.jetstream()
    p = await pipeline.store.partition(next(iter(readings)))
    await js.publish(wire.subject(p), wire.encode(posts))
    return receipts


def feeds(enterprises: list[str], *bad: tuple[int, int]) -> dict[str, list[Read]]:
    """Eight readings of each; those of the second have bad values at these places."""
    found = {name: quarter_hours(f"{name}-m", T, [n * 1_000_000 for n in range(8)]) for name in enterprises}
    for place, value in bad:
        row = found[enterprises[1]][place]
        found[enterprises[1]][place] = Read(row.meter, row.t, value)
    return found


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DataError("numeric field overflow"),
        asyncpg.CheckViolationError("no"),
        KeyError("nobody thought of it"),
        ZeroDivisionError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_one_poisonous_reading_among_three_enterprises(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    enterprises = (await _of_one_partition(pipeline.store))[:3]
    if isinstance(error, asyncpg.PostgresError):
        error.sqlstate = type(error).sqlstate
    failing(monkeypatch, error, BAD)
    receipts = await send(pipeline, feeds(enterprises, (3, BAD)))
    async with pipeline.working():
        await pipeline.worked_off()
    conn = pipeline.store.conn
    found = {name: await receipt_store.read(conn, name, receipt) for name, receipt in receipts.items()}
    told = {name: receipt for name, receipt in found.items() if receipt is not None}
    assert {name: each["counts"]["accepted"] for name, each in told.items()} == dict(
        zip(enterprises, (8, 7, 8), strict=True)
    )
    assert told[enterprises[1]]["exceptions"] == [
        {"from": 3, "to": 3, "outcome": "quarantined", "reason": "unworkable"}
    ]
    kept = await conn.fetch("SELECT enterprise, meter, t, v, reason, state FROM quarantine")
    assert [tuple(row) for row in kept] == [
        (enterprises[1], f"{enterprises[1]}-m", T + 2700, BAD, "unworkable", "held")
    ]
    assert await conn.fetchval("SELECT count(*) FROM undecodable") == 0
    sums = await conn.fetch("SELECT enterprise, sum(native) AS e FROM ent_day GROUP BY 1")
    assert {row["enterprise"]: row["e"] for row in sums} == dict.fromkeys(enterprises, Decimal(7))
    assert await audit.differences(conn) == []


async def test_two_that_fail_only_together(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    enterprises = (await _of_one_partition(pipeline.store))[:3]
    failing(monkeypatch, ValueError("together"), BAD, BAD + 1)
    await send(pipeline, feeds(enterprises, (1, BAD), (6, BAD + 1)))
    async with pipeline.working():
        await pipeline.worked_off()
    assert await pipeline.store.conn.fetchval("SELECT count(*) FROM reading") == 23
    assert [row["v"] for row in await pipeline.store.conn.fetch("SELECT v FROM quarantine")] == [BAD + 1]


async def test_a_post_that_fails_without_its_readings_ends_its_receipt(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept as it is, so that nothing is lost; the POSTs beside it count."""
    enterprises = (await _of_one_partition(pipeline.store))[:3]
    write = BatchStep._write

    async def bad_write(self, conn, posts, *more):
        if enterprises[1] in {each.enterprise for each in posts}:
            raise ValueError("whatever of it")
        return await write(self, conn, posts, *more)

    monkeypatch.setattr(BatchStep, "_write", bad_write)
    receipts = await send(pipeline, feeds(enterprises))
    async with pipeline.working():
        await pipeline.worked_off()
    conn = pipeline.store.conn
    kept = await conn.fetchrow("SELECT body, reason FROM undecodable")
    assert [each.enterprise for each in wire.decode(kept["body"])] == [enterprises[1]]
    assert "whatever of it" in kept["reason"]
    told = await receipt_store.read(conn, enterprises[1], receipts[enterprises[1]])
    assert told is not None
    assert told["exceptions"] == [{"from": 0, "to": 7, "outcome": "quarantined", "reason": "unworkable"}]
    assert await conn.fetchval("SELECT count(*) FROM reading") == 16


async def test_an_outage_sets_nothing_apart(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often: what is away now is there later."""
    enterprises = (await _of_one_partition(pipeline.store))[:3]
    run, tries = BatchStep.run, []

    async def away(self, conn, posts, now, **more):
        tries.append(more)
        if len(tries) <= 8:
            raise asyncpg.CannotConnectNowError("starting up")
        return await run(self, conn, posts, now, **more)

    monkeypatch.setattr(BatchStep, "run", away)
    await send(pipeline, feeds(enterprises))
    async with pipeline.working():
        await pipeline.worked_off()
    conn = pipeline.store.conn
    assert len(tries) == 9
    assert await conn.fetchval("SELECT count(*) FROM reading") == 24
    assert await conn.fetchval("SELECT count(*) FROM quarantine") == 0


async def test_a_message_that_always_takes_too_long_is_done_in_parts(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An immortal message would stop the closing of days."""
    enterprises = (await _of_one_partition(pipeline.store))[:3]
    write = BatchStep._write

    async def slow(self, conn, posts, now, settled, without):
        if sum(each.count for each in posts) - (0 if without is None else len(without)) > 8:
            await asyncio.Event().wait()
        return await write(self, conn, posts, now, settled, without)

    monkeypatch.setattr(BatchStep, "_write", slow)
    monkeypatch.setattr("services.energy.readings.worker.LONGEST_BATCH_S", 0.2)

    async def cut(work, conn, seconds):
        """What hangs here has no question at the server that a cut would end."""
        try:
            return await asyncio.wait_for(work, seconds)
        except TimeoutError:
            raise apart.TooLong from None

    monkeypatch.setattr(apart, "in_time", cut)
    await send(pipeline, feeds(enterprises))
    async with pipeline.working():
        await pipeline.worked_off()
    assert await pipeline.store.conn.fetchval("SELECT count(*) FROM reading") == 24
    assert await pipeline.store.conn.fetchval("SELECT sum(accepted) FROM receipt") == 24


async def test_what_is_beyond_a_carriers_bound_is_parked_and_counts_nowhere(pipeline: Pipeline) -> None:
    """A device without capacity that reports more than a province uses."""
    enterprises = (await _of_one_partition(pipeline.store))[:3]
    most = 25_000_000 * 10**6  # a quarter-hour of 1e8 kWh an hour
    receipts = await send(pipeline, feeds(enterprises, (7, 6 * 10**6 + most + 1)))
    async with pipeline.working():
        await pipeline.worked_off()
    conn = pipeline.store.conn
    told = await receipt_store.read(conn, enterprises[1], receipts[enterprises[1]])
    assert told is not None
    assert told["exceptions"] == [{"from": 7, "to": 7, "outcome": "parked", "reason": "beyond"}]
    sums = await conn.fetch("SELECT enterprise, sum(native) AS e FROM ent_day GROUP BY 1")
    assert {row["enterprise"]: row["e"] for row in sums} == dict(zip(enterprises, (7, 6, 7), strict=True))
    assert await audit.differences(conn) == []
