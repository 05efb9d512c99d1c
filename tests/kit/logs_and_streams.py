"""What a running system has written down: each service's event log, and the domain stream beside it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import nats
from nats.js import JetStreamContext

from cli.audit import audit_log
from deploy import topology
from deploy.local.runner import LocalSystem
from shared.clock import SystemClock
from shared.database import runtime_engine
from shared.envelope import Envelope
from shared.event_log import Event, EventLog, Head
from tests.kit.servers import wait_for

READER = "progress"  # the one user that may read every domain stream
_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """A service's log, whole, and its head."""

    service: str
    events: list[Event]
    head: Head


def database_url(system: LocalSystem, service: str) -> str:
    """A service's database with its runtime role."""
    process = next(each.name for each in topology.PROCESSES if each.service == service)
    return system.environment(process)["SHENGJI_DATABASE_URL"]


async def recorded(system: LocalSystem, service: str) -> Recorded:
    """Read a log from its first position to its head."""
    engine, log = (
        runtime_engine(database_url(system, service), application="test", pool=1),
        EventLog(SystemClock()),
    )
    try:
        async with engine.connect() as conn:
            head = await log.head(conn)
            events: list[Event] = []
            while (after := events[-1].position if events else 0) < head.position:
                events += await log.read(conn, after, _PAGE)
            return Recorded(service, events, head)
    finally:
        await engine.dispose()


@contextlib.asynccontextmanager
async def jetstream(system: LocalSystem) -> AsyncIterator[JetStreamContext]:
    """JetStream with the rights of the projection: reading."""
    client = await nats.connect(
        system.urls.nats,
        user=READER,
        password=system.secrets.nats[READER],
        inbox_prefix=topology.inbox_prefix(READER).encode(),
    )
    try:
        yield client.jetstream(timeout=10)
    finally:
        await client.close()


async def assert_told_once_and_in_order(system: LocalSystem, service: str) -> Recorded:
    """The stream holds exactly the log, sequence = position, from the first event to the last; the chain verifies."""
    written = await recorded(system, service)
    stream = service.upper()
    async with jetstream(system) as js:

        async def caught_up() -> bool:
            return (await js.stream_info(stream)).state.last_seq >= written.head.position

        await wait_for(caught_up, 60, f"{stream} at position {written.head.position}")
        state = (await js.stream_info(stream)).state
        assert (state.first_seq, state.messages) == (1, state.last_seq)
        subscription = await js.subscribe(f"{service}.>", stream=stream, ordered_consumer=True)
        for event in written.events:
            message = await subscription.next_msg(timeout=20)
            envelope = Envelope.decode(message.data)
            assert message.metadata.sequence.stream == envelope.sequence == event.position
            assert (envelope.type, envelope.hash) == (event.type, event.hash.hex())
        await subscription.unsubscribe()
    verified = (await audit_log(database_url(system, service), [])).chain
    assert verified.broken_at is None, verified
    assert verified.position >= written.head.position
    return written
