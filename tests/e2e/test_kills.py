"""Processes are killed in the middle of a run: whatever was acknowledged is there exactly once (and nothing else)."""

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import pytest

from tests.kit.logs_and_streams import assert_told_once_and_in_order
from tests.kit.portal import Portal, ok, unique
from tests.kit.servers import wait_for
from tests.kit.works import Reading, Works, batch, register

SLOTS = 12
PIECE = timedelta(hours=3)
AHEAD = 6  # pushes that may wait for their outcome: readings keep flowing while the worker is away
PROGRESS_BETWEEN_KILLS = 4


@dataclass
class Ledger:
    """What the doors have acknowledged, kept outside of everything that is killed."""

    readings: dict[str, list[Reading]] = field(default_factory=dict)
    """By receipt."""
    projects: dict[str, str] = field(default_factory=dict)
    """The Idempotency-Key by project."""
    repeats: int = 0
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def size(self) -> tuple[int, int]:
        return len(self.readings), len(self.projects)


async def patiently(send: Callable[[], Awaitable[httpx.Response]], ledger: Ledger) -> Any:
    """Send the same request until it is acknowledged, as every client of a door must."""
    for _ in range(60):
        with suppress(httpx.TransportError):
            response = await send()
            if response.status_code not in (429, 503):
                return ok(response)
        ledger.repeats += 1
    raise AssertionError("not acknowledged after 60 attempts")


async def feed(works: Works, meter: str, begin: datetime, ledger: Ledger) -> int:
    """Three hours a push, in order, until told to stop; answers with the number of pushes."""
    waiting: list[str] = []
    number = 0
    while not ledger.stop.is_set():
        first = begin + PIECE * number
        rows = list(register(first, SLOTS + 1, 1000 + 25 * SLOTS * number))[0 if number == 0 else 1 :]
        body = batch(meter, rows)
        answer = await patiently(partial(works.post, body), ledger)
        ledger.readings[answer["receipt"]] = rows
        waiting.append(answer["receipt"])
        number += 1
        if len(waiting) > AHEAD:
            await works.outcome(waiting.pop(0))
    return number


async def command(portal: Portal, ledger: Ledger) -> None:
    """Register projects, each under its own key, until told to stop."""
    city = portal.city()
    while not ledger.stop.is_set():
        name = unique("KILL")
        body = {
            "project": name,
            "name": "示例技改项目",
            "region": "350181",
            "industry": "2822",
            "total_investment": "120000000",
            "equipment_investment": "83500000",
        }
        headers = {"Idempotency-Key": f"key-{name}"}
        await patiently(partial(city.post, "/projects", json=body, headers=headers), ledger)
        ledger.projects[name] = headers["Idempotency-Key"]
        await patiently(partial(city.get, f"/projects/{name}"), ledger)


async def kill(portal: Portal, names: tuple[str, ...], ledger: Ledger) -> None:
    """SIGKILL once both flows have gone on; wait until all are back."""
    begin = ledger.size

    async def both_flow() -> bool:
        return all(now >= then + PROGRESS_BETWEEN_KILLS for now, then in zip(ledger.size, begin, strict=True))

    await wait_for(both_flow, 90, f"readings and commands flow before {names} are killed")
    supervisor = portal.system.supervisor
    before = {name: supervisor.pid(name) for name in names}
    for name in names:
        supervisor.signal(name, signal.SIGKILL)

    async def back() -> bool:
        return all(
            [supervisor.pid(name) != before[name] and await supervisor.ready(name) is None for name in names]
        )

    await wait_for(back, 90, f"{names} are back")


@pytest.mark.timeout(400)
async def test_nothing_that_was_acknowledged_is_lost_or_doubled(portal: Portal):
    """The worker, both relays with their services, and the projection, each killed while both flows go on."""
    sources = [await Works.registered(portal) for _ in range(2)]
    meters = [await works.meter() for works in sources]
    # Far enough back that no run comes up to the Clock; the meters are valid since the day before.
    begin = datetime.fromisoformat("2013-01-02T00:00:00+08:00")
    limit = int((await portal.now() - begin) / PIECE) - 1
    ledger = Ledger()
    async with asyncio.TaskGroup() as flows:
        feeds = [flows.create_task(feed(*pair, begin, ledger)) for pair in zip(sources, meters, strict=True)]
        flows.create_task(command(portal, ledger))
        try:
            for names in (("energy-worker", "projects"), ("energy", "progress")):
                await kill(portal, names, ledger)
        finally:
            ledger.stop.set()
    assert all(task.result() <= limit for task in feeds), "the run came up to the Clock"
    await every_reading_counted_once(sources, meters, [task.result() for task in feeds], begin, ledger)
    await every_command_carried_out_once(portal, ledger)


async def every_reading_counted_once(
    sources: list[Works], meters: list[str], pushes: list[int], begin: datetime, ledger: Ledger
) -> None:
    """Receipts account for every reading, and every hour is exact."""
    counts: Counter[str] = Counter()
    for works in sources:
        for receipt in ledger.readings:
            response = await works.door.get(f"/v1/receipts/{receipt}")
            if response.status_code == 404:  # the other enterprise's
                continue
            counts.update((await works.outcome(receipt))["counts"])
    distinct = sum(SLOTS * number + 1 for number in pushes)
    assert counts["accepted"] == distinct, counts
    assert counts["quarantined"] == counts["revised"] == counts["superseded"] == 0
    for works, meter, number in zip(sources, meters, pushes, strict=True):
        end = begin + PIECE * number
        hours: dict[datetime, Decimal] = {}
        for days in range(0, (end - begin).days + 1, 7):
            first = begin + timedelta(days=days)
            hours |= await works.hours(meter, first.date(), (first + timedelta(days=6)).date())
        assert hours == {begin + timedelta(hours=n): Decimal(100) for n in range(3 * number)}


async def every_command_carried_out_once(portal: Portal, ledger: Ledger) -> None:
    """One event a project, the stream equal to the log, and the projection at the log's end."""
    logs = {
        service: await assert_told_once_and_in_order(portal.system, service)
        for service in ("projects", "energy", "assessment")
    }
    registered = Counter(
        event.data["project"]
        for event in logs["projects"].events
        if event.type == "ProjectRegistered" and event.data["project"].startswith("KILL-")
    )
    # A command that was never acknowledged may have been carried out: it is the one that was under way at the end.
    assert registered == Counter(dict.fromkeys(ledger.projects, 1))

    async def read() -> bool:
        sources = ok(await portal.province.get("/progress/board"))["fresh"]["sources"]
        return all(sources[name]["position"] >= log.head.position for name, log in logs.items())

    await wait_for(read, 60, "the projection at the end of every log")
