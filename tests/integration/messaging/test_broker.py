"""Each guard of shared/broker.py against the real server, beside the default that it guards from."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from faststream import AckPolicy
from faststream.nats import ConsumerConfig, JStream, NatsMessage, PullSub
from nats.js import JetStreamContext, api
from nats.js.errors import APIError

from shared import broker as guards
from shared.pull import ConsumerGone, PullReader
from shared.settings import Settings
from shared.streams import work_queue
from tests.kit.servers import TestNats, wait_for

QUEUE = "WORK"


def settings_of(nats: TestNats, user: str = "admin") -> Settings:
    return Settings(environment="test", nats_url=nats.url, nats_user=user, nats_password=nats.passwords[user])


def durable(**options: Any) -> api.ConsumerConfig:
    return api.ConsumerConfig(
        durable_name="worker", ack_policy=api.AckPolicy.EXPLICIT, **{"ack_wait": 30.0, **options}
    )


@pytest_asyncio.fixture
async def broker(bare_nats: TestNats) -> AsyncIterator[guards.GuardedBroker]:
    made = await guards.connect(settings_of(bare_nats), "test")
    yield made
    await made.stop()


@pytest_asyncio.fixture
async def js(broker: guards.GuardedBroker) -> JetStreamContext:
    made = guards.jetstream(broker)
    await made.add_stream(work_queue(QUEUE, ["work.>"], max_bytes=1_000_000))
    return made


async def left(js: JetStreamContext) -> int:
    return (await js.stream_info(QUEUE)).state.messages


async def test_a_message_whose_handler_raises_is_not_lost(
    broker: guards.GuardedBroker, js: JetStreamContext, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(guards, "NACK_FIRST_S", 0.01)
    await js.add_consumer(QUEUE, durable())
    seen: list[int] = []

    @broker.subscriber(
        "work.>",
        durable="worker",
        stream=JStream(QUEUE, declare=False),
        pull_sub=PullSub(batch_size=1, timeout=0.2),
        config=ConsumerConfig(ack_wait=30.0),
    )
    async def handle(body: str, message: NatsMessage) -> None:
        raw = message.raw_message
        seen.append(raw.metadata.num_delivered)
        if len(seen) < 4:
            await guards.nack(raw)
            raise RuntimeError("not yet")
        await message.ack()

    await broker.start()
    await guards.publish(js, QUEUE, "work.a", b"x", msg_id="1")
    await wait_for(lambda: len(seen) == 4)
    assert seen == [1, 2, 3, 4]

    async def empty() -> bool:
        return await left(js) == 0

    await wait_for(empty)


async def test_with_faststreams_default_the_same_message_is_lost(
    broker: guards.GuardedBroker, js: JetStreamContext
):
    """Why the guard is there: should this test fail one day, the trap is gone from the library."""
    await js.add_consumer(QUEUE, durable())
    seen: list[str] = []

    @broker.subscriber(
        "work.>",
        durable="worker",
        stream=JStream(QUEUE, declare=False),
        pull_sub=PullSub(batch_size=1, timeout=0.2),
        ack_policy=AckPolicy.REJECT_ON_ERROR,
    )
    async def handle(body: str) -> None:
        seen.append(body)
        raise RuntimeError("not yet")

    await broker.start()
    await guards.publish(js, QUEUE, "work.a", b"x", msg_id="1")

    async def lost() -> bool:
        return await left(js) == 0

    await wait_for(lost)
    assert len(seen) == 1


async def test_a_repeated_publish_is_stored_once(js: JetStreamContext):
    first = await guards.publish(js, QUEUE, "work.a", b"x", msg_id="1")
    again = await guards.publish(js, QUEUE, "work.a", b"x", msg_id="1")
    assert (again.seq, again.duplicate) == (first.seq, True)
    assert await left(js) == 1


async def test_a_publish_survives_an_outage(js: JetStreamContext, bare_nats: TestNats):
    await bare_nats.stop()
    publishing = asyncio.create_task(
        guards.publish(js, QUEUE, "work.a", b"x", msg_id="1", timeout_s=0.3, budget_s=30)
    )
    await bare_nats.restart()
    assert (await publishing).seq == 1
    assert await left(js) == 1


async def test_a_publish_without_an_answer_fails_when_its_budget_is_spent(
    js: JetStreamContext, bare_nats: TestNats
):
    await bare_nats.stop()
    with pytest.raises(guards.PublishError, match=r"WORK: no acknowledgement within 0\.2 s"):
        await guards.publish(js, QUEUE, "work.a", b"x", msg_id="1", timeout_s=0.1, budget_s=0.2)


async def test_a_publish_that_is_refused_says_so_at_once(js: JetStreamContext):
    await js.update_stream((await js.stream_info(QUEUE)).config.evolve(max_bytes=2_000))
    with pytest.raises(guards.StreamFull, match="maximum bytes"):
        for number in range(10):
            await guards.publish(js, QUEUE, "work.a", b"x" * 500, msg_id=str(number))
    with pytest.raises(APIError, match="expected stream does not match"):
        await guards.publish(js, "OTHER", "work.a", b"x", msg_id="z")


async def test_an_atomic_batch_is_all_or_nothing(js: JetStreamContext):
    batch = [guards.Outgoing("work.a", str(n).encode()) for n in range(5)]
    assert (await guards.publish_atomic(js, QUEUE, batch, expected_last=0)).seq == 5
    with pytest.raises(APIError, match="wrong last sequence: 5"):
        await guards.publish_atomic(js, QUEUE, batch, expected_last=4)
    assert await left(js) == 5
    too_many = [guards.Outgoing("work.a", b"")] * (guards.BATCH_LIMIT + 1)
    with pytest.raises(ValueError, match="1 to 1000"):
        await guards.publish_atomic(js, QUEUE, too_many)
    limit = too_many[: guards.BATCH_LIMIT]
    assert (await guards.publish_atomic(js, QUEUE, limit, expected_last=5)).seq == 1005


async def test_a_connection_that_closes_for_good_ends_the_process(bare_nats: TestNats):
    ended: list[str] = []
    broker = await guards.connect(settings_of(bare_nats), "test", on_closed=lambda: ended.append("now"))
    await guards.client(broker).close()
    assert ended == ["now"]
    on_purpose = await guards.connect(settings_of(bare_nats), "test", on_closed=lambda: ended.append("again"))
    await on_purpose.stop()
    assert ended == ["now"]


async def test_the_connection_comes_back_however_long_the_server_was_away(
    broker: guards.GuardedBroker, js: JetStreamContext, bare_nats: TestNats
):
    options = guards.client(broker).options
    assert options["max_reconnect_attempts"] == -1
    await bare_nats.restart()
    assert (await guards.publish(js, QUEUE, "work.a", b"x", msg_id="1", timeout_s=0.5)).seq == 1


async def test_replies_go_to_an_inbox_of_the_users_own(bare_nats: TestNats):
    await bare_nats.provision()
    broker = await guards.connect(settings_of(bare_nats, "projects"), "projects")
    assert guards.client(broker).new_inbox().startswith("_INBOX_projects.")
    assert (await guards.jetstream(broker).stream_info("PROJECTS")).state.messages == 0
    await broker.stop()


async def test_a_batch_is_what_is_there_when_the_first_message_comes(js: JetStreamContext):
    """nats-py's own fetch(100) would wait for 100 messages, or for its whole timeout."""
    await js.add_consumer(QUEUE, durable())
    reader = await PullReader.open(js, QUEUE, "worker", 100)
    fetching = asyncio.create_task(guards.fetch(reader, 60))
    await guards.publish(js, QUEUE, "work.a", b"x", msg_id="1")
    (message,) = await fetching
    await message.ack_sync()
    assert await left(js) == 0
    for number in range(250):
        await guards.publish(js, QUEUE, "work.a", b"x", msg_id=f"b{number}")
    sizes: list[int] = []
    while sum(sizes) < 250:
        batch = await guards.fetch(reader, 10)
        sizes.append(len(batch))
        for message in batch:
            await message.ack_sync()
    assert max(sizes) <= 100
    assert await guards.fetch(reader, 0.01) == []
    assert await left(js) == 0
    await reader.close()


