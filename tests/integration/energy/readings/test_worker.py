"""The worker on real servers: what was acknowledged is there once, whatever is killed in between."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.energy.readings import audit, ranks, release, store, wire
from services.energy.readings.batch import BatchStep
from shared import telemetry
from tests.conftest import DatabaseFactory
from tests.integration.energy.readings.pipeline import Pipeline, rows
from tests.kit.energy_oracle import Meter, Read
from tests.kit.energy_store import Store, at, post, quarter_hours
from tests.kit.servers import TestNats, wait_for

T = at("01-05 08:00")
ROWS = quarter_hours("m1", T, [10_000_000 * n for n in range(200)])


@pytest_asyncio.fixture
async def pipeline(database: DatabaseFactory, nats_server: TestNats) -> AsyncIterator[Pipeline]:
    """Servers with one registered register meter, m1 of e1."""
    made = await database("energy")
    conn = await asyncpg.connect(made.dsn)
    pipeline = Pipeline(nats_server, made, Store(conn))
    await pipeline.store.carrier()
    await pipeline.store.coefficient("0.1229", valid_to=None)
    await pipeline.store.meter(Meter("m1", capacity=Decimal(1000), modulus=100_000_000_000))
    yield pipeline
    await conn.close()


async def publish(pipeline: Pipeline, readings: list[Read], **more) -> None:
    """One message of one POST, as the door would publish it."""
    js = await pipeline.nats.jetstream()
    body = wire.encode([post(readings, received_at=pipeline.store.now, **more)])
    p = await pipeline.store.partition("e1")
    await js.publish(wire.subject(p), body, headers={"Nats-Msg-Id": uuid4().hex})


async def all_there(pipeline: Pipeline) -> None:
    """Every reading once, every sum right."""
    store = pipeline.store.conn
    assert await store.fetchval("SELECT count(*) FROM reading") == len(ROWS)
    assert await store.fetchval("SELECT sum(native) FROM ent_day") * 1_000_000 == ROWS[-1].v
    assert await store.fetchval("SELECT sum(accepted) FROM receipt") == len(ROWS)
    assert await audit.differences(store) == []


async def test_a_worker_that_is_cut_off_again_and_again(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stopped after each step it takes, wherever it stands; acknowledgements that were lost come again."""
    monkeypatch.setattr("services.energy.readings.worker.LARGEST_BATCH", 5)
    for n in range(0, len(ROWS), 5):
        await publish(pipeline, ROWS[n : n + 5])
    js, p, rounds, done = await pipeline.nats.jetstream(), await pipeline.store.partition("e1"), 0, 0

    async def processed() -> int:
        return await pipeline.store.conn.fetchval("SELECT count(*) FROM receipt")

    while done < len(ROWS) // 5:
        async with pipeline.working():

            async def moved(before: int = done) -> bool:
                return await processed() > before

            await wait_for(moved)
        done, rounds = await processed(), rounds + 1
        await _hand_back(js, p)
    assert rounds > 1
    async with pipeline.working():
        await pipeline.worked_off()
    await all_there(pipeline)


