"""The consumer against a real stream and a real projection."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import pytest
from nats.js import JetStreamContext, api
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.checkpoint import Checkpoints
from shared.consumer import DomainConsumer, NewerSchema, Poison
from shared.envelope import Envelope
from shared.health import Health
from shared.relay import Relay
from shared.streams import domain_stream
from tests.integration.messaging.conftest import SOURCE, STREAM, Diary, Ledger
from tests.kit.servers import TestNats, wait_for


@contextlib.asynccontextmanager
async def running(*parts: DomainConsumer | Relay) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(part.run()) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def consumer_of(diary: Diary, js: JetStreamContext, **options: Any) -> DomainConsumer:
    checkpoints = Checkpoints(diary.engine, "diary")
    return DomainConsumer(SOURCE, js, checkpoints, diary.apply, **{"retry_s": 0.05, **options})


async def published(ledger: Ledger, js: JetStreamContext) -> int:
    """Bring the stream up to the log's head."""
    head = (await ledger.all())[-1].position
    relay = Relay(SOURCE, ledger.engine, ledger.log, js, poll_s=0.01)
    async with running(relay):
        await wait_for(lambda: relay.position == head)
    return head


async def checkpoint(engine: AsyncEngine) -> int:
    async with engine.connect() as conn:
        return (await Checkpoints(engine, "diary").get(conn, SOURCE)).position


def up_to(last: int, first: int = 1) -> list[int]:
    return list(range(first, last + 1))


