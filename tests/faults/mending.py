"""What boxes and operators do after a fault: send again what stays pending, wait for streams, rebuild."""

import sys
from asyncio import subprocess
from pathlib import Path

from nats.js.errors import NotFoundError

from tests.faults.ledger import Sent
from tests.faults.proof import SOURCES, Proof
from tests.faults.system import Operator
from tests.kit.servers import wait_for


async def pending(proof: Proof) -> dict[str, Sent]:
    """What was acknowledged and isn't processed, by receipt, as the meters' door tells it to whoever asks."""
    found = {}
    async with proof.operator.database("energy") as conn:
        done = {row["id"] for row in await conn.fetch("SELECT id FROM receipt")}
    doors = {box.enterprise: box.door for box in proof.load.boxes}
    for receipt, sent in proof.ledger.receipts.items():
        if receipt not in done:
            told = await doors[sent.enterprise].get(f"/v1/receipts/{receipt}")
            assert told["state"] == "pending"
            found[str(receipt)] = sent
    return found


async def re_send(proof: Proof, lost: dict[str, Sent]) -> None:
    """As a box does whose receipt stays pending: the same readings once more."""
    boxes = {box.enterprise: box for box in proof.load.boxes}
    proof.ledger.forget(lost)
    for sent in lost.values():
        await proof.load.deliver(boxes[sent.enterprise], sent)


async def streams_are_there(operator: Operator) -> None:
    """Wait until the provisioner has made every stream anew."""

    async def made() -> bool:
        try:
            for name in (*(source.upper() for source in SOURCES), "READINGS"):
                await operator.js.stream_info(name)
        except (NotFoundError, TimeoutError):
            return False
        return True

    await wait_for(made, 60, "streams are made anew", every=0.1)


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
