"""One system that begins as the previous release, under a load with a ledger; the tests take it on, in their order."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.proof import Proof
from tests.faults.refusals import unexplained
from tests.faults.system import Operator
from tests.kit.portal import Portal
from tests.upgrades.rolling import RollingSystem


@pytest_asyncio.fixture(scope="module")
async def proof() -> AsyncIterator[Proof]:
    """The previous release at work: plan loaded, enterprises registered, nothing sent yet."""
    async with Operator.running(kind=RollingSystem) as operator:
        portal, ledger = Portal(operator.system), Ledger()
        assert isinstance(operator.system, RollingSystem)
        await operator.system.load_previous_plan(portal.province)
        load = await Load.prepared(portal, ledger)
        proof = Proof(operator, load, ledger)
        yield proof
        await proof.load.stop()
        await portal.close()
        assert unexplained(operator) == []
