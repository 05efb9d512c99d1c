"""One run of the demo over a started system: the province, the year, the summary, and on at live pace."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Literal

import httpx
from rich.console import Console

from cli.tokens import mint
from clients.door import DoorError
from demo import screen, summary
from demo.faults import FAULTS
from demo.office import Office, offices
from demo.outcomes import outcomes
from demo.outgoing import china, local
from demo.pace import Budget, Pace, Stop, stops, weeks
from demo.play import Player
from demo.push import Intake
from demo.state import Situation
from demo.tally import Journal
from demo.world import CITIES, FIRST_DAY, enterprises
from deploy.local.process import StartError
from deploy.local.runner import LocalSystem

Until = Literal["forever", "summary"]
LAST_DAYS: dict[Until, date] = {"summary": date(2014, 1, 20), "forever": date(2013, 12, 3)}
"""Where the scenario ends. By the first December's reports and the year's statistics are in. Who stays at the live
board meets a month in which reports are due and both bases of electricity have their coefficients."""
TO_SUMMARY_S = 225.0
"""From the start to the summary: what the start leaves of it is the scenario's."""
_SUMMARY_S = 12.0
_LIVE_STEP = timedelta(minutes=15)
_TOKEN_HOURS = 12.0
_MORNING = timedelta(hours=9)
_CLOSING_S = 30.0


