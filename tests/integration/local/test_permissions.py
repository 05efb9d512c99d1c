"""What each NATS user may and may not do, asked of the real server."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from nats.aio.client import Client
from nats.errors import NoRespondersError, TimeoutError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NoStreamResponseError

from deploy import topology
from shared import broker, simulation
from tests.kit.servers import TestNats, refused_rights

DOMAIN = ("PROJECTS", "ENERGY", "ASSESSMENT")
EVERYBODY = [user.name for user in topology.USERS]
PUBLISHES = {
    "projects.Thing": {"projects"},
    "energy.Thing": {"energy"},
    "assessment.Thing": {"assessment"},
    "readings.0": {"energy", "energy-intake"},
    "live.energy.e1": {"energy", "energy-worker"},
    "clock.now": {"gateway"},
    "clock.ack.energy": {"energy"},
    "hint.progress": {"progress"},
    "rpc.projects.list": {"gateway"},
    "rpc.energy.list": {"gateway"},
    "$JS.API.STREAM.DELETE.ENERGY": set[str](),
    "$JS.API.STREAM.PURGE.READINGS": set[str](),
    "$JS.API.STREAM.CREATE.OTHER": set(),  # it makes the streams it knows by name, and no other
    "$JS.API.STREAM.UPDATE.ENERGY": {"provisioner"},
    "$JS.API.CONSUMER.DELETE.READINGS.worker-0": set[str](),
    "$JS.API.CONSUMER.CREATE.READINGS.mine": {"provisioner"},
    "$JS.API.CONSUMER.MSG.NEXT.READINGS.worker-0": {"energy-worker"},
    "$JS.ACK.READINGS.worker-0.1.1.1.1.0": {"energy-worker"},
    "$JS.API.CONSUMER.CREATE.ENERGY.mine": {"progress"},
    "$JS.API.CONSUMER.CREATE.PROJECTS.mine": {"progress"},
    "$JS.API.CONSUMER.CREATE.ASSESSMENT.mine": {"progress", "projects", "energy"},
    "$JS.API.CONSUMER.CREATE.LIVE.mine": {"progress"},
    "$JS.API.STREAM.MSG.GET.ENERGY": {"energy", "progress"},
}
SUBSCRIBES = {
    "rpc.projects.list": {"projects"},
    "rpc.energy.list": {"energy"},
    "rpc.assessment.list": {"assessment"},
    "rpc.progress.list": {"progress"},
    "rpc.>": set[str](),
    "projects.>": set[str](),
    "readings.0": set[str](),
    "clock.ack.*": {"gateway"},
    "hint.progress": {"gateway"},
    ">": set[str](),
    "_INBOX_gateway.>": {"gateway"},
    "_INBOX_projects.x": {"projects"},
    "$JS.API.>": set[str](),
}


class Watched:
    """A client with the permission errors that the server sent it."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    async def connect(self, server: TestNats, user: str) -> Client:
        async def error(problem: Exception) -> None:
            self.errors.append(str(problem).lower())

        return await server.connect(user, error_cb=error)

    def refused(self) -> bool:
        return any("permissions violation" in error for error in self.errors)


async def settled(client: Client) -> None:
    """Wait until the server has handled all that the client sent, and the client what came back.

    Twice, because nats-py may take the pong that belongs to its connecting for that of the first flush.
    """
    await client.flush()
    await client.flush()


@pytest.mark.parametrize("user", EVERYBODY)
async def test_a_user_publishes_what_the_table_says_and_nothing_else(bare_nats: TestNats, user: str) -> None:
    refused = set()
    for subject in PUBLISHES:
        watched = Watched()
        client = await watched.connect(bare_nats, user)
        await client.publish(subject, b"{}")
        await settled(client)
        if watched.refused():
            refused.add(subject)
        await client.close()
    assert refused == {subject for subject, users in PUBLISHES.items() if user not in users}


@pytest.mark.parametrize("user", EVERYBODY)
async def test_a_user_hears_what_the_table_says_and_nothing_else(bare_nats: TestNats, user: str) -> None:
    refused = set()
    for subject in SUBSCRIBES:
        watched = Watched()
        client = await watched.connect(bare_nats, user)
        await client.subscribe(subject)
        await settled(client)
        if watched.refused():
            refused.add(subject)
        await client.close()
    assert refused == {subject for subject, users in SUBSCRIBES.items() if user not in users}


async def test_nobody_comes_in_without_a_password(bare_nats: TestNats) -> None:
    import nats

    for options in ({}, {"user": "gateway", "password": "guess"}):
        with pytest.raises(Exception, match="Authorization Violation"):
            await nats.connect(bare_nats.url, allow_reconnect=False, **options)


async def test_a_request_from_the_gateway_is_answered_by_the_service(bare_nats: TestNats) -> None:
    gateway, projects = await bare_nats.connect("gateway"), await bare_nats.connect("projects")

    async def answer(message: object) -> None:
        await message.respond(b"yes")  # type: ignore[attr-defined]

    await projects.subscribe("rpc.projects.*", queue="projects", cb=answer)
    await projects.flush()
    for _ in range(20):
        assert (await gateway.request("rpc.projects.list", b"?", timeout=5)).data == b"yes"
    with pytest.raises(NoRespondersError):
        await gateway.request("rpc.energy.list", b"?", timeout=5)


