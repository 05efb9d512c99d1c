"""The machine's clock is set, forwards and back, under the running processes."""

from datetime import UTC, datetime

from tests.faults.moving import felt, moving, recovered
from tests.faults.proof import SOURCES, Proof

HOURS_2 = 7_200.0


async def test_the_clock_jumps_forth_and_back(proof: Proof) -> None:
    """What was recorded in the time that never was stays where it stands: recorded time doesn't go back with it."""
    operator = proof.operator
    await moving(proof)
    await operator.set_clocks(HOURS_2)
    await moving(proof, receipts=10, answers=5)
    await operator.set_clocks(0.0)
    await moving(proof)
    # Clocks that disagree: commands come too late by the service's, and their callers are told to come again.
    await operator.set_clocks(60.0, "projects")
    await felt(proof)
    await operator.set_clocks(0.0, "projects")
    await recovered(proof)
    for source in SOURCES:
        async with operator.database(source) as conn:
            counter, last = await conn.fetchrow(
                "SELECT c.recorded_at, e.recorded_at FROM event_counter c JOIN event e USING (position)"
            )
        assert counter == last
        if source == "projects":
            assert (last - datetime.now(UTC)).total_seconds() > HOURS_2 / 2
