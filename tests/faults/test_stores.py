"""nats-server's files lost, streams and consumers deleted, databases put back to an earlier state."""

import json
import shutil
import sys
from asyncio import subprocess
from collections import Counter
from pathlib import Path

from nats.js.errors import NotFoundError

from tests.faults.ledger import Sent
from tests.faults.moving import moving, recovered
from tests.faults.proof import SOURCES, Proof
from tests.faults.system import Operator, until
from tests.kit.portal import ok


async def pending(proof: Proof) -> dict[str, Sent]:
    """What was acknowledged and isn't processed, by receipt, as the meters' door tells it to whoever asks."""
    found = {}
    async with proof.operator.database("energy") as conn:
        done = {row["id"] for row in await conn.fetch("SELECT id FROM receipt")}
    clients = {box.enterprise: box.client for box in proof.load.boxes}
    for receipt, sent in proof.ledger.receipts.items():
        if receipt not in done:
            told = ok(await clients[sent.enterprise].get(f"/v1/receipts/{receipt}"))
            assert told["state"] == "pending"
            found[str(receipt)] = sent
    return found


async def re_send(proof: Proof, lost: dict[str, Sent]) -> None:
    """As a box does whose receipt stays pending: the same readings once more."""
    boxes = {box.enterprise: box for box in proof.load.boxes}
    proof.ledger.forget(lost)
    for sent in lost.values():
        await proof.load.deliver(boxes[sent.enterprise], sent)


async def present(proof: Proof) -> Counter[tuple[str, int]]:
    """How many readings completeness counts in each enterprise's hour."""
    async with proof.operator.database("energy") as conn:
        rows = await conn.fetch("SELECT enterprise, h, present FROM ent_hour")
    return Counter({(row["enterprise"], row["h"]): row["present"] for row in rows})


def by_hour(lost: dict[str, Sent]) -> Counter[tuple[str, int]]:
    """How many readings of each enterprise's hour are gone."""
    gone = {(sent.enterprise, meter, t) for sent in lost.values() for meter, t, _ in sent.readings}
    return Counter((enterprise, (t - 1) // 3600) for enterprise, _, t in gone)


async def streams_are_there(operator: Operator) -> None:
    """Wait until the provisioner has made every stream anew."""

    async def made() -> bool:
        try:
            for name in (*(source.upper() for source in SOURCES), "READINGS"):
                await operator.js.stream_info(name)
        except (NotFoundError, TimeoutError):
            return False
        return True

    await until(made, 60, lambda: "streams are made anew")


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


async def test_a_read_model_restored_behind_its_consumers(proof: Proof) -> None:
    """It opens its consumers at the checkpoints that came with the rows, and catches up."""
    await moving(proof)
    await proof.operator.copy_database("progress", "progress_before")
    await moving(proof, answers=5)
    await proof.operator.restore_database("progress", "progress_before")
    await recovered(proof)


async def test_a_log_restored_to_before_its_stream(proof: Proof) -> None:
    """The relay stops and says so. The documented way on: delete the stream, rebuild what had read it.

    Commands answered since the backup are lost with it, that is what such a restore means; the portal sends them
    again under their keys, and they are carried out once more.
    """
    operator, load, ledger = proof.operator, proof.load, proof.ledger
    await moving(proof)
    await load.finish()
    await operator.copy_database("projects", "projects_before")
    known = len(ledger.answers)
    load.start()
    await moving(proof, answers=5)
    await load.finish()
    await proof.at_rest()
    await operator.restore_database("projects", "projects_before")
    await operator.not_ready("projects", "restored to before")
    since, ledger.answers[known:] = ledger.answers[known:], []
    # While it stands, commands are taken: the log grows past the stream's end, and the hash gives it away.
    for lost in since:
        await load.carry_out(lost.path, lost.key, lost.region, lost.month, lost.yuan, lost.body)
    await operator.not_ready("projects", "log behind its stream")
    await operator.js.delete_stream("PROJECTS")
    await streams_are_there(operator)
    await operator.not_ready("progress", "two histories")
    await rebuild(operator)
    load.start()
    await recovered(proof)


async def rebuild(operator: Operator) -> None:
    """`shengji rebuild progress`, in another terminal; its read-model differs from the old one on purpose."""
    program = Path(sys.executable).parent / "shengji"
    child = await subprocess.create_subprocess_exec(
        *(str(program), "rebuild", "progress", "--accept-differences"),
        *("--data", str(operator.system.settings.data)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = await child.communicate()
    assert child.returncode == 0, output.decode()
