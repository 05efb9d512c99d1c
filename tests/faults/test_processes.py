"""Each process killed, stopped for a while, asked to end, under load: nothing lost, nothing twice, no hand needed."""

import asyncio
import signal

import pytest

from deploy import topology
from tests.faults.moving import moving, recovered
from tests.faults.proof import Proof
from tests.faults.rounds import ROUNDS
from tests.faults.system import SERVERS

PROCESSES = [*(process.name for process in topology.PROCESSES), *SERVERS]
STOPPED_S = 1.0 if ROUNDS == 1 else 30.0


@pytest.mark.parametrize("name", PROCESSES * ROUNDS)
async def test_killed(proof: Proof, name: str) -> None:
    """SIGKILL: what was in its memory is gone; the supervisor starts it anew."""
    await moving(proof)
    pid = proof.operator.signal(name, signal.SIGKILL)
    await proof.operator.back(name, pid)
    await recovered(proof)


@pytest.mark.parametrize("name", PROCESSES * ROUNDS)
async def test_stopped_for_a_while_and_then_asked_to_end(proof: Proof, name: str) -> None:
    """SIGSTOP and SIGCONT: it wakes up with an old picture of the world. Then the signal that ends it in order."""
    await moving(proof)
    operator = proof.operator
    operator.signal(name, signal.SIGSTOP)
    try:
        # The fault itself, not a wait for something: it stays away for so long.
        await asyncio.sleep(STOPPED_S)
    finally:
        operator.signal(name, signal.SIGCONT)
    await moving(proof)
    # The servers take SIGTERM as "when everybody has left"; SIGINT is how they are stopped.
    pid = operator.signal(name, signal.SIGINT if name in SERVERS else signal.SIGTERM)
    await operator.back(name, pid)
    await recovered(proof)
