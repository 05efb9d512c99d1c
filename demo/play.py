"""Plays simulated time: steps the clock, lets people do their errands and devices send, faults and all."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from demo.answers import Answers
from demo.collect import Collector
from demo.fault_kinds import Fault, Garbage, Known, Verdict, throw
from demo.office import Errand, Office
from demo.outgoing import BEFORE_ALL, Devices, Post, local
from demo.pace import Stop
from demo.push import Intake, Sent
from demo.state import Situation
from demo.tally import Journal
from demo.world import DemoEnterprise

_SLOT = timedelta(minutes=15)
_PATIENCE_S = 10.0
AGAIN = timedelta(hours=24)
"""What devices and people do again after a restart: they can't know what arrived."""


@dataclass(slots=True)
class Player:
    """The scenario, played through the public endpoints. `clock` is where the simulated time stands."""

    world: Sequence[DemoEnterprise]
    office: Office
    intake: Intake
    journal: Journal
    situation: Situation
    faults: Sequence[Fault]
    clock: datetime
    collector: Collector = field(init=False)
    answers: Answers = field(init=False)
    _devices: dict[str, Devices] = field(init=False)
    _sent_to: datetime = field(init=False)
    _errands: list[Errand] = field(init=False)

    def __post_init__(self) -> None:
        self.answers = Answers(self.office.province)
        self.collector = Collector(self.answers, self.journal)
        self._devices = {each.enterprise: Devices(each) for each in self.world}
        first = BEFORE_ALL + timedelta(seconds=1)
        self._sent_to = BEFORE_ALL if self.clock <= first else max(BEFORE_ALL, _slot(self.clock) - AGAIN)
        self._errands = [
            errand for errand in self.office.errands(self.world) if errand.moment > self.clock - AGAIN
        ]

    async def to(self, stop: Stop) -> None:
        """Go to one stop of the clock, and do all that is due by then."""
        before = self.clock
        await self.office.step(stop.moment)
        self.clock = self.situation.clock = stop.moment
        await self.collector.step(stop.moment)
        await self._run_errands()
        sent = await asyncio.gather(*(self._send(name, stop, before) for name in self._devices))
        if stop.push:
            self._sent_to = max(self._sent_to, _slot(stop.moment))
        await self._note_receipts([each for line in sent for each in line])
        for fault in self.faults:
            await self._tend(fault, before)

    def errands_on(self, day: date) -> list[datetime]:
        """The moments of the day at which somebody has something to do."""
        return [errand.moment for errand in self._errands if local(errand.moment).date() == day]

    async def _send(self, enterprise: str, stop: Stop, before: datetime) -> list[Sent]:
        """What leaves one enterprise's devices at this stop, in its order."""
        devices, until = self._devices[enterprise], _slot(stop.moment)
        faults = [fault for fault in self.faults if fault.enterprise == enterprise]
        posts: list[Post] = []
        if stop.push and (columns := devices.cut(self._sent_to, until)):
            posts = [Post(enterprise, columns)]
        for fault in faults:
            posts = [each for post in posts for each in fault.ordinary(post, stop.moment)]
        for fault in faults:
            posts += fault.besides(devices, before, stop.moment)
        sent = []
        for post in posts:
            sent += await self.intake.send(post, stop.moment if post.correction else None)
        return sent

    async def _note_receipts(self, sent: list[Sent]) -> None:
        """What the receipts of a fault's own POSTs say; those of the others are added up by the collector."""
        for each in sent:
            if not each.post.fault:
                continue
            answer = await self.intake.receipt(each.post.enterprise, each.receipt)
            noted = self.journal.receipts.setdefault(each.post.fault, {})
            noted["posts"] = noted.get("posts", 0) + 1
            noted["readings"] = noted.get("readings", 0) + answer["readings"]
            for outcome, count in answer["counts"].items():
                noted[outcome] = noted.get(outcome, 0) + count

    async def _run_errands(self) -> None:
        while self._errands and self._errands[0].moment <= self.clock:
            errand = self._errands.pop(0)
            await errand.run()
            self.situation.happened(errand.what)

    async def _tend(self, fault: Fault, before: datetime) -> None:
        """Observe and check the fault when its time has come; the verdict stays in the journal."""
        if isinstance(fault, Garbage) and before < fault.at <= self.clock:
            answers = await throw(self._throw, self.journal.credentials[fault.enterprise])
            self.journal.seen[fault.key] = {"answers": answers}
        if fault.observe_at is not None and before < fault.observe_at <= self.clock:
            self.journal.seen[fault.key] = await self._until(
                lambda: fault.observe(self._known(fault)), lambda seen: all(seen.values())
            )
        if fault.settled <= self.clock and fault.key not in self.journal.verdicts:
            verdict = await self._until(lambda: fault.check(self._known(fault)), lambda found: found.ok)
            self._judge(fault, verdict)

    def _judge(self, fault: Fault, verdict: Verdict) -> None:
        on = local(self.clock).date().isoformat()
        self.journal.verdicts[fault.key] = {"ok": verdict.ok, "text": verdict.text, "on": on}
        self.journal.save()
        mark = "[green]✓[/]" if verdict.ok else "[red]✗[/]"
        self.situation.happened(f"{mark} {fault.title}: {fault.expected}")

    def _known(self, fault: Fault) -> Known:
        return Known(
            self.journal.receipts.get(fault.key, {}),
            self.journal.seen.get(fault.key, {}),
            self.answers,
            {each.enterprise: each for each in self.world},
        )

    async def _until(self, ask: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:
        """Ask until `enough` accepts the answer, because figures follow the readings with a delay; the last answer
        counts."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            answer = await ask()
            if enough(answer) or time.monotonic() > deadline:
                return answer
            await asyncio.sleep(0.1)

    async def _throw(self, body: bytes, headers: dict[str, str]) -> int:
        self.journal.tally.refused_posts += 1
        return await self.intake.raw(body, headers)


def _slot(moment: datetime) -> datetime:
    """The last quarter-hour that has ended by then."""
    seconds = int(moment.timestamp())
    return moment - timedelta(seconds=seconds % int(_SLOT.total_seconds()), microseconds=moment.microsecond)
