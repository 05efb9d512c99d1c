"""Waits that put a fault into the middle of work."""

from tests.faults.proof import Proof
from tests.kit.servers import wait_for


async def moving(proof: Proof, receipts: int = 3, answers: int = 1) -> None:
    """Wait until so many more receipts and answers were given."""
    ledger = proof.ledger
    goal = (len(ledger.receipts) + receipts, len(ledger.answers) + answers)

    def got_on() -> bool:
        proof.load.check()
        return len(ledger.receipts) >= goal[0] and len(ledger.answers) >= goal[1]

    await wait_for(got_on, 120, "the load gets on")


async def felt(proof: Proof, times: int = 1) -> None:
    """Wait until callers were told to come again, or got no answer, so many times: the fault is there, and stays."""
    goal = proof.ledger.unanswered + times
    await wait_for(lambda: proof.ledger.unanswered >= goal, 300, "somebody feels the fault")


async def recovered(proof: Proof) -> None:
    """After the fault: the load gets on, ends, and everything is there."""
    await moving(proof)
    await proof.load.finish()
    await proof.prove()
