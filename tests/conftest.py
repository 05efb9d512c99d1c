"""Fixtures with real servers. See tests/kit/servers.py for what each gives."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from nats.js import JetStreamContext

from deploy.local.ports import free_port
from deploy.local.runner import LocalSystem
from deploy.local.settings import LocalSettings
from shared.cancellation import end_all, others
from tests.kit.portal import START, Portal
from tests.kit.servers import Database, TestCluster, TestNats, refused_rights, server_folder

DatabaseFactory = Callable[[str], Awaitable[Database]]

END_S = 30.0
DEAR = ("operator", "local_system", "proof")
"""What is dear to start, by its fixture, the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The dear ones begin: when two processes share the run, the others fill up whichever has time."""

    def dear(item: pytest.Item) -> int:
        used = getattr(item, "fixturenames", ())
        return next((place for place, fixture in enumerate(DEAR) if fixture in used), len(DEAR))

    items.sort(key=dear)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """See tests/kit/together.py; `-n 2 --dist loadscope --no-loadscope-reorder` comes to it."""
    from tests.kit.together import Together

    return Together(config, log)


@pytest_asyncio.fixture(scope="session", autouse=True)
async def ended() -> AsyncIterator[None]:
    """At the end of the run every task that a test left behind ends when it is asked to: pytest would wait for ever."""
    yield
    stuck = await end_all(others(), END_S)
    for task in stuck:
        asyncio.tasks._unregister_task(task)  # or the loop asks it once more, and waits
    assert not stuck, stuck


@pytest_asyncio.fixture(scope="session")
async def cluster() -> AsyncIterator[TestCluster]:
    """The PostgreSQL cluster of this run."""
    async with TestCluster.running() as running:
        yield running


@pytest_asyncio.fixture
async def database(cluster: TestCluster) -> AsyncIterator[DatabaseFactory]:
    """`await database("projects")`: that service's migrated, empty database, dropped after the test."""
    made: list[Database] = []

    async def clone(service: str) -> Database:
        made.append(await cluster.clone(service))
        return made[-1]

    yield clone
    for each in made:
        await cluster.drop(each)


@pytest_asyncio.fixture
async def empty_database(cluster: TestCluster) -> AsyncIterator[DatabaseFactory]:
    """`await empty_database("projects")`: the roles and an empty database, dropped after the test."""
    made: list[Database] = []

    async def make(service: str) -> Database:
        made.append(await cluster.empty(service))
        return made[-1]

    yield make
    for each in made:
        await cluster.drop(each)


@pytest_asyncio.fixture
async def bare_nats() -> AsyncIterator[TestNats]:
    """A fresh nats-server without any stream, of this test alone."""
    async with TestNats.running() as running:
        yield running


@pytest_asyncio.fixture
async def nats_server(bare_nats: TestNats) -> TestNats:
    """A fresh nats-server with every stream and consumer of the topology, of this test alone."""
    await bare_nats.provision()
    return bare_nats


@pytest.fixture
def nats_url(nats_server: TestNats) -> str:
    """The URL of this test's nats-server."""
    return nats_server.url


@pytest_asyncio.fixture
async def js(nats_server: TestNats) -> JetStreamContext:
    """JetStream as the admin, on this test's nats-server."""
    return await nats_server.jetstream()


@pytest_asyncio.fixture(scope="session")
async def local_system() -> AsyncIterator[LocalSystem]:
    """The whole system, every process, simulated clock: for the end-to-end tests of this run."""
    with server_folder("system") as folder:
        settings = LocalSettings(
            data=folder / "data",
            gateway_port=free_port(),
            intake_port=free_port(),
            clock="simulated",
            environment="test",
            small=True,
        )
        async with LocalSystem(settings) as system:
            yield system
            # Whatever the end-to-end tests did, no process wanted more than the topology gives it.
            assert refused_rights(system.urls.logs) == []


@pytest_asyncio.fixture(scope="session")
async def portal(local_system: LocalSystem) -> AsyncIterator[Portal]:
    """The whole system with the plan loaded, its clock at the first of March 2013 or later."""
    portal = Portal(local_system)
    if await portal.now() < START:
        await portal.step(START)
    await portal.load_plan()
    yield portal
    await portal.close()