async def test_a_service_may_not_send_to_an_inbox_that_asked_it_nothing(bare_nats: TestNats) -> None:
    watched = Watched()
    projects = await watched.connect(bare_nats, "projects")
    await projects.publish("_INBOX_gateway.guess.1", b"forged")
    await settled(projects)
    assert watched.refused()
    [line] = refused_rights(bare_nats.server.log.parent)
    assert "_INBOX_gateway.guess.1" in line


async def test_the_provisioner_can_make_all_there_is(bare_nats: TestNats) -> None:
    from shared.streams import reconcile

    js = await bare_nats.jetstream("provisioner")
    made = await reconcile(js, topology.streams(), topology.consumers())
    assert len(made) == len(topology.streams()) + len(topology.consumers())
    assert await reconcile(js, topology.streams(), topology.consumers()) == []


async def test_the_worker_pulls_and_acknowledges_and_the_message_is_gone(nats_server: TestNats) -> None:
    intake = await nats_server.jetstream("energy-intake")
    await intake.publish("readings.2", b"batch", stream="READINGS")
    worker = await nats_server.jetstream("energy-worker")
    subscription = await worker.pull_subscribe_bind("worker-2", "READINGS")
    [message] = await subscription.fetch(1, timeout=5)
    assert message.data == b"batch"
    await message.ack_sync(timeout=5)
    admin = await nats_server.jetstream()
    assert (await admin.stream_info("READINGS")).state.messages == 0


async def test_a_reading_for_a_partition_without_a_worker_is_refused(nats_server: TestNats) -> None:
    intake = await nats_server.jetstream("energy-intake")
    with pytest.raises(NoStreamResponseError):
        await intake.publish(f"readings.{topology.READINGS_PARTITIONS}", b"lost", timeout=5)


@pytest.mark.parametrize("stream", DOMAIN)
async def test_progress_reads_every_domain_stream_from_any_place(nats_server: TestNats, stream: str) -> None:
    owner = await nats_server.jetstream(stream.lower())
    for number in range(3):
        await owner.publish(f"{stream.lower()}.Thing", str(number).encode(), stream=stream)
    progress = await nats_server.jetstream("progress")
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=2, ack_policy=AckPolicy.NONE
    )
    subscription = await progress.subscribe("", stream=stream, ordered_consumer=True, config=config)
    assert [(await subscription.next_msg(5)).data for _ in range(2)] == [b"1", b"2"]
    await subscription.unsubscribe()
    pull = await progress.pull_subscribe(
        "", stream=stream, config=ConsumerConfig(ack_policy=AckPolicy.EXPLICIT, inactive_threshold=30)
    )
    messages = await pull.fetch(3, timeout=5)
    assert [message.data for message in messages] == [b"0", b"1", b"2"]
    await messages[0].ack_sync(timeout=5)


async def test_a_service_reads_the_tail_of_its_own_stream_and_not_anothers(nats_server: TestNats) -> None:
    projects = await nats_server.jetstream("projects", timeout=0.5)
    await projects.publish("projects.Thing", b"x", stream="PROJECTS")
    assert (await projects.get_last_msg("PROJECTS", "projects.Thing")).data == b"x"
    with pytest.raises(TimeoutError):
        await projects.stream_info("ENERGY")


async def test_a_relay_stores_an_atomic_batch_behind_its_fence(nats_server: TestNats) -> None:
    js = await nats_server.jetstream("energy")
    messages = [broker.Outgoing("energy.Thing", str(number).encode()) for number in range(5)]
    ack = await broker.publish_atomic(js, "ENERGY", messages, expected_last=0)
    assert ack.seq == 5


@pytest.mark.parametrize("user", [name for name in EVERYBODY if name != "provisioner"])
async def test_everybody_follows_the_clock(nats_server: TestNats, user: str) -> None:
    gateway = await nats_server.connect("gateway")
    acks: asyncio.Queue[bytes] = asyncio.Queue()

    async def acknowledged(message: object) -> None:
        acks.put_nowait(message.data)  # type: ignore[attr-defined]

    await gateway.subscribe("clock.ack.*", cb=acknowledged)
    await gateway.flush()
    client = await nats_server.connect(user)
    clock = await simulation.follow(client, client.jetstream(timeout=5), user)
    moment = datetime(2013, 1, 1, tzinfo=UTC)
    body = json.dumps({"now": moment.isoformat()}).encode()
    await gateway.jetstream().publish("clock.now", body, stream="CLOCK", timeout=5)
    assert json.loads(await asyncio.wait_for(acks.get(), 10))["process"] == user
    assert clock.now() == moment


def test_the_inbox_prefix_is_the_one_that_the_broker_uses() -> None:
    for user in topology.USERS:
        assert topology.inbox_prefix(user.name) == broker.inbox_prefix(user.name)
