"""The network between the processes and their servers: slow, cut, half-open, silent."""

import asyncio

import pytest

from tests.faults.moving import felt, moving, recovered
from tests.faults.proof import Proof
from tests.faults.rounds import LONG, ROUNDS
from tests.kit.servers import wait_for

SILENT_S = 60.0 if LONG else 2.0
SERVERS = ["nats", "postgres"]


@pytest.mark.parametrize("server", SERVERS)
async def test_slow(proof: Proof, server: str) -> None:
    """Every piece takes 50 ms longer in each direction."""
    await moving(proof)
    for line in proof.operator.network.to(server):
        line.delay(0.05)
    await moving(proof, receipts=10, answers=3)
    proof.operator.network.heal()
    await recovered(proof)


@pytest.mark.parametrize("server", SERVERS)
async def test_cut_again_and_again(proof: Proof, server: str) -> None:
    """Connections are reset in the middle of whatever they carry, then refused for a while."""
    lines = proof.operator.network.to(server)
    for _ in range(4 * ROUNDS):
        await moving(proof, receipts=1, answers=1)
        for line in lines:
            line.cut()
    for line in lines:
        line.cut(refuse=True)
    await felt(proof)
    proof.operator.network.heal()
    await recovered(proof)


async def test_silent_for_a_while(proof: Proof) -> None:
    """Nothing arrives, in either direction, on any line; afterwards the connections of before are gone."""
    await moving(proof)
    for line in proof.operator.network.lines.values():
        line.swallow()
    # The fault itself, not a wait for something: it is silent for so long.
    await asyncio.sleep(SILENT_S)
    proof.operator.network.heal()
    await recovered(proof)


# A half-open connection to PostgreSQL costs up to a minute until it is given up: for `make soak`. The same is shown
# with shorter time limits in tests/faults/test_half_open.py.
@pytest.mark.parametrize("server", SERVERS if LONG else ["nats"])
async def test_half_open(proof: Proof, server: str) -> None:
    """Every connection stands and carries nothing, for good; nobody resets it; new connections work.

    Only watchfulness on both sides finds it out: pings from and to NATS, time limits on PostgreSQL. A ghost that NATS
    still believes in is a member of its service's queue group, and gets its share of the requests.
    """
    await moving(proof)
    before = await proof.operator.nats_connections()
    forgotten = [line.forget() for line in proof.operator.network.to(server)]
    assert sum(forgotten) >= len(forgotten)
    await moving(proof)

    async def no_ghosts() -> bool:
        return await proof.operator.nats_connections() == before

    await wait_for(no_ghosts, 90, f"NATS has the {len(before)} connections of before again, each once")
    await recovered(proof)
