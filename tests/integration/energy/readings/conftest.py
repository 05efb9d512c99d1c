"""A store on a migrated database of its own."""

from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from tests.conftest import DatabaseFactory
from tests.kit.energy_store import Store


@pytest_asyncio.fixture
async def store(database: DatabaseFactory) -> AsyncIterator[Store]:
    """A readings store with electricity and nothing else in it."""
    made = await database("energy")
    conn = await asyncpg.connect(made.dsn)
    store = Store(conn)
    await store.carrier()
    yield store
    await conn.close()
