"""What can't be applied stops the line: it says so, skips nothing, and goes on by itself after the mend."""

from tests.faults.mending import streams_are_there
from tests.faults.moving import moving, recovered
from tests.faults.proof import Proof
from tests.kit.alerts import firing


async def test_an_event_that_its_reader_cannot_apply(proof: Proof) -> None:
    """As with a bug in the projection: here its table refuses the row. Everything else goes on meanwhile."""
    operator = proof.operator
    health = operator.system.urls.health
    await moving(proof)
    assert not await firing(health, "ProjectionStopped")
    async with operator.database("progress") as conn:
        table = f"progress_v{await conn.fetchval('SELECT version FROM serving')}.contribution"
        await conn.execute(f"ALTER TABLE {table} ADD CONSTRAINT poison CHECK (false) NOT VALID")
        told = await operator.not_ready("progress", "can't be applied")
        assert "poison" in told
        stopped = await firing(health, "ProjectionStopped")
        assert {("instance", "progress")} <= {pair for labels in stopped for pair in labels}
        assert await firing(health, "CheckFailing")
        await moving(proof, receipts=5, answers=5)
        await conn.execute(f"ALTER TABLE {table} DROP CONSTRAINT poison")
    await recovered(proof)


async def test_somebody_else_writes_a_domain_stream(proof: Proof) -> None:
    """What isn't an event of the log stops relay and readers, who say so. The documented way: delete the stream.

    Commands are carried out all the while; relay and readers go on by themselves from where they were.
    """
    operator = proof.operator
    await moving(proof)
    await operator.js.publish("projects.Nonsense", b"{}")
    await operator.not_ready("projects", "PROJECTS at")
    await operator.not_ready("progress", "PROJECTS at")
    [stopped] = await firing(operator.system.urls.health, "RelayStopped")
    assert ("source", "projects") in stopped
    await moving(proof, receipts=5, answers=5)
    await operator.js.delete_stream("PROJECTS")
    await streams_are_there(operator)
    await recovered(proof)
