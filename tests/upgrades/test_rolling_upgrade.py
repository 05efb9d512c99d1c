"""From the previous release to this one under load: side by side, then one by one; nothing lost, nothing twice.

This release's migration of energy needs its processes stopped (docs/runbook.md, "Upgrade"): the doors go on, and what
devices send meanwhile waits in the queue.
"""

import io
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import psutil
from rich.console import Console
from sqlalchemy.ext.asyncio import create_async_engine

from cli.plan import load_through
from cli.rebuild import rebuild
from clients.door import Door
from clients.meters import READINGS
from shared.clock import SystemClock
from shared.event_log import EventLog, NewEvent, StreamWrite
from tests.faults.moving import moving, recovered
from tests.faults.proof import Proof
from tests.faults.system import SERVERS
from tests.kit.portal import API, PLAN, ok
from tests.kit.servers import wait_for
from tests.upgrades import previous
from tests.upgrades.rolling import BESIDE, RollingSystem

ROOT = Path(__file__).parents[2]
CLOCK = SystemClock()
DOORS = ("energy-intake", "gateway")
SIDE_BY_SIDE = ("progress", "assessment", "projects", *DOORS)
"""Readers before the writers of what they read, and the doors last: they ask for what is new."""
ALONE = ("provisioner",)
"""Exchanged, not doubled, as on Kubernetes: one is enough, and nobody waits for an answer of it."""
STOPPED = ("energy-worker", "energy")
"""Stopped before the migration, and started as this release after it."""


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


async def test_two_releases_side_by_side_share_the_work(proof: Proof) -> None:
    """This release's migrations under the old code, then its processes beside the old ones: nothing counts twice."""
    system = rolling(proof)
    proof.load.start()
    await moving(proof)
    assert all(runs_previous(proof, name) for name in proof.operator.names() if name not in SERVERS)
    for name in STOPPED:
        await system.supervisor.dismiss(name)
    await moving(proof)
    await system.expand()
    for name in reversed(STOPPED):
        await system.start_as(name)
    await moving(proof)
    # This release may read what the one before passed over; the old one serves until the new version is built.
    await rebuilt(proof, accept=True)
    doors = await system.beside(SIDE_BY_SIDE)
    await moving(proof)
    await repeated(proof, system.urls.gateway, system.urls.intake)
    await repeated(proof, *(f"http://127.0.0.1:{doors[name]}" for name in ("gateway", "energy-intake")))

    def shared() -> bool:
        proof.load.check()
        folders = (system.urls.traces, system.urls.traces / "beside")
        return all(any("report" in name for name in spans(each, "projects")) for each in folders)

    await wait_for(shared, 60, "both releases of projects have answered commands")
    await recovered(proof)


def unnamed(answer: dict[str, Any]) -> dict[str, Any]:
    """What was answered, without the names beside its references: a release adds those that it knows (ADR 0330)."""
    return {key: value for key, value in answer.items() if not key.endswith("_name")}


async def repeated(proof: Proof, gateway: str, intake: str) -> None:
    """What a door has answered before, or the other release's door, it answers again: nothing happens twice."""
    answered = proof.ledger.answers[-1]
    city = {"Authorization": f"Bearer {proof.load.portal.token('city', answered.region)}"}
    async with httpx.AsyncClient(headers=city, timeout=30) as http:
        key = {"Idempotency-Key": answered.key}
        again = await http.post(gateway + API + answered.path, json=answered.body, headers=key)
        assert unnamed(ok(again)) == unnamed(answered.answer)
    sent = next(iter(proof.ledger.receipts.values()))
    [box] = [each for each in proof.load.boxes if each.enterprise == sent.enterprise]
    async with Door(intake, box.credential) as door:
        proof.ledger.received(sent, (await door.post(READINGS, sent.body))["receipt"], 0)


async def test_the_previous_release_leaves_while_work_goes_on(proof: Proof) -> None:
    """The rolling restart: an old instance stops, and the new one beside it works on."""
    system = rolling(proof)
    proof.load.start()
    await moving(proof)
    for name in ALONE:
        await system.exchange(name)
    for name in SIDE_BY_SIDE:
        if name in DOORS:
            # The load knows one address of each door: there, callers come again until the new one listens.
            await system.exchange(name)
            await system.supervisor.dismiss(name + BESIDE)
        else:
            await system.supervisor.dismiss(name)
        await moving(proof)
    assert not any(runs_previous(proof, name) for name in proof.operator.names() if name not in SERVERS)
    async with Door(system.urls.gateway, proof.load.portal.token("province")) as door:
        await load_through(door, PLAN, "as this release has it")
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


NEXT_READERS = """
from decimal import Decimal

class _Filed(project_events.MonthlyReportFiled, frozen=True, kw_only=True):
    investment: Decimal = msgspec.field(name="invested")

def _renamed(data):
    return {"invested" if name == "investment" else name: value for name, value in data.items()}

_filed = "MonthlyReportFiled"
READERS = {**READERS, ("projects", _filed): Reader(_Filed, 2, {(_filed, 1): _renamed})}
"""
"""What the next release of progress might add to its readers: version 2 calls the investment by another name."""


async def test_events_of_the_next_release_wait_for_their_reader_and_unknown_ones_do_not(proof: Proof) -> None:
    """Whoever deploys the writer first sees why figures stand still; the reader's release lets them go on."""
    system, operator = rolling(proof), proof.operator
    progress = next(name for name in operator.names() if name.startswith("progress"))
    before = (await proof.applied())["projects"]
    filed = {"report": "350600-2013-01", "region": "350600", "month": "2013-01"}
    await append(proof, NewEvent("SiteInspected", 1, {"site": "?"}, CLOCK.now()))
    await wait_for(lambda: applied(proof, before + 1), 60, "a type that nobody knows is passed over")
    await append(proof, NewEvent("MonthlyReportFiled", 2, {**filed, "invested": "1200000000"}, CLOCK.now()))

    async def stands_still() -> bool:
        return "deploy readers first" in await system.said(progress)

    await wait_for(stands_still, 60, "progress says why")
    board = await proof.load.portal.province.get("/progress/figures/TR-6c")
    assert ok(board)["figure"]["value"] is None
    next_release = system.folder.root / "next"
    for package in previous.PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, next_release / package, ignore=ignored)
    with (next_release / "services/progress/projection/readers.py").open("a") as readers:
        readers.write(NEXT_READERS)
    await system.supervisor.dismiss(progress)
    await system.start_as("progress", next_release)
    await wait_for(lambda: applied(proof, before + 2), 60, "the line goes on by itself")
    figure = ok(await proof.load.portal.province.get("/progress/figures/TR-6c"))["figure"]
    assert Decimal(figure["value"]) == 12


async def append(proof: Proof, event: NewEvent) -> None:
    """Append to projects' log with projects' own rights, as its next release would."""
    engine = create_async_engine(proof.operator.system.environment("projects")["SHENGJI_DATABASE_URL"])
    async with engine.begin() as conn:
        await EventLog(CLOCK).append(conn, [StreamWrite(f"next-{event.type}", 0, [event])], {})
    await engine.dispose()


async def applied(proof: Proof, position: int) -> bool:
    """Whether the read-model has come so far in projects' log."""
    return (await proof.applied())["projects"] >= position
