"""A connection to PostgreSQL whose other end is gone without a word, with time limits short enough for a test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError

from services.energy.readings.batch import BatchStep
from services.energy.readings.worker import PartitionWorker
from shared import database as databases
from tests.conftest import DatabaseFactory
from tests.faults.network import Line
from tests.kit.servers import Database, wait_for


@contextlib.asynccontextmanager
async def line_to(database: Database) -> AsyncIterator[tuple[Line, str, str]]:
    """A line to the database's server, and the runtime role's URLs through it: SQLAlchemy's and asyncpg's."""
    port = urlsplit(database.url).port
    assert port is not None
    line = Line(port)
    await line.start()
    try:
        through = (f":{port}/", f":{line.port}/")
        yield line, database.url.replace(*through), database.dsn.replace(*through)
    finally:
        await line.stop()


@pytest_asyncio.fixture
async def projects(database: DatabaseFactory) -> Database:
    """A service's database."""
    return await database("projects")


async def test_a_pooled_connection_that_went_dead_while_idle(projects: Database, monkeypatch) -> None:
    """The ping before its next use isn't answered: the caller hears of an outage, the next one gets a new one."""
    monkeypatch.setattr(databases, "ANSWER_S", 0.3)
    async with line_to(projects) as (line, url, _):
        engine = databases.runtime_engine(url, application="test", pool=1)
        async with engine.connect() as conn:
            await conn.execute(text("SELECT 1"))
        assert line.forget() == 1

        async def answers() -> bool:
            with contextlib.suppress(OSError):
                async with engine.connect() as conn:
                    return (await conn.execute(text("SELECT 1"))).scalar_one() == 1
            return False

        await wait_for(answers, 20, "the pool has thrown it away")
        await engine.dispose()


async def test_a_connection_that_goes_dead_within_a_transaction(projects: Database, monkeypatch) -> None:
    """Neither the statement nor the rollback after its time limit is answered: the connection is cut."""
    monkeypatch.setattr(databases, "ANSWER_S", 0.3)
    monkeypatch.setattr(databases, "HELD_S", 1.0)
    async with line_to(projects) as (line, url, _):
        engine = databases.runtime_engine(url, application="test", pool=1)
        async with asyncio.timeout(20):
            with pytest.raises((OSError, InterfaceError)):
                async with engine.begin() as conn:
                    await conn.execute(text("SELECT 1"))
                    line.forget()
                    await conn.execute(text("SELECT 2"))
            async with engine.connect() as conn:
                assert (await conn.execute(text("SELECT 3"))).scalar_one() == 3
        await engine.dispose()


_COLUMNS = ["p", "sequence", "reason", "body", "quarantined_at"]


async def test_a_workers_connection_that_goes_dead_within_a_batch(
    database: DatabaseFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is cut, and what its session still holds on the server is ended: the partition is free at once.

    In the middle of a COPY the server waits for the client without end, whatever its time limits say.
    """
    monkeypatch.setattr("services.energy.readings.worker.LONGEST_BATCH_S", 0.5)
    energy = await database("energy")
    async with line_to(energy) as (line, _, dsn):

        async def connect() -> asyncpg.Connection:
            return await asyncpg.connect(dsn, server_settings={"application_name": "energy-worker"})

        async def endless(conn: asyncpg.Connection) -> AsyncIterator[bytes]:
            yield b"0\t1\n"
            line.forget()
            copying.set()
            # Nothing on the line ends it: the worker itself has to.
            await wait_for(conn.is_closed, 10, "the worker has cut the connection")
            yield b"0\t1\n"

        batches: list[int] = []
        copying = asyncio.Event()

        async def run(self: BatchStep, conn: asyncpg.Connection, *_: object, **_more: object) -> int:
            async with conn.transaction():
                await conn.execute("SELECT FROM reading_partition WHERE p = 0 FOR UPDATE NOWAIT")
                batches.append(conn.get_server_pid())
                if len(batches) == 1:
                    await conn.copy_to_table(
                        "reading_partition", source=endless(conn), columns=["p", "generation"]
                    )
            return len(batches)

        monkeypatch.setattr(BatchStep, "run", run)
        worker = PartitionWorker(0, None, connect, _Clock(), None, None, None)  # type: ignore[arg-type]
        async with asyncio.timeout(20):
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
                await worker._run([])

            async def second() -> bool:
                with contextlib.suppress(asyncpg.LockNotAvailableError):
                    return await worker._run([]) == 2
                return False

            assert copying.is_set()
            await wait_for(second, 10, "the partition is free")
        assert len(set(batches)) == 2
        await worker._disconnect()


class _Clock:
    def now(self) -> None:
        return None
