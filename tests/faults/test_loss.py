"""Packets are lost between processes and their servers: every tenth of them, and for a while all.

In a network namespace where that may be made (root, /dev/net/tun): real packets, and the kernel's own TCP, which sends
again. And through the proxy everywhere, as TCP's users feel it: what was lost comes late, and so does all behind it.
"""

import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from tests.faults.moving import felt, moving, recovered
from tests.faults.proof import Proof
from tests.faults.wire import Wire, permitted

BEHIND = ("energy-worker", "energy", "projects", "progress")
TENTH, ALL, NONE = 0.1, 1.0, 0.0
Lose = Callable[[float], None]


@contextlib.asynccontextmanager
async def namespace(proof: Proof) -> AsyncIterator[Lose]:
    """Those processes in a network namespace, behind a wire that loses packets."""
    with Wire.laid() as wire, wire.carrying():
        async with proof.operator.behind(wire, *BEHIND):
            yield lambda share: setattr(wire, "loss", share)
            assert wire.lost > 0


@contextlib.asynccontextmanager
async def proxy(proof: Proof) -> AsyncIterator[Lose]:
    """Every line of every process."""

    def lose(share: float) -> None:
        for line in proof.operator.network.lines.values():
            if share == ALL:
                line.swallow()
            else:
                line.heal()
                line.lose(share)

    yield lose


@pytest.mark.parametrize(
    "medium", [proxy, *([namespace] if permitted() else [])], ids=lambda each: each.__name__
)
async def test_packets_are_lost(
    proof: Proof, medium: Callable[[Proof], contextlib.AbstractAsyncContextManager[Lose]]
) -> None:
    """It gets slower, and stops while nothing comes through; then it goes on."""
    await moving(proof)
    async with medium(proof) as lose:
        lose(TENTH)
        await moving(proof, receipts=10, answers=3)
        lose(ALL)
        await felt(proof)
        lose(TENTH)
        await moving(proof)
        lose(NONE)
        await proof.operator.all_ready()
    await recovered(proof)
