"""A log with a counter that anybody can read, a stream, and a projection that writes down what it saw."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest_asyncio
from nats.js import JetStreamContext, api
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

import shared
from shared.clock import SteppedClock
from shared.envelope import Envelope
from shared.event_log import Event, EventLog, NewEvent, StreamWrite
from shared.streams import domain_stream
from tests.kit.servers import TestNats

SCHEMA = Path(shared.__path__[0]) / "schema"
NOON = datetime(2020, 5, 4, 12, tzinfo=UTC)
SOURCE = "projects"
STREAM = "PROJECTS"


async def install(engine: AsyncEngine, *scripts: str) -> None:
    """Run SQL scripts, each of several statements."""
    async with engine.begin() as conn:
        raw = await conn.get_raw_connection()
        for script in scripts:
            assert raw.driver_connection is not None
            await raw.driver_connection.execute(script)


@dataclass
class Ledger:
    """A service's log as these tests need it: appending n events, reading all of them."""

    engine: AsyncEngine
    log: EventLog = field(default_factory=lambda: EventLog(SteppedClock(NOON)))

    async def append(
        self, count: int = 1, *, type: str = "Happened", version: int = 1, stream: str = "", **metadata: str
    ) -> int:
        """Append `count` events in one transaction; the last one's position."""
        async with self.engine.begin() as conn:
            head = await self.log.head(conn)
            name = stream or f"thing-{head.position + 1}"
            known = len(await self.log.load(conn, name))
            events = [NewEvent(type, version, {"n": head.position + 1 + i}, NOON) for i in range(count)]
            write = StreamWrite(name, known, events)
            return (await self.log.append(conn, [write], dict(metadata))).last_position

    async def answers(self) -> bool:
        """Whether the database can be asked again, after its connections were cut."""
        try:
            await self.all()
        except DBAPIError:
            return False
        return True

    async def all(self) -> list[Event]:
        async with self.engine.connect() as conn:
            return await self.log.read(conn, 0, 1_000_000)

    async def empty(self) -> None:
        """Start over as another database would: no events, a new incarnation."""
        await install(
            self.engine,
            "TRUNCATE event; UPDATE event_counter SET position = 0, hash = '', recorded_at = '-infinity', "
            "incarnation = gen_random_uuid()",
        )


@dataclass
class Diary:
    """A projection: one row per event applied. `broken` names types it can't apply yet."""

    engine: AsyncEngine
    broken: dict[str, Exception] = field(default_factory=dict)

    async def apply(self, conn: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            await conn.execute(
                text("INSERT INTO seen (source, position, type) VALUES (:source, :position, :type)"),
                {"source": envelope.source, "position": envelope.sequence, "type": envelope.type},
            )
            if envelope.type in self.broken:
                raise self.broken[envelope.type]

    async def positions(self, source: str = SOURCE) -> list[int]:
        """Positions in the order in which they were applied."""
        async with self.engine.connect() as conn:
            rows = await conn.execute(
                text("SELECT position FROM seen WHERE source = :s ORDER BY id"), {"s": source}
            )
            return [row.position for row in rows]


@pytest_asyncio.fixture
async def engine(empty_database) -> AsyncIterator[AsyncEngine]:
    """One database with a log, a checkpoint table and the diary's rows, as its owner."""
    database = await empty_database(SOURCE)
    made = create_async_engine(database.owner_url, pool_size=10)
    await install(
        made,
        (SCHEMA / "event_log_v1.sql").read_text(),
        (SCHEMA / "checkpoint_v1.sql").read_text(),
        "CREATE TABLE seen (id bigserial PRIMARY KEY, source text, position bigint, type text, "
        "UNIQUE (source, position))",
    )
    yield made
    await made.dispose()


@pytest_asyncio.fixture
async def ledger(engine: AsyncEngine) -> Ledger:
    return Ledger(engine)


@pytest_asyncio.fixture
async def diary(engine: AsyncEngine) -> Diary:
    return Diary(engine)


@pytest_asyncio.fixture
async def stream(bare_nats: TestNats) -> JetStreamContext:
    """JetStream with the domain stream of `SOURCE`, empty."""
    js = await bare_nats.jetstream()
    await js.add_stream(domain_stream(SOURCE))
    return js


async def stored(js: JetStreamContext, name: str = STREAM) -> list[Envelope]:
    """Everything in a stream, by its sequence."""
    state = (await js.stream_info(name)).state
    envelopes: list[Envelope] = []
    if state.last_seq == 0:
        return envelopes
    subscription = await js.subscribe(
        "", stream=name, config=api.ConsumerConfig(ack_policy=api.AckPolicy.NONE), ordered_consumer=False
    )
    async for message in subscription.messages:
        envelope = Envelope.decode(message.data)
        assert envelope.sequence == message.metadata.sequence.stream
        envelopes.append(envelope)
        if message.metadata.num_pending == 0:
            break
    await subscription.unsubscribe()
    return envelopes


def same(envelopes: Sequence[Envelope], events: Sequence[Event]) -> bool:
    """Whether the stream tells exactly the log's story: order, content and chain."""
    previous = b""
    told = []
    for event in events:
        told.append(Envelope.from_event(event, previous, SOURCE).id)
        previous = event.hash
    chain = [e.previoushash for e in envelopes] == ["", *(e.hash for e in envelopes[:-1])][: len(envelopes)]
    return (
        chain
        and [e.id for e in envelopes] == told
        and [e.data for e in envelopes] == [e.data for e in events]
    )
