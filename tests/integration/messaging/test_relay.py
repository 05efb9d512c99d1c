"""The relay against a real log and a real stream."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from nats.js import JetStreamContext
from sqlalchemy import text

from shared.envelope import Envelope
from shared.health import Health
from shared.relay import Relay
from shared.streams import domain_stream
from tests.integration.messaging.conftest import SOURCE, STREAM, Ledger, same, stored
from tests.kit.servers import TestNats, wait_for


@contextlib.asynccontextmanager
async def running(*relays: Relay) -> AsyncIterator[None]:
    """The relays at work; afterwards they are killed where they stand."""
    tasks = [asyncio.create_task(relay.run()) for relay in relays]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def relay_of(ledger: Ledger, js: JetStreamContext, **options: Any) -> Relay:
    return Relay(SOURCE, ledger.engine, ledger.log, js, **{"poll_s": 0.02, **options})


async def last(js: JetStreamContext) -> int:
    return (await js.stream_info(STREAM)).state.last_seq


async def test_every_event_arrives_once_in_order_at_its_position(ledger: Ledger, stream: JetStreamContext):
    await ledger.append(1)
    await ledger.append(2500, type="Grew")
    relay = relay_of(ledger, stream)
    async with running(relay):
        await wait_for(lambda: relay.position == 2501)
        await ledger.append(3)
        await wait_for(lambda: relay.position == 2504)
    envelopes = await stored(stream)
    assert same(envelopes, await ledger.all())
    assert {e.incarnation for e in envelopes} != {None}
    message = await stream.get_msg(STREAM, 2)
    assert message.subject == "projects.Grew"


async def test_a_poke_is_enough(ledger: Ledger, stream: JetStreamContext):
    relay = relay_of(ledger, stream, poll_s=3600)
    await ledger.append(1)
    async with running(relay):
        await wait_for(lambda: relay.position == 1)
        await ledger.append(1)
        relay.poke()
        await wait_for(lambda: relay.position == 2)


async def test_two_relays_at_once_make_one_stream(
    ledger: Ledger, stream: JetStreamContext, bare_nats: TestNats
):
    one, two = relay_of(ledger, stream), relay_of(ledger, await bare_nats.jetstream(), batch=7)
    async with running(one, two):
        for count in [1, 5, 12, 1, 1, 40, 2, 9] * 4:
            total = await ledger.append(count)
        await wait_for(lambda: one.position == two.position == total)
    assert same(await stored(stream), await ledger.all())


async def test_a_relay_killed_after_the_publish_and_before_it_knew(ledger: Ledger, stream: JetStreamContext):
    await ledger.append(4)
    envelopes, previous = [], b""
    for event in await ledger.all():
        envelopes.append(Envelope.from_event(event, previous, SOURCE))
        previous = event.hash
    for envelope in envelopes[:2]:  # what the killed relay had published
        await stream.publish(f"{SOURCE}.{envelope.type}", envelope.encode())
    relay = relay_of(ledger, stream)
    async with running(relay):
        await wait_for(lambda: relay.position == 4)
    assert same(await stored(stream), await ledger.all())


async def test_a_stream_that_was_lost_is_filled_again_though_nothing_new_happens(
    ledger: Ledger, stream: JetStreamContext, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.relay.RECHECK_S", 0.05)
    await ledger.append(30)
    relay = relay_of(ledger, stream)
    async with running(relay):
        await wait_for(lambda: relay.position == 30)
        await stream.delete_stream(STREAM)
        await stream.add_stream(domain_stream(SOURCE))

        async def full() -> bool:
            return await last(stream) == 30

        await wait_for(full)
    assert same(await stored(stream), await ledger.all())


async def test_a_log_restored_to_before_its_stream_stops_the_relay(ledger: Ledger, stream: JetStreamContext):
    await ledger.append(10)
    first = relay_of(ledger, stream)
    async with running(first):
        await wait_for(lambda: first.position == 10)
    before = await stored(stream)
    await ledger.empty()
    await ledger.append(8, type="Otherwise")
    health = Health("test")
    relay = relay_of(ledger, stream, health=health)
    async with running(relay):
        reason = await wait_for(lambda: relay.stopped)
        assert "ends at 8" in reason
        assert (await health.report())["checks"]["relay projects"]["status"] == "failing"
        assert not await health.ready()
    # More commands make the log longer than the stream: now the hash gives it away.
    await ledger.append(8, type="Otherwise")
    relay = relay_of(ledger, stream)
    async with running(relay):
        reason = await wait_for(lambda: relay.stopped)
        assert "two histories" in reason
    assert await stored(stream) == before


async def test_a_stream_that_somebody_else_writes_stops_the_relay(ledger: Ledger, stream: JetStreamContext):
    await ledger.append(2)
    await stream.publish("projects.Happened", b"not an envelope")
    relay = relay_of(ledger, stream)
    async with running(relay):
        assert "not an envelope" in await wait_for(lambda: relay.stopped)
    assert await last(stream) == 1


async def test_a_mended_divergence_lets_the_relay_go_on(
    ledger: Ledger, stream: JetStreamContext, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.relay.BACKOFF_LONGEST_S", 0.05)
    await ledger.append(3)
    await stream.publish("projects.Happened", b"not an envelope")
    relay = relay_of(ledger, stream)
    async with running(relay):
        await wait_for(lambda: relay.stopped)
        await stream.delete_stream(STREAM)
        await stream.add_stream(domain_stream(SOURCE))
        await wait_for(lambda: relay.position == 3 and relay.stopped is None)
        await wait_for(lambda: relay.check().status == "ok")
    assert same(await stored(stream), await ledger.all())


async def test_outages_of_the_broker_and_the_database_delay_and_lose_nothing(
    ledger: Ledger, stream: JetStreamContext, bare_nats: TestNats, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.relay.BACKOFF_LONGEST_S", 0.2)
    monkeypatch.setattr("shared.relay.DEGRADED_AFTER_S", 0.05)
    relay = relay_of(ledger, stream)
    await ledger.append(5)
    async with running(relay):
        await wait_for(lambda: relay.position == 5)
        await bare_nats.stop()
        await ledger.append(5)
        await wait_for(lambda: relay.check().status == "degraded")
        await bare_nats.restart()
        await wait_for(lambda: relay.position == 10, timeout=20)
        async with ledger.engine.connect() as conn:
            await conn.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await wait_for(ledger.answers, timeout=20)
        await ledger.append(5)
        await wait_for(lambda: relay.position == 15)
        await wait_for(lambda: relay.check().status == "ok")
    assert same(await stored(stream), await ledger.all())


async def test_events_that_are_large_go_in_several_batches(
    ledger: Ledger, stream: JetStreamContext, monkeypatch
):
    monkeypatch.setattr("shared.relay.BATCH_BYTES", 5_000)
    await ledger.append(60)
    relay = relay_of(ledger, stream)
    async with running(relay):
        await wait_for(lambda: relay.position == 60)
    assert same(await stored(stream), await ledger.all())
