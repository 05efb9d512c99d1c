"""Databases put back to an earlier state under their running processes."""

from tests.faults.mending import pending, re_send, rebuild, streams_are_there
from tests.faults.moving import moving, recovered
from tests.faults.proof import Proof


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
    # It may have grown past the stream's end by itself before the relay looks: duties are followed up without a caller.
    await operator.not_ready("projects", "log behind its stream")
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


async def test_energys_log_restored_to_before_its_stream(proof: Proof) -> None:
    """Its relay and its readers stop and say so. The documented way on is the same.

    The readings since the backup are lost with it: their receipts are pending again, and the boxes send them again.
    """
    operator, load = proof.operator, proof.load
    await moving(proof)
    await load.finish()
    await proof.at_rest()
    await operator.copy_database("energy", "energy_before")
    load.start()
    await moving(proof, receipts=20)
    await load.finish()
    await proof.at_rest()
    await operator.restore_database("energy", "energy_before")
    await operator.not_ready("energy", "restored to before")
    await re_send(proof, await pending(proof))
    # The days are published again, as other events than those that the stream holds.
    await proof.worked()
    await operator.js.delete_stream("ENERGY")
    await streams_are_there(operator)
    # Fewer events say the same: the reader waits until the stream comes to its checkpoint, and then sees another hash.
    load.start()
    await operator.not_ready("progress", "two histories")
    await load.finish()
    await rebuild(operator)
    load.start()
    await recovered(proof)
