"""The provisioner's reconcile: makes what is missing, mends what is safe, reports the rest, deletes nothing."""

import pytest
from nats.js import JetStreamContext, api
from nats.js.errors import ServerError

from deploy import topology
from shared.streams import domain_stream, last_value_stream, reconcile, work_queue
from tests.kit.servers import TestNats


async def test_everything_of_the_topology_is_made_once(bare_nats: TestNats):
    js = await bare_nats.jetstream()
    streams, consumers = topology.streams(), topology.consumers()
    done = await reconcile(js, streams, consumers)
    assert len(done) == len(streams) + len(consumers)
    assert all(line.startswith("created") for line in done)
    assert await reconcile(js, streams, consumers) == []


async def test_what_was_lost_is_made_again(bare_nats: TestNats):
    js = await bare_nats.jetstream()
    streams, consumers = topology.streams(), topology.consumers()
    await reconcile(js, streams, consumers)
    await js.delete_consumer("READINGS", "worker-1")
    await js.delete_stream("ENERGY")
    assert await reconcile(js, streams, consumers) == [
        "created stream ENERGY",
        "created consumer READINGS/worker-1",
    ]


async def test_a_safe_difference_is_mended(bare_nats: TestNats):
    js = await bare_nats.jetstream()
    queue = work_queue("WORK", ["work.1"], max_bytes=10_000)
    worker = api.ConsumerConfig(durable_name="w", ack_policy=api.AckPolicy.EXPLICIT, ack_wait=30.0)
    await reconcile(js, [queue], [("WORK", worker)])
    await js.publish("work.1", b"kept")
    wider = work_queue("WORK", ["work.1", "work.2"], max_bytes=20_000)
    patient = worker.evolve(ack_wait=60.0)
    assert await reconcile(js, [wider], [("WORK", patient)]) == [
        "updated stream WORK: max_bytes, subjects",
        "updated consumer WORK/w: ack_wait",
    ]
    info = await js.stream_info("WORK")
    assert (info.config.max_bytes, info.config.subjects, info.state.messages) == (
        20_000,
        ["work.1", "work.2"],
        1,
    )
    assert (await js.consumer_info("WORK", "w")).config.ack_wait == 60.0
    assert await reconcile(js, [wider], [("WORK", patient)]) == []


async def test_a_difference_that_could_lose_something_is_reported_and_left(bare_nats: TestNats):
    js = await bare_nats.jetstream()
    await js.add_stream(work_queue("WORK", ["work.1", "work.2"], max_bytes=20_000))
    smaller = work_queue("WORK", ["work.1"], max_bytes=10_000)
    lines = await reconcile(js, [smaller, last_value_stream("LAST", ["last.*"])])
    assert lines == [
        "left stream WORK: subjects is ['work.1', 'work.2'], wanted ['work.1']: it would orphan subjects that "
        "are stored",
        "left stream WORK: max_bytes is 20000, wanted 10000: it could drop messages",
        "created stream LAST",
    ]
    assert (await js.stream_info("WORK")).config.max_bytes == 20_000


async def test_nothing_can_be_removed_from_a_domain_stream(bare_nats: TestNats):
    js: JetStreamContext = await bare_nats.jetstream()
    await js.add_stream(domain_stream("projects"))
    await js.publish("projects.Happened", b"x")
    with pytest.raises(ServerError, match="delete not permitted"):
        await js.delete_msg("PROJECTS", 1)
    with pytest.raises(ServerError, match="purge not permitted"):
        await js.purge_stream("PROJECTS")
    unguarded = domain_stream("projects").evolve(deny_delete=False)
    assert await reconcile(js, [unguarded]) == [
        "left stream PROJECTS: deny_delete is True, wanted False: it would take a guard away"
    ]
