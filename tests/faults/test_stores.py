"""nats-server's files lost, streams and consumers deleted, what is in them spoilt, doubled, out of order."""

import json
import shutil
from collections import Counter

from nats.js.api import RawStreamMsg

from tests.faults.ledger import Sent
from tests.faults.mending import pending, re_send, streams_are_there
from tests.faults.moving import moving, recovered
from tests.faults.proof import SOURCES, Proof
from tests.faults.system import Operator


async def present(proof: Proof) -> Counter[tuple[str, int]]:
    """How many readings completeness counts in each enterprise's hour."""
    async with proof.operator.database("energy") as conn:
        rows = await conn.fetch("SELECT enterprise, h, present FROM ent_hour")
    return Counter({(row["enterprise"], row["h"]): row["present"] for row in rows})


def by_hour(lost: dict[str, Sent]) -> Counter[tuple[str, int]]:
    """How many readings of each enterprise's hour are gone."""
    gone = {(sent.enterprise, meter, t) for sent in lost.values() for meter, t, _ in sent.readings}
    return Counter((enterprise, (t - 1) // 3600) for enterprise, _, t in gone)


async def test_an_empty_store(proof: Proof) -> None:
    """A single server that lost its disk: the logs fill the domain streams again; committed readings are intact.

    What was acknowledged and not yet committed is gone: its receipts stay pending, completeness counts it as
    missing, and the boxes' re-send mends it.
    """
    await proof.load.finish()
    await proof.at_rest()
    await proof.operator.supervisor.stop_one("energy-worker")
    proof.load.start()
    await moving(proof, receipts=6)
    await proof.load.finish()
    await proof.operator.with_nats_stopped(Operator.empty_store)
    await proof.operator.supervisor.start_one("energy-worker")
    await proof.operator.all_ready()
    await streams_are_there(proof.operator)
    await proof.at_rest()
    lost = await pending(proof)
    assert len(lost) >= 6
    named = await present(proof)
    await re_send(proof, lost)
    await proof.at_rest()
    # Completeness had said exactly how many were missing, hour by hour.
    assert await present(proof) - named == by_hour(lost)
    proof.load.start()
    await recovered(proof)


async def test_a_store_that_lost_its_tail(proof: Proof) -> None:
    """The disk of some time ago: streams end early, READINGS holds what was processed long since."""
    copy = proof.operator.system.settings.data / "store.copy"
    await moving(proof)
    await proof.operator.with_nats_stopped(proof.operator.copy_store(copy))
    await moving(proof, receipts=10, answers=5)
    await proof.operator.with_nats_stopped(Operator.replace_store(copy))
    shutil.rmtree(copy)
    await moving(proof)
    await proof.load.finish()
    await proof.operator.all_ready()
    await proof.at_rest()
    await re_send(proof, await pending(proof))
    await proof.prove()


async def test_every_domain_stream_deleted(proof: Proof) -> None:
    """The provisioner makes them again, the relays fill them, the readers go on from their checkpoints."""
    await moving(proof)
    for source in SOURCES:
        await proof.operator.js.delete_stream(source.upper())
    await streams_are_there(proof.operator)
    await recovered(proof)


async def test_readings_deleted(proof: Proof) -> None:
    """Under a worker that doesn't hear of it. The provisioner makes it anew, the worker reads on by itself.

    As with an empty store: what was acknowledged and not committed is sent again by whom it stays pending for.
    """
    await moving(proof)
    line = proof.operator.network.lines["energy-worker", "nats"]
    line.swallow()
    await moving(proof, receipts=6)
    await proof.operator.js.delete_stream("READINGS")
    await streams_are_there(proof.operator)
    line.heal()
    await moving(proof)
    await proof.load.finish()
    await proof.at_rest()
    lost = await pending(proof)
    assert lost
    await re_send(proof, lost)
    await proof.prove()


async def test_readings_doubled_and_in_another_order(proof: Proof) -> None:
    """Everything that waits for the worker comes last to first, and then once more from first to last."""
    js = proof.operator.js
    await proof.operator.supervisor.stop_one("energy-worker")
    await moving(proof, receipts=12)
    await proof.load.finish()
    state = (await js.stream_info("READINGS")).state
    waiting: list[RawStreamMsg] = []
    for sequence in range(state.first_seq, state.last_seq + 1):
        waiting.append(await js.get_msg("READINGS", sequence))
        await js.delete_msg("READINGS", sequence)
    assert len(waiting) == state.messages >= 4
    for message in (*reversed(waiting), *waiting):
        # Without its id: the stream would know it.
        await js.publish(str(message.subject), message.data or b"")
    await proof.operator.supervisor.start_one("energy-worker")
    proof.load.start()
    await recovered(proof)


async def test_the_workers_consumers_deleted(proof: Proof) -> None:
    """The provisioner makes them again; the stream gives out what was not acknowledged."""
    await moving(proof)
    for info in await proof.operator.js.consumers_info("READINGS"):
        await proof.operator.js.delete_consumer("READINGS", info.name)
    await recovered(proof)


async def test_garbage_in_readings(proof: Proof) -> None:
    """Kept apart with its bytes and a reason; it stands in nobody's way."""
    await moving(proof)
    bodies = [b"garbage", b"", b"\x92\x01\x91\x90", json.dumps({"readings": []}).encode()]
    for number, body in enumerate(bodies):
        await proof.operator.js.publish(f"readings.{number % 4}", body)
    await recovered(proof)
    async with proof.operator.database("energy") as conn:
        kept = await conn.fetch("SELECT body, reason FROM undecodable")
    assert sorted(row["body"] for row in kept) == sorted(bodies)
    assert all(row["reason"] for row in kept)