async def test_every_event_once_in_order_and_the_checkpoint_with_them(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    await ledger.append(700)
    await published(ledger, stream)
    consumer = consumer_of(diary, stream)
    async with running(consumer, Relay(SOURCE, ledger.engine, ledger.log, stream, poll_s=0.01)):
        await wait_for(lambda: consumer.position == 700)
        await ledger.append(1)
        await wait_for(lambda: consumer.position == 701)
        await wait_for(lambda: consumer.check().status == "ok")
    assert await diary.positions() == up_to(701)
    async with diary.engine.connect() as conn:
        saved = await Checkpoints(diary.engine, "diary").get(conn, SOURCE)
    event = (await ledger.all())[-1]
    assert (saved.position, saved.hash, saved.recorded_at) == (701, event.hash, event.recorded_at)


async def test_a_restarted_consumer_goes_on_where_the_last_one_committed(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    await ledger.append(20)
    await published(ledger, stream)
    first = consumer_of(diary, stream, batch=3)
    async with running(first):
        await wait_for(lambda: first.position >= 6)
    await ledger.append(5)
    await published(ledger, stream)
    second = consumer_of(diary, stream)
    async with running(second):
        await wait_for(lambda: second.position == 25)
    assert await diary.positions() == up_to(25)


async def test_two_consumers_of_one_projection_apply_each_event_once(
    ledger: Ledger, diary: Diary, stream: JetStreamContext, bare_nats: TestNats
):
    one = consumer_of(diary, stream, batch=5)
    two = consumer_of(diary, await bare_nats.jetstream(), batch=3)
    async with running(one, two, Relay(SOURCE, ledger.engine, ledger.log, stream, poll_s=0.01)):
        for _ in range(30):
            await ledger.append(4)
        await wait_for(lambda: one.position == two.position == 120)
    assert await diary.positions() == up_to(120)


async def test_a_poison_event_stops_the_line_behind_what_is_right_and_it_goes_on_when_mended(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    await ledger.append(5)
    await ledger.append(1, type="Strange")
    await ledger.append(5)
    await published(ledger, stream)
    diary.broken["Strange"] = Poison("no such thing")
    health = Health("test")
    consumer = consumer_of(diary, stream, health=health)
    async with running(consumer):
        reason = await wait_for(lambda: consumer.stopped)
        assert "event 6 (Strange v1" in reason
        assert "no such thing" in reason
        # What the failing event had written is rolled back, what came before it stands.
        assert await diary.positions() == up_to(5)
        assert await checkpoint(diary.engine) == 5
        report = await health.report()
        assert report["status"] == "failing"
        assert "event 6" in report["checks"]["consumer diary < projects"]["detail"]
        diary.broken.clear()
        await wait_for(lambda: consumer.position == 11)
        await wait_for(lambda: consumer.check().status == "ok")
    assert await diary.positions() == up_to(11)


async def test_an_outage_that_the_driver_itself_reports_is_no_poison(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    """A projection may write past SQLAlchemy, by COPY: its errors come as the driver's own."""
    await ledger.append(3)
    await published(ledger, stream)
    outages = [asyncpg.DiskFullError("no space"), asyncpg.DeadlockDetectedError("each other")]
    stopped: list[str | None] = []

    async def apply(conn: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
        stopped.append(consumer.stopped)
        if outages:
            raise outages.pop()
        await diary.apply(conn, envelopes)

    consumer = DomainConsumer(SOURCE, stream, Checkpoints(diary.engine, "diary"), apply, retry_s=0.05)
    async with running(consumer):
        await wait_for(lambda: consumer.position == 3)
    # Each time the whole batch again; the line never stood still.
    assert stopped == [None, None, None]


async def test_a_newer_schema_than_the_reader_knows_stops_the_line(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    await ledger.append(2)
    await ledger.append(1, version=2)
    await published(ledger, stream)

    async def apply(conn: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            if envelope.schemaversion > 1:
                raise NewerSchema("Happened v2: this reader knows version 1")
        await diary.apply(conn, envelopes)

    consumer = DomainConsumer(SOURCE, stream, Checkpoints(diary.engine, "diary"), apply, retry_s=0.05)
    async with running(consumer):
        assert "knows version 1" in await wait_for(lambda: consumer.stopped)
    assert await diary.positions() == [1, 2]


async def test_a_projection_restored_behind_its_consumer_is_brought_up_again(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    await ledger.append(10)
    await published(ledger, stream)
    consumer = consumer_of(diary, stream)
    fourth = (await ledger.all())[3]
    async with running(consumer, Relay(SOURCE, ledger.engine, ledger.log, stream, poll_s=0.01)):
        await wait_for(lambda: consumer.position == 10)
        async with diary.engine.begin() as conn:  # the restore
            await conn.execute(text("DELETE FROM seen WHERE position > 4"))
            await conn.execute(text("UPDATE checkpoint SET position = 4, hash = :h"), {"h": fourth.hash})
        await ledger.append(1)
        await wait_for(lambda: consumer.position == 11)
    assert await diary.positions() == up_to(11)


async def test_a_checkpoint_of_another_history_stops_the_line(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    await ledger.append(10)
    await published(ledger, stream)
    async with diary.engine.begin() as conn:
        await conn.execute(
            text("INSERT INTO checkpoint (projection, source, position, hash) VALUES ('diary', :s, 4, :h)"),
            {"s": SOURCE, "h": b"\1" * 32},
        )
    consumer = consumer_of(diary, stream)
    async with running(consumer):
        assert "restored or exchanged" in await wait_for(lambda: consumer.stopped)
    assert await diary.positions() == []
    assert await checkpoint(diary.engine) == 4


async def test_a_hole_in_the_stream_stops_the_line_and_says_where(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    await stream.delete_stream(STREAM)
    await stream.add_stream(domain_stream(SOURCE).evolve(deny_delete=False))
    await ledger.append(9)
    await published(ledger, stream)
    await stream.delete_msg(STREAM, 6)
    consumer = consumer_of(diary, stream)
    async with running(consumer):
        assert "no message 6" in await wait_for(lambda: consumer.stopped)
        assert await diary.positions() == up_to(5)
        # Mended by the one way there is: a new stream, filled by the relay from the log.
        await stream.delete_stream(STREAM)
        await stream.add_stream(domain_stream(SOURCE))
        await published(ledger, stream)
        await wait_for(lambda: consumer.position == 9)
    assert await diary.positions() == up_to(9)


async def test_a_stream_shorter_than_the_checkpoint_is_waited_for_and_said_so(
    ledger: Ledger, diary: Diary, stream: JetStreamContext, monkeypatch: pytest.MonkeyPatch
):
    await ledger.append(6)
    await published(ledger, stream)
    first = consumer_of(diary, stream)
    async with running(first):
        await wait_for(lambda: first.position == 6)
    await stream.delete_stream(STREAM)
    await stream.add_stream(domain_stream(SOURCE))
    consumer = consumer_of(diary, stream)
    async with running(consumer):
        await wait_for(lambda: consumer.check().status == "degraded")
        assert "ends before the checkpoint 6" in consumer.check().detail
        assert consumer.check().status == "degraded"
        with monkeypatch.context() as later:
            later.setattr("shared.consumer.FAILING_AFTER_S", 0.0)
            assert consumer.check().status == "failing"
        await ledger.append(2)
        await published(ledger, stream)
        await wait_for(lambda: consumer.position == 8)
        await wait_for(lambda: consumer.check().status == "ok")
    assert await diary.positions() == up_to(8)


async def test_after_a_refill_beneath_a_waiting_consumer_nothing_is_said_to_be_pending(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    # The server counts, for a consumer opened beyond the end, whatever comes: also what stands before its start.
    await ledger.append(6)
    await published(ledger, stream)
    first = consumer_of(diary, stream)
    async with running(first):
        await wait_for(lambda: first.position == 6)
    await stream.delete_stream(STREAM)
    await stream.add_stream(domain_stream(SOURCE))
    waiting = consumer_of(diary, stream)
    async with running(waiting):
        await wait_for(lambda: waiting.check().status == "degraded")
        await published(ledger, stream)
        await wait_for(lambda: waiting.check().status == "ok" and waiting.pending == 0)
    assert await diary.positions() == up_to(6)


async def test_a_consumer_that_the_server_forgot_is_opened_anew(
    ledger: Ledger, diary: Diary, stream: JetStreamContext, bare_nats: TestNats
):
    await ledger.append(3)
    await published(ledger, stream)
    consumer = consumer_of(diary, stream)
    async with running(consumer):
        await wait_for(lambda: consumer.position == 3)
        for info in await stream.consumers_info(STREAM):
            await stream.delete_consumer(STREAM, info.name)
        await ledger.append(3)
        await published(ledger, stream)
        await wait_for(lambda: consumer.position == 6)
        await bare_nats.restart()
        await ledger.append(3)
        await published(ledger, stream)
        await wait_for(lambda: consumer.position == 9, timeout=20)
    assert await diary.positions() == up_to(9)


async def test_a_database_outage_delays_and_loses_nothing(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    await ledger.append(50)
    await published(ledger, stream)
    consumer = consumer_of(diary, stream, batch=2)
    async with running(consumer):
        await wait_for(lambda: consumer.position >= 10)
        async with ledger.engine.connect() as conn:
            await conn.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await wait_for(lambda: consumer.position == 50)
        assert consumer.stopped is None
    assert await diary.positions() == up_to(50)


async def test_a_consumer_leaves_nothing_behind_on_the_server(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    await ledger.append(3)
    await published(ledger, stream)
    consumer = consumer_of(diary, stream)
    async with running(consumer):
        await wait_for(lambda: consumer.position == 3)
        (info,) = await stream.consumers_info(STREAM)
        assert info.config.ack_policy == api.AckPolicy.NONE
    assert await stream.consumers_info(STREAM) == []


async def test_whoever_wrote_can_wait_for_the_projection(
    ledger: Ledger, diary: Diary, stream: JetStreamContext
):
    checkpoints = Checkpoints(diary.engine, "diary")
    assert not await checkpoints.wait_for(SOURCE, 1, timeout_s=0.01)
    consumer = DomainConsumer(SOURCE, stream, checkpoints, diary.apply)
    elsewhere = Checkpoints(diary.engine, "diary")  # as another process has it
    async with running(consumer, Relay(SOURCE, ledger.engine, ledger.log, stream, poll_s=0.01)):
        waiting = [asyncio.create_task(c.wait_for(SOURCE, 3, timeout_s=10)) for c in (checkpoints, elsewhere)]
        await ledger.append(3)
        assert await asyncio.gather(*waiting) == [True, True]
    assert await diary.positions() == up_to(3)


async def test_what_was_remembered_before_a_restore_is_not_believed(diary: Diary) -> None:
    """The database was restored under the process: it remembers a position that is not there any more."""
    checkpoints = Checkpoints(diary.engine, "diary")
    await checkpoints.advanced(SOURCE, 5)
    assert not await checkpoints.wait_for(SOURCE, 5, timeout_s=0.2)


async def test_each_source_has_a_line_of_its_own(ledger: Ledger, diary: Diary, stream: JetStreamContext):
    await stream.add_stream(domain_stream("energy"))
    await ledger.append(4)
    checkpoints = Checkpoints(diary.engine, "diary")
    lines = [DomainConsumer(s, stream, checkpoints, diary.apply) for s in (SOURCE, "energy")]
    relays = [Relay(s, ledger.engine, ledger.log, stream, poll_s=0.01) for s in (SOURCE, "energy")]
    async with running(*lines, *relays):
        await wait_for(lambda: [line.position for line in lines] == [4, 4])
    assert await diary.positions(SOURCE) == await diary.positions("energy") == up_to(4)
    async with diary.engine.connect() as conn:
        assert [c.source for c in await checkpoints.all(conn)] == ["energy", SOURCE]


@pytest.mark.parametrize("name", ["public; DROP TABLE x", "Upper", ""])
async def test_a_schema_name_is_plain(engine: AsyncEngine, name: str):
    with pytest.raises(ValueError, match="plain schema name"):
        Checkpoints(engine, "diary", schema=name)
