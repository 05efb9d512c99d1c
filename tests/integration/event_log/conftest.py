"""One service's real log, as its runtime role has it, and a hand on the clock."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.clock import SteppedClock
from shared.database import runtime_engine
from shared.event_log import Appended, Event, EventLog, NewEvent, StreamWrite
from tests.conftest import DatabaseFactory

NOON = datetime(2013, 2, 5, 4, tzinfo=UTC)


def happened(name: str = "Happened", **data: object) -> NewEvent:
    """An event of no particular meaning."""
    return NewEvent(name, 1, dict(data), NOON)


@dataclass
class Ledger:
    """A log with its database."""

    engine: AsyncEngine
    owner: AsyncEngine
    clock: SteppedClock
    log: EventLog

    async def write(self, conn: AsyncConnection, stream: str, expected: int = 0, count: int = 1) -> Appended:
        """Append `count` events within the caller's transaction."""
        events = [happened(n=expected + i) for i in range(1, count + 1)]
        return await self.log.append(conn, [StreamWrite(stream, expected, events)], {"actor": "test"})

    async def commit(self, stream: str, expected: int = 0, count: int = 1) -> Appended:
        """Append in a transaction of its own."""
        async with self.engine.begin() as conn:
            return await self.write(conn, stream, expected, count)

    async def all(self) -> list[Event]:
        async with self.engine.connect() as conn:
            return await self.log.read(conn, 0, 100_000)

    async def waiting(self) -> int:
        """How many transactions of this database wait for a lock."""
        async with self.owner.connect() as conn:
            question = text(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND database IS NOT DISTINCT FROM "
                "(SELECT oid FROM pg_database WHERE datname = current_database()) OR (NOT granted AND "
                "locktype IN ('transactionid', 'virtualxid') AND pid IN (SELECT pid FROM pg_stat_activity "
                "WHERE datname = current_database()))"
            )
            return int((await conn.execute(question)).scalar_one())


@pytest_asyncio.fixture
async def ledger(database: DatabaseFactory) -> AsyncIterator[Ledger]:
    """An empty log, under a clock that stands at noon of 5 February 2013 in Fujian."""
    made = await database("projects")
    engine = runtime_engine(made.url, application="test", pool=10)
    owner = create_async_engine(made.owner_url)
    clock = SteppedClock(NOON)
    yield Ledger(engine, owner, clock, EventLog(clock))
    await engine.dispose()
    await owner.dispose()
