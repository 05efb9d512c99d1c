"""Killed at the awkward instants, each hit exactly: a word of the conversation with a server never arrives.

A word of the process kept back: it was about to happen. A word of the server kept back: it has happened, and the
process doesn't know.
"""

import signal
from dataclasses import dataclass

import pytest

from tests.faults.moving import recovered
from tests.faults.network import Sender
from tests.faults.proof import Proof
from tests.kit.servers import wait_for


@dataclass(frozen=True, slots=True)
class Instant:
    """Between these two words of a conversation."""

    server: str
    sender: Sender
    words: bytes


BEFORE_COMMIT = Instant("postgres", "process", b"COMMIT;")
AFTER_COMMIT = Instant("postgres", "server", b"COMMIT\0")


def before_publish(subject: str) -> Instant:
    """Decided, and the stream hasn't got it."""
    return Instant("nats", "process", f"PUB {subject}.".encode())


def after_publish(stream: str) -> Instant:
    """The stream has it, and the publisher hasn't heard so."""
    return Instant("nats", "server", f'{{"stream":"{stream}"'.encode())


INSTANTS = {
    # The door: accepted and not published; published, and no 202.
    "energy-intake": (before_publish("readings"), after_publish("READINGS")),
    # The worker: around its commit, and after it before the acknowledgement.
    "energy-worker": (BEFORE_COMMIT, AFTER_COMMIT, Instant("nats", "process", b"$JS.ACK.READINGS.")),
    # The flusher's commit and the relay, in one process.
    "energy": (BEFORE_COMMIT, AFTER_COMMIT, before_publish("energy"), after_publish("ENERGY")),
    # A command's commit, its answer, and the relay.
    "projects": (
        BEFORE_COMMIT,
        AFTER_COMMIT,
        Instant("nats", "process", b"PUB _INBOX_gateway."),
        before_publish("projects"),
        after_publish("PROJECTS"),
    ),
    "progress": (BEFORE_COMMIT, AFTER_COMMIT),
    # A command on its way to its service, and its answer on the way back.
    "gateway": (Instant("nats", "process", b"PUB rpc."), Instant("nats", "server", b"MSG _INBOX_gateway.")),
}


@pytest.mark.parametrize("name", INSTANTS)
async def test_killed_between(proof: Proof, name: str) -> None:
    """At each of its awkward instants, one after the other."""
    operator = proof.operator
    for instant in INSTANTS[name]:
        line = operator.network.lines[name, instant.server]
        await wait_for(line.hold(instant.sender, instant.words).is_set, 60, f"{name} comes to {instant}")
        pid = operator.signal(name, signal.SIGKILL)
        line.heal()
        await operator.back(name, pid)
    await recovered(proof)