@dataclass(slots=True)
class Run:
    """`began`: when the command began (monotonic); `days`: play so many, not the whole scenario."""

    system: LocalSystem
    console: Console
    began: float
    days: int | None
    until: Until
    journal: Journal = field(init=False)
    situation: Situation = field(init=False)
    _step: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.journal = Journal(self.system.folder.root / "demo")
        self.situation = Situation(self.journal.tally)

    async def run(self) -> None:
        """Raises StartError naming the step that failed, the reason and the logs."""
        try:
            await self._run()
        except (DoorError, httpx.TransportError, OSError) as error:
            reason = str(error) or type(error).__name__
            raise StartError(self._step, reason, self.system.urls.logs) from error

    async def _run(self) -> None:
        urls, world = self.system.urls, enterprises()
        self.console.print(f"[bold]Portal[/]  {urls.portal}  (choose a demo person there)", highlight=False)
        office = offices(urls.gateway, self._token)
        async with contextlib.AsyncExitStack() as stack:
            for door in office.doors:
                await stack.enter_async_context(door)
            clock = await self._prepare(office)
            intake = Intake(urls.intake, self.journal.credentials, self.journal.tally)
            stack.callback(intake.close)
            player = Player(world, office, intake, self.journal, self.situation, FAULTS, clock)
            if self.journal.found:
                await player.collector.adopt()
            self.situation.clock = clock
            await self._play(player, office)
            if self.until == "forever":
                await self._go_on(player, office)

    async def _prepare(self, office: Office) -> datetime:
        """Plan, enterprises, meters, list, credentials; safe to repeat. Returns the moment at which the clock
        stands."""
        world = enterprises()
        self._step = "set the simulated clock"
        clock = await office.now()
        begin = china(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day)
        if clock < begin:
            await office.step(begin)
            clock = begin
        self._say(f"the simulated clock stands at {local(clock):%Y-%m-%d %H:%M}; every process follows it")
        self._step = "load the plan"
        targets = await office.load_plan()
        self._say(f"plan fujian-2013 is loaded: {targets} targets")
        self._step = "register enterprises and meters"
        await office.register_enterprises(world)
        meters = await office.register_meters(world)
        self._say(f"{len(world)} synthetic enterprises in {len(CITIES)} cities, {meters} meters")
        self._step = "designate key users, register projects"
        await office.designate_key_users(world)
        await office.register_projects()
        self._say("the key-user list of 2013, a key project in each city")
        self._step = "issue device credentials"
        issued = await office.issue_credentials(world, self.journal)
        self._say(f"device credentials: {issued} issued, {len(world) - issued} kept from before")
        return clock

    async def _play(self, player: Player, office: Office) -> None:
        """The scenario up to its last day, or for `days` days, with the board; then the summary."""
        first = local(player.clock).date()
        last = LAST_DAYS[self.until] if self.days is None else first + timedelta(days=self.days - 1)
        if first <= last:
            spent = time.monotonic() - self.began
            budget = Budget(last, None if self.days is not None else TO_SUMMARY_S - _SUMMARY_S - spent)
            async with screen.shown(self.situation, office.province, self.console):
                await self._play_days(player, budget, first, last)
                await self._play_day(player, Pace.FINE, last + timedelta(days=1), up_to=_MORNING)
        self._step = "wait for the last receipts and figures"
        await player.collector.settle()
        await self._closed(office)
        self.situation.counted = await office.province.pages("/api/v1/progress/figures", measure="tally")
        self.situation.outcomes = await outcomes(office.province)
        self.journal.save()
        self.situation.pace = ""
        self._summarise()

    async def _play_days(self, player: Player, budget: Budget, first: date, last: date) -> None:
        for begin, end in weeks(first, last):
            pace = budget.choose(begin)
            self.situation.pace = f"{pace.value}, up to {last}"
            for number in range((end - begin).days + 1):
                started = time.monotonic()
                await self._play_day(player, pace, begin + timedelta(days=number))
                seconds = time.monotonic() - started
                budget.note(pace, seconds)
                self.journal.played[pace.value] = self.journal.played.get(pace.value, 0) + 1
                self.journal.year_seconds += seconds
            await player.collector.look()
            self.journal.save()

    async def _play_day(
        self, player: Player, pace: Pace, day: date, up_to: timedelta = timedelta(days=1)
    ) -> None:
        self._step = f"play {day}"
        ends = china(day.year, day.month, day.day) + up_to
        for stop in stops(day, pace, player.errands_on(day)):
            if player.clock < stop.moment <= ends:
                await player.to(stop)

    async def _closed(self, office: Office) -> None:
        """Wait until the previous day is on the board: its figures are published once all of its readings are
        processed."""
        deadline = time.monotonic() + _CLOSING_S
        while True:
            await screen.refresh(self.situation, office.province)
            board = self.situation.board
            if board is None or all(row["energy_closed_day"] for row in board["rows"]):
                return
            if time.monotonic() > deadline:
                return
            await asyncio.sleep(0.2)

    async def _go_on(self, player: Player, office: Office) -> None:
        """Live pace: a quarter of an hour a second, until somebody stops it."""
        self._step = "go on at live pace"
        self.situation.pace = "live: a quarter of an hour a second; Ctrl-C stops everything"
        async with screen.shown(self.situation, office.province, self.console):
            while True:
                tick = time.monotonic()
                await player.to(Stop(_next_quarter(player.clock), push=True))
                await player.collector.look()
                await asyncio.sleep(max(0.0, 1.0 - (time.monotonic() - tick)))

    def _summarise(self) -> None:
        urls, first = self.system.urls, self.situation.first_figures
        took = summary.Timings(time.monotonic() - self.began, None if first is None else first - self.began)
        token = self._token(subject="demo-visitor", role="province")
        places = summary.Places(
            urls.portal, urls.gateway, urls.intake, urls.logs, urls.traces, urls.data, token
        )
        summary.show(self.console, self.situation, self.journal, FAULTS, took, places)

    @property
    def _token(self) -> Callable[..., str]:
        return partial(mint, self.system.secrets.signing_key, hours=_TOKEN_HOURS)

    def _say(self, what: str) -> None:
        seconds = time.monotonic() - self.began
        self.console.print(f"[green]✓[/] {what}  [bright_black]{seconds:.0f} s[/]", highlight=False)


def _next_quarter(moment: datetime) -> datetime:
    seconds = int(_LIVE_STEP.total_seconds())
    passed = int(moment.timestamp()) % seconds
    return moment + timedelta(seconds=seconds - passed)
