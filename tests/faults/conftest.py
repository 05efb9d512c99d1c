"""One system for all faults of a run: each test does its worst to it, lets it recover, and proves that all is there."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.proof import Proof
from tests.faults.refusals import unexplained
from tests.faults.system import Operator
from tests.kit.portal import Portal


@pytest_asyncio.fixture(scope="session")
async def operator() -> AsyncIterator[Operator]:
    """The system, running."""
    async with Operator.running() as running:
        yield running
        assert unexplained(running) == []


@pytest_asyncio.fixture(scope="session")
async def loaded(operator: Operator) -> AsyncIterator[Proof]:
    """Plan loaded, enterprises registered, nothing sent yet."""
    portal, ledger = Portal(operator.system), Ledger()
    await portal.load_plan()
    yield Proof(operator, await Load.prepared(portal, ledger), ledger)
    await portal.close()


@pytest_asyncio.fixture
async def proof(loaded: Proof) -> AsyncIterator[Proof]:
    """Under load from the beginning of the test on. The test calls `finish` of the load, then `prove`."""
    await loaded.operator.all_ready()
    loaded.load.start()
    yield loaded
    loaded.operator.network.heal()
    await loaded.load.stop()
