"""The progress service on a real PostgreSQL and a real nats-server, fed by hand-made streams."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from nats.js import JetStreamContext
from sqlalchemy.ext.asyncio import create_async_engine

from services.progress.board.app import App
from services.progress.board.feed import Watch
from services.progress.board.live import LiveEnergy
from services.progress.common import rules
from services.progress.measures.store.read_model import ReadModel
from services.progress.projection.serving import cancel, serve
from services.progress.service import serve as act_on
from shared.clock import SteppedClock
from shared.health import Health
from tests.component.progress.world import Service, Sources, moment
from tests.kit.servers import Database, TestNats


@pytest_asyncio.fixture
async def sources(nats_server: TestNats) -> Sources:
    """The three services' domain streams, empty."""
    return Sources(await nats_server.jetstream())


@pytest_asyncio.fixture
async def progress_database(database: Callable[[str], Awaitable[Database]]) -> Database:
    return await database("progress")


@pytest_asyncio.fixture
async def service(
    progress_database: Database, nats_server: TestNats, sources: Sources
) -> AsyncIterator[Service]:
    """Progress, running, on the morning of 2013-01-28."""
    js = await nats_server.jetstream("progress")
    async with running(progress_database, js, SteppedClock(moment("2013-01-28"))) as service:
        yield service


@contextlib.asynccontextmanager
async def running(database: Database, js: JetStreamContext, clock: SteppedClock) -> AsyncIterator[Service]:
    """Everything that `main` starts, but in this process, with the pieces at hand."""
    engine = create_async_engine(database.url)
    model = ReadModel(database.url, clock, rules.load(), application="test", pool=6)
    async with engine.connect() as conn:
        await model.open(conn)
    live, watch, health = LiveEnergy(), Watch(model), Health("progress")
    act_on(App(model, live, watch))
    tasks = [
        asyncio.create_task(work)
        for work in (serve(engine, model, js, health), live.run(js), watch.run(js._nc))
    ]
    try:
        yield Service(database, js, clock, model, live, health)
    finally:
        await cancel(tasks)
        act_on(None)
        await model.close()
        await engine.dispose()