async def test_a_batch_that_takes_too_long_comes_back_in_halves(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is cut off for its size is not done again in the same size for ever."""
    run, sizes = BatchStep.run, []

    async def slow_beyond_30(self, conn, posts, now, **more):
        sizes.append(sum(each.count for each in posts))
        if sizes[-1] > 30:
            conn.terminate()
        return await run(self, conn, posts, now, **more)

    monkeypatch.setattr(BatchStep, "run", slow_beyond_30)
    for n in range(0, len(ROWS), 5):
        await publish(pipeline, ROWS[n : n + 5])
    async with pipeline.working():
        await pipeline.worked_off()
    assert sizes[0] > 30
    await all_there(pipeline)


async def test_far_corrections_fetch_what_they_touch(pipeline: Pipeline, monkeypatch) -> None:
    """One correction a day was one look-up of everything between: 200 days of 25 meters were half a million rows."""
    days, fetched, neighbours = 20, [], store.neighbours

    async def counted(*arguments):
        rows = await neighbours(*arguments)
        fetched.append(len(rows))
        return rows

    readings = quarter_hours("m1", T, [1_000 * n for n in range(96 * days)])
    await pipeline.store.push(readings)
    monkeypatch.setattr(store, "neighbours", counted)
    await pipeline.store.push(
        [replace(each, v=each.v + 1, rank=ranks.CORRECTION) for each in readings[48::96]]
    )
    assert fetched == [3 * days]
    assert await audit.differences(pipeline.store.conn) == []


async def _hand_back(js, p: int) -> None:
    """Make the server give unacknowledged messages out at once, as it would after ack_wait."""
    info = await js.consumer_info("READINGS", f"worker-{p}")
    await js.delete_consumer("READINGS", f"worker-{p}")
    await js.add_consumer("READINGS", info.config)


async def test_the_database_cuts_the_connection_in_the_middle(pipeline: Pipeline, monkeypatch) -> None:
    """The batch is given back and done again; the memory is rebuilt."""
    admin = await asyncpg.connect(pipeline.database.owner_dsn)
    run = BatchStep.run
    cuts: list[int] = []

    async def cut_off(self, conn, posts, now, **more):
        if len(cuts) < 2:
            cuts.append(conn.get_server_pid())
            conn.terminate()
        return await run(self, conn, posts, now, **more)

    monkeypatch.setattr(BatchStep, "run", cut_off)
    for n in range(0, len(ROWS), 50):
        await publish(pipeline, ROWS[n : n + 50])
    async with pipeline.working():
        await pipeline.worked_off()
    await admin.close()
    assert len(set(cuts)) == 2
    await all_there(pipeline)


async def test_a_commit_whose_answer_was_lost(pipeline: Pipeline, monkeypatch) -> None:
    """It is committed, and nobody acknowledged: the same readings come again and are duplicates."""
    run = BatchStep.run
    lost: list[object] = []

    async def lose_the_answer(self, conn, posts, now, **more):
        done = await run(self, conn, posts, now, **more)
        if not lost:
            lost.append(done)
            # What the memory learnt from the commit is lost with the answer.
            self.forget()
            raise ConnectionResetError("lost")
        return done

    monkeypatch.setattr(BatchStep, "run", lose_the_answer)
    await publish(pipeline, ROWS)
    async with pipeline.working():
        await pipeline.worked_off()
    assert lost
    await all_there(pipeline)


async def test_two_workers_by_mistake_count_nothing_twice(pipeline: Pipeline) -> None:
    """Each memory is behind the other's commits. The key would stop only a repeat, not what comes after a gap."""
    p = await pipeline.store.partition("e1")
    workers = BatchStep(p), BatchStep(p)
    conn, now = pipeline.store.conn, pipeline.store.now
    for number, begin in enumerate(range(0, len(ROWS), 10)):
        step = workers[number % 2]
        await step.run(conn, [post(ROWS[begin : begin + 10], received_at=now)], now)
    for step in workers:
        done = await step.run(conn, [post(ROWS, received_at=now)], now)
        assert done.outcomes["duplicate"] == len(ROWS)
    assert await conn.fetchval("SELECT sum(native) FROM ent_day") * 1_000_000 == ROWS[-1].v
    assert await audit.differences(conn) == []


async def test_a_worker_alone_keeps_its_memory(pipeline: Pipeline) -> None:
    p = await pipeline.store.partition("e1")
    step = BatchStep(p)
    conn, now = pipeline.store.conn, pipeline.store.now
    await step.run(conn, [post(ROWS[:5], received_at=now)], now)
    memory = step.memory
    await step.run(conn, [post(ROWS[5:], received_at=now)], now)
    assert step.memory is memory


async def test_garbage_on_the_queue_is_kept_and_stands_in_nobodys_way(pipeline: Pipeline) -> None:
    js = await pipeline.nats.jetstream()
    p = await pipeline.store.partition("e1")
    await publish(pipeline, ROWS[:100])
    bodies = [b"garbage", b"", wire.encode([])[:-1] + b"\x91", b"\x92\x09\x90"]
    for body in bodies:
        await js.publish(wire.subject(p), body)
    await publish(pipeline, ROWS[100:])
    async with pipeline.working():
        await pipeline.worked_off()
    kept = await pipeline.store.conn.fetch("SELECT body, reason FROM undecodable ORDER BY sequence")
    assert [row["body"] for row in kept] == bodies
    assert all(row["reason"] for row in kept)
    await all_there(pipeline)


async def test_a_message_of_the_next_version_waits_for_the_next_worker(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A door was deployed before its worker: what it took is acknowledged to the device and must not be set apart."""
    monkeypatch.setattr(wire, "VERSION", 3)
    await publish(pipeline, ROWS[100:])
    monkeypatch.setattr(wire, "VERSION", 2)
    await publish(pipeline, ROWS[:100])
    p = await pipeline.store.partition("e1")
    async with pipeline.working() as (_, workers):

        async def only_the_newer_waits() -> bool:
            stored = await pipeline.store.conn.fetchval("SELECT count(*) FROM reading")
            return bool(stored == 100 and workers[p].health().status == "failing")

        await wait_for(
            only_the_newer_waits, 20, "the other message is worked off, the worker says what waits"
        )
        assert "version 3 waits: deploy the worker" in workers[p].health().detail
    assert await pipeline.queued() == 1
    monkeypatch.setattr(wire, "VERSION", 3)
    async with pipeline.working():
        await pipeline.worked_off()
    assert await pipeline.store.conn.fetchval("SELECT count(*) FROM undecodable") == 0
    await all_there(pipeline)


async def test_a_released_reading_travels_with_its_first_receipt(pipeline: Pipeline) -> None:
    """Unknown meter → quarantine → registration → READINGS again → store, all by the processes' own rights."""
    receipt = uuid4()
    await publish(pipeline, [Read("m2", row.t, row.v) for row in ROWS[:3]], receipt=receipt)
    engine = pipeline.database.engine()
    async with pipeline.working():
        await pipeline.worked_off()
        await pipeline.store.meter(Meter("m2"))
        js = await pipeline.nats.jetstream("energy")
        assert await release.publish_due(engine, js) == 3
        await pipeline.worked_off()
        assert await release.publish_due(engine, js) == 0
    await engine.dispose()
    states = await pipeline.store.conn.fetch("SELECT state, receipt FROM quarantine")
    assert {(row["state"], row["receipt"]) for row in states} == {("released", receipt)}
    assert await pipeline.store.conn.fetchval("SELECT count(*) FROM reading") == 3


async def test_the_running_figure_of_today(pipeline: Pipeline) -> None:
    """Provisional, outside the log, one message per enterprise; the past is not on it."""
    now = datetime.now(UTC).replace(microsecond=0)
    midnight = int((now + timedelta(hours=8)).timestamp()) // 86_400 * 86_400 - 8 * 3600
    today = [Read("m1", midnight, 0), Read("m1", max(midnight + 1, int(now.timestamp()) - 60), 5_000_000)]
    pipeline.store.now = now
    await publish(pipeline, ROWS[:2])
    await publish(pipeline, today)
    js = await pipeline.nats.jetstream()

    async def live():
        try:
            message = await js.get_last_msg("LIVE", "live.energy.e1")
        except Exception:
            return None
        return json.loads(message.data or b"")

    async with pipeline.working():
        found = await wait_for(live)
    assert found["tce_equal"] == "0.0006145"
    assert (found["enterprise"], found["region"], found["provisional"]) == ("e1", "350100", True)
    assert found["present"] <= found["expected"] + 1
    assert datetime.fromisoformat(found["last_reading_at"]).timestamp() == today[1].t
    assert datetime.fromisoformat(found["sent_at"]) >= now

    async def unknown() -> bool:
        told = await live()
        return told is not None and told["tce_equal"] is None

    # A second carrier is measured whose coefficient nobody knows: the sum of the rest would look like the whole.
    await pipeline.store.meter(Meter("m2", carrier="biogas"))
    async with pipeline.working():
        await publish(pipeline, [replace(each, meter="m2") for each in today])
        await wait_for(unknown, what="it is said that the whole is not known")


async def test_one_trace_from_the_push_to_the_sum(pipeline: Pipeline, monkeypatch) -> None:
    """A batch of one push is its child; a batch of several links to each."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer)
    async with pipeline.door(share_publish_ms=0) as door:
        door.headers.update(await pipeline.credential())
        await door.post("/v1/readings", json=rows(("m1", T, 0)))
        async with pipeline.working():
            await pipeline.worked_off()
        more = [door.post("/v1/readings", json=rows(("m1", T + 900 * n, n))) for n in range(1, 6)]
        await asyncio.gather(*more)
        async with pipeline.working():
            await pipeline.worked_off()
    finished = exporter.get_finished_spans()
    pushes = {span.context.span_id for span in finished if span.name == "POST /v1/readings"}
    batches = [span for span in finished if span.name == "readings batch"]
    assert len(pushes) == 6
    assert batches[0].parent is not None
    assert batches[0].parent.span_id in pushes
    assert {link.context.span_id for span in batches for link in span.links} == pushes


async def test_health_tells_a_partition_that_gets_nowhere(pipeline: Pipeline, monkeypatch) -> None:
    async def failing(self, conn, posts, now, **more):
        raise asyncpg.PostgresConnectionError("away")

    monkeypatch.setattr(BatchStep, "run", failing)
    monkeypatch.setattr("services.energy.readings.worker.STUCK_S", 0.0)
    await publish(pipeline, ROWS)
    async with pipeline.working() as (rt, _):

        async def not_ready() -> bool:
            return not await rt.health.ready()

        await wait_for(not_ready)
        report = await rt.health.report()
    p = await pipeline.store.partition("e1")
    assert report["checks"][f"partition {p}"]["status"] == "failing"
