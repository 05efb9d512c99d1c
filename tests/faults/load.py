"""A modest load: meters' boxes that push and re-send, cities that report and correct, all through the public doors."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from clients.door import Door
from clients.meters import READINGS, columns, until_answered
from shared.clock import CHINA
from tests.faults.ledger import Answered, Ledger, Sent
from tests.kit.portal import API, Portal, ok

ENTERPRISES = 3
SLOT_S = 60
SLOTS_A_POST = 5
BEGIN = datetime(2013, 3, 1, tzinfo=CHINA)
CITIES = ("350100", "350200", "350500")
MONTHS = tuple(f"2013-{month:02d}" for month in range(1, 13))
REPORTED_ON = "2014-01-20"
BASE_YUAN = 1_000_000_000
PUSH_PAUSE_S = 0.1
COMMAND_PAUSE_S = 0.25
RETRY_PAUSE_S = 0.25
PATIENCE_S = 600.0
"""Longer than any fault lasts: what isn't answered by then never will be."""


@dataclass
class Box:
    """A meter's box of one enterprise: two meters, one sends quantities, one counts up."""

    enterprise: str
    credential: str
    door: Door
    interval: str
    register: str
    slot: int = 0

    @classmethod
    async def registered(cls, portal: Portal, name: str) -> "Box":
        """Register enterprise, meters and credential through the gateway."""
        province = portal.province
        body = {"enterprise": name, "name": "示例工厂", "region": "350181", "industry": "3011"}
        ok(await province.post("/enterprises", json={**body, "valid_from": "2013-01-01"}))
        common = {
            "enterprise": name,
            "carrier": "electricity",
            "unit": "kWh",
            "serial": "S-1",
            "interval_minutes": SLOT_S // 60,
            "valid_from": "2013-01-01T00:00:00+08:00",
        }
        interval, register = f"{name}-Q", f"{name}-R"
        ok(await province.post("/meters", json={**common, "meter": interval, "kind": "interval"}))
        counter = {"meter": register, "kind": "register", "register_digits": 9}
        ok(await province.post("/meters", json={**common, **counter, "capacity": "4000"}))
        issued = ok(await province.post(f"/enterprises/{name}/credentials", json={"label": "faults"}))
        credential = str(issued["token"])
        return cls(name, credential, portal.door(portal.system.urls.intake, credential), interval, register)

    def next(self) -> Sent:
        """The next POST: both meters, a few slots; every value follows from its slot."""
        slots = range(self.slot, self.slot + SLOTS_A_POST)
        self.slot += SLOTS_A_POST
        rows = [
            (meter, int(BEGIN.timestamp()) + SLOT_S * (slot + 1), value)
            for slot in slots
            for meter, value in (
                (self.interval, 1_000_000 * (1 + slot % 7)),
                (self.register, 500_000_000 + 2_500_000 * slot),
            )
        ]
        values = [f"{v // 10**6}.{v % 10**6:06d}" for _, _, v in rows]
        body = columns([meter for meter, _, _ in rows], [t for _, t, _ in rows], values)
        return Sent(self.enterprise, tuple(rows), body)


class Load:
    """Runs between `start` and `finish`; everything begun is acknowledged when `finish` returns."""

    def __init__(self, portal: Portal, ledger: Ledger, boxes: list[Box]) -> None:
        self.portal = portal
        self.ledger = ledger
        self.boxes = boxes
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._cities = {city: portal.door(portal.gateway, portal.token("city", city)) for city in CITIES}
        self._rounds = {city: itertools.count() for city in CITIES}

    @classmethod
    async def prepared(cls, portal: Portal, ledger: Ledger) -> "Load":
        """Enterprises registered, the months of a year long past reopened, nothing sent yet."""
        boxes = [await Box.registered(portal, f"F{number:02d}") for number in range(ENTERPRISES)]
        ledger.interval |= {box.interval for box in boxes}
        load = cls(portal, ledger, boxes)
        await load.reopen_months()
        return load

    async def reopen_months(self) -> None:
        """Let the cities report months that the plan's rule has closed long ago, by the machine's own time."""
        for month in MONTHS:
            consent = {"until": "9999-12-31", "reason": "reported by the machine's own time"}
            ok(await self.portal.province.post(f"/reports/months/{month}/reopenings", json=consent))

    def start(self) -> None:
        """Begin to send."""
        self._stopping.clear()
        works = [self._push(box) for box in self.boxes] + [self._report(city) for city in CITIES]
        self._tasks = [asyncio.create_task(work) for work in works]

    async def finish(self) -> None:
        """Send nothing new, re-send what is not acknowledged until it is. Raises what a lane raised."""
        self._stopping.set()
        await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """Drop everything: for the end of a test that failed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def check(self) -> None:
        """Raise what ended a lane early: an answer that must not be."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def _push(self, box: Box) -> None:
        while not self._stopping.is_set():
            await self.deliver(box, box.next())
            await self._pause(PUSH_PAUSE_S)

    async def deliver(self, box: Box, sent: Sent) -> None:
        """As a box does: the same POST until there is a 202."""
        began = time.monotonic()
        answer = await self._until_answered(lambda: box.door.post(READINGS, sent.body))
        self.ledger.received(sent, answer["receipt"], time.monotonic() - began)

    async def _report(self, city: str) -> None:
        for number in self._rounds[city]:
            await self.command(city, number)
            await self._pause(COMMAND_PAUSE_S)
            if self._stopping.is_set():
                return

    async def command(self, city: str, number: int) -> None:
        """A report, or the correction of one: each changes the figure, so each makes one event."""
        month, yuan = MONTHS[number % len(MONTHS)], BASE_YUAN + 10_000 * number
        # Dated by the caller: the day is not what the faults are about, and clocks may jump over midnight.
        body: dict[str, Any] = {"investment": str(yuan), "confirmed": True, "reported_on": REPORTED_ON}
        if number < len(MONTHS):
            path, body = "/reports", {**body, "region": city, "month": month}
        else:
            path, body = f"/reports/{city}/{month}/corrections", {**body, "reason": f"更正 {number}"}
        await self.carry_out(path, uuid4().hex, city, month, yuan, body)

    async def carry_out(
        self, path: str, key: str, city: str, month: str, yuan: int, body: dict[str, Any]
    ) -> None:
        """As a portal does: the same command under the same key until it is answered."""
        began = time.monotonic()
        answer = await self.repeat(path, key, city, body)
        answered = Answered(path, key, city, month, yuan, body, answer)
        self.ledger.carried_out(answered, time.monotonic() - began)

    async def repeat(self, path: str, key: str, city: str, body: dict[str, Any]) -> Any:
        """Send a command until it is answered."""
        door = self._cities[city]
        return await self._until_answered(lambda: door.post(API + path, body, key=key))

    async def _until_answered(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Whatever happens, a caller hears "come again" and nothing else: any other refusal is raised."""

        def felt(failure: Exception) -> None:
            self.ledger.unanswered += 1

        return await until_answered(ask, patience_s=PATIENCE_S, longest_pause_s=RETRY_PAUSE_S, failed=felt)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
