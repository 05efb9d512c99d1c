"""One system for all faults of a run: each test does its worst to it, lets it recover, and proves that all is there."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.faults.ledger import Ledger
from tests.faults.load import CITIES, Load
from tests.faults.proof import Proof
from tests.faults.system import Operator
from tests.kit.portal import Portal
from tests.kit.servers import refused_rights

IN_HAND = len(CITIES) + 1
"""So many questions at most are on their way to a service at once: each city's, and one of the proof's."""


@pytest_asyncio.fixture(scope="session")
async def operator() -> AsyncIterator[Operator]:
    """The system, running."""
    async with Operator.running() as running:
        yield running
        assert unexplained(running) == []


def unexplained(operator: Operator) -> list[str]:
    """What nats-server refused, without what a lost connection explains.

    The right to answer goes with the connection that heard the request: after a cut the answers to what was in hand
    are refused, and the gateway asks again under the same ids. Any other refusal is a right that is missing.
    """
    found = refused_rights(operator.system.urls.logs)
    late = [each for each in found if '"_INBOX_gateway.' in each]
    by_user = Counter(each.partition(":")[0] for each in late)
    cuts = {
        name: line.accepted - 1 for (name, server), line in operator.network.lines.items() if server == "nats"
    }
    too_many = [
        f"{name}: {count} late answers after {cuts.get(name, 0)} cuts"
        for name, count in by_user.items()
        if count > IN_HAND * cuts.get(name, 0)
    ]
    return [*(each for each in found if each not in late), *too_many]


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