async def test_a_durable_that_is_away_is_waited_for(js: JetStreamContext):
    await js.add_consumer(QUEUE, durable())
    reader = await PullReader.open(js, QUEUE, "worker", 10)
    assert await guards.fetch(reader, 0.05) == []
    await js.delete_consumer(QUEUE, "worker")
    with pytest.raises(ConsumerGone, match="WORK/worker"):
        await reader.next(10)
    reader.forget()
    await guards.publish(js, QUEUE, "work.a", b"x", msg_id="1")
    assert await guards.fetch(reader, 0.1) == []
    await js.add_consumer(QUEUE, durable())
    (message,) = await wait_for(lambda: guards.fetch(reader, 0.2))
    assert message.data == b"x"
    await reader.close()


async def test_unacknowledged_messages_come_again_after_a_crash(js: JetStreamContext):
    await js.add_consumer(QUEUE, durable(ack_wait=0.2))
    for number in range(3):
        await guards.publish(js, QUEUE, "work.a", str(number).encode(), msg_id=str(number))
    crashed = await PullReader.open(js, QUEUE, "worker", 10)
    assert len(await guards.fetch(crashed, 5)) >= 1
    await crashed.close()
    reader = await PullReader.open(js, QUEUE, "worker", 10)
    got: set[bytes] = set()

    async def all_again() -> bool:
        for message in await guards.fetch(reader, 0.5):
            got.add(message.data)
            await message.ack_sync()
        return got == {b"0", b"1", b"2"}

    await wait_for(all_again)
    assert await left(js) == 0
    await reader.close()


def test_a_failing_message_is_tried_again_later_and_later():
    assert [guards.nack_delay(n) for n in (1, 2, 3, 8, 9, 1000)] == [0.5, 1.0, 2.0, 60.0, 60.0, 60.0]
