"""From the previous release to this one under load: side by side, then one by one; nothing lost, nothing twice."""

import io
import json
from pathlib import Path

import httpx
import psutil
from rich.console import Console

from cli.rebuild import rebuild
from deploy import topology
from tests.faults.moving import moving, recovered
from tests.faults.proof import Proof
from tests.kit.portal import API, ok
from tests.kit.servers import wait_for
from tests.upgrades.rolling import RollingSystem

DOORS = ("energy-intake", "gateway")
ORDER = ("progress", "assessment", "energy", "energy-worker", "projects", *DOORS)
"""Readers before the writers of what they read, and the doors last: they ask for what is new."""
SIDE_BY_SIDE = tuple(name for name in ORDER if name != "energy-worker")
"""The worker is exchanged, not doubled: the previous release's doesn't look whether another has written meanwhile."""


def rolling(proof: Proof) -> RollingSystem:
    """The fixture's system."""
    assert isinstance(proof.operator.system, RollingSystem)
    return proof.operator.system


def runs_previous(proof: Proof, name: str) -> bool:
    """Whether the process was started on the previous release's code."""
    environment = psutil.Process(proof.operator.supervisor.pid(name)).environ()
    return environment.get("PYTHONPATH") == str(rolling(proof).previous)


async def rebuilt(proof: Proof, *, accept: bool = False, back: bool = False) -> str:
    """`shengji rebuild progress` of this release, by hand as an operator; what it says."""
    console = Console(width=200, record=True, file=io.StringIO())
    data = proof.operator.system.settings.data
    code = await rebuild(data, "progress", console, accept=accept, back=back)
    told = console.export_text()
    assert code == 0, told
    return told


def spans(folder: Path, process: str) -> set[str]:
    """The names of the spans that a process has written."""
    file = folder / f"{process}.spans.jsonl"
    return {json.loads(line)["name"] for line in file.read_text().splitlines()} if file.exists() else set()


async def test_the_databases_are_migrated_under_the_previous_release(proof: Proof) -> None:
    """Expand first: the old code works on the new tables, and its own rebuild isn't needed."""
    proof.load.start()
    await moving(proof)
    for process in topology.PROCESSES:
        assert runs_previous(proof, process.name)
    await rolling(proof).expand()
    await moving(proof)
    await recovered(proof)


async def test_two_releases_side_by_side_share_the_work(proof: Proof) -> None:
    """Second instances of this release beside the old ones: both answer, both doors take, nothing counts twice."""
    system = rolling(proof)
    proof.load.start()
    await moving(proof)
    # This release may read what the one before passed over; the old one serves until the new version is built.
    await rebuilt(proof, accept=True)
    doors = await system.beside(SIDE_BY_SIDE)
    await moving(proof)
    at = f"http://127.0.0.1:{doors['gateway']}", f"http://127.0.0.1:{doors['energy-intake']}"
    await repeated(proof, system.urls.gateway, system.urls.intake)
    await repeated(proof, *at)

    def shared() -> bool:
        proof.load.check()
        folders = (system.urls.traces, system.urls.traces / "beside")
        return all(any("report" in name for name in spans(each, "projects")) for each in folders)

    await wait_for(shared, 60, "both releases of projects have answered commands")
    await recovered(proof)


async def repeated(proof: Proof, gateway: str, intake: str) -> None:
    """What a door has answered before, or the other release's door, it answers again: nothing happens twice."""
    answered = proof.ledger.answers[-1]
    city = {"Authorization": f"Bearer {proof.load.portal.token('city', answered.region)}"}
    async with httpx.AsyncClient(headers=city, timeout=30) as http:
        key = {"Idempotency-Key": answered.key}
        again = await http.post(gateway + API + answered.path, json=answered.body, headers=key)
        assert ok(again) == answered.answer
    sent = next(iter(proof.ledger.receipts.values()))
    [box] = [each for each in proof.load.boxes if each.enterprise == sent.enterprise]
    async with httpx.AsyncClient(headers=box.client.headers, timeout=30) as http:
        again = await http.post(f"{intake}/v1/readings", json=sent.body)
        assert again.status_code == 202, again.text
        proof.ledger.received(sent, again.json()["receipt"], 0)


async def test_each_process_is_exchanged_while_work_goes_on(proof: Proof) -> None:
    """The rolling restart: each old instance stops while the new one beside it works on."""
    system = rolling(proof)
    proof.load.start()
    await moving(proof)

    async def work_goes_on() -> None:
        await moving(proof)

    async def nobody_listens() -> None:
        """The load knows one address of each door: there, callers come again until the new one listens."""

    await system.exchange("provisioner", work_goes_on)
    for name in ORDER:
        await system.exchange(name, nobody_listens if name in DOORS else work_goes_on)
    await system.retire(SIDE_BY_SIDE)
    for process in topology.PROCESSES:
        assert not runs_previous(proof, process.name)
    await recovered(proof)


async def test_the_read_model_is_rebuilt_under_load_and_the_switch_undone(proof: Proof) -> None:
    """Blue and green while events come in: compared equal before the switch; the way back catches up."""
    proof.load.start()
    await moving(proof)
    told = await rebuilt(proof)
    assert "both versions hold the same" in told
    await moving(proof)
    before = await serving(proof)
    await rebuilt(proof, back=True)
    await moving(proof)
    assert await serving(proof) == (before[1], before[0])
    await recovered(proof)


async def serving(proof: Proof) -> tuple[int, int]:
    """The version of the read-model that answers, and the one before."""
    async with proof.operator.database("progress") as conn:
        row = await conn.fetchrow("SELECT version, previous FROM serving")
    return row["version"], row["previous"]
