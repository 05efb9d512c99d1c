"""Three nodes, three copies, written through to the disk: the answer to a lost disk. Everything acknowledged survives.

The gap in publishing that each fault made is printed: how long the meters had to wait for their next 202.
"""

import itertools
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.moving import moving, recovered
from tests.faults.nats_cluster import NODES, NatsCluster
from tests.faults.proof import Proof
from tests.faults.system import Operator
from tests.kit.portal import Portal


@pytest_asyncio.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[NatsCluster]:
    """The three nodes."""
    async with NatsCluster.running(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def on_cluster(cluster: NatsCluster) -> AsyncIterator[Proof]:
    """The whole system on the three nodes."""
    async with Operator.running(cluster) as operator:
        portal, ledger = Portal(operator.system), Ledger()
        await portal.load_plan()
        yield Proof(operator, await Load.prepared(portal, ledger), ledger)
        await portal.close()


@pytest_asyncio.fixture
async def proof(cluster: NatsCluster, on_cluster: Proof) -> AsyncIterator[Proof]:
    """Under load, with every stream on every node."""
    await cluster.in_step(on_cluster.operator.js)
    await on_cluster.operator.all_ready()
    on_cluster.load.start()
    yield on_cluster
    await on_cluster.load.stop()


def gap_since(proof: Proof, begin: int) -> float:
    """The longest pause between two 202s from that receipt on, in seconds."""
    return max(later - earlier for earlier, later in itertools.pairwise(proof.ledger.heard[begin:]))


async def test_the_leader_killed(proof: Proof, cluster: NatsCluster, record_property, capsys) -> None:
    """The node that leads READINGS dies under load; the other two elect a new one."""
    await moving(proof)
    begin = len(proof.ledger.heard) - 1
    leader = await cluster.leader(proof.operator.js, "READINGS")
    cluster.supervisor.signal(leader, signal.SIGKILL)
    await recovered(proof)
    gap = gap_since(proof, begin)
    record_property("publish_gap_s", round(gap, 2))
    with capsys.disabled():
        print(f"\npublish gap when the leader of READINGS is killed: {gap:.1f} s")
    # A meter's box tries for longer than that before anybody is told.
    assert gap < 30


async def test_a_node_comes_back_with_an_empty_disk(proof: Proof, cluster: NatsCluster) -> None:
    """It is filled from the other two; then one of those goes, and nothing is missed."""
    await moving(proof)
    leader = await cluster.leader(proof.operator.js, "READINGS")
    other = next(node for node in NODES if node != leader)
    await cluster.empty(leader)
    await cluster.in_step(proof.operator.js)
    cluster.supervisor.signal(other, signal.SIGKILL)
    await recovered(proof)


async def test_a_rolling_restart(proof: Proof, cluster: NatsCluster) -> None:
    """One node after the other, each only when the one before is in step again."""
    for node in NODES:
        await moving(proof)
        await cluster.restart(node)
        await cluster.in_step(proof.operator.js)
    await recovered(proof)
