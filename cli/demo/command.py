"""`shengji demo`: start everything, make the synthetic province, play the year on a live board, then go on."""

import asyncio
import contextlib
import signal
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

from rich.console import Console

from cli.demo import screen, summary
from cli.demo.faults import FAULTS
from cli.demo.office import Office, offices
from cli.demo.outgoing import china, local
from cli.demo.pace import Budget, Stop, stops, weeks
from cli.demo.play import Player
from cli.demo.push import Intake
from cli.demo.state import Situation
from cli.demo.tally import Journal
from cli.demo.world import CITIES, FIRST_DAY, enterprises
from cli.tokens import mint
from cli.up import announce
from deploy.local.runner import LocalSystem
from deploy.local.settings import LocalSettings

Until = Literal["forever", "summary"]
LAST_DAY = date(2014, 1, 20)
"""By then December's reports and the year's statistics are in."""
TO_SUMMARY_S = 225.0
"""From the start to the summary, at the most: what is left of it after the start is the scenario's."""
_FOR_ONE_MACHINE = {"SHENGJI_INTAKE_SHARE_PUBLISH_MS": "15"}
"""A day passes in a second here: small POSTs wait a little longer for each other, and cost less together."""
_SUMMARY_S = 12.0
_LIVE_STEP = timedelta(minutes=15)
_TOKEN_HOURS = 24.0 * 30


async def demo(
    data: Path,
    *,
    days: int | None = None,
    until: Until = "forever",
    console: Console | None = None,
) -> int:
    """Play, and keep running until Ctrl-C or SIGTERM; exit code 0 when it ended as asked.

    `days`: play only so many days (from where the clock stands) before the summary. Raises StartError, DoorError.
    """
    console = console or Console()
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    work = asyncio.create_task(_run(data, days, until, console), name="demo")

    def stop() -> None:
        if not asked.is_set():  # once: a second Ctrl-C must not cut the orderly end short
            asked.set()
            console.print("\nstopping …")
            work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await work
    except asyncio.CancelledError:
        if not asked.is_set():
            raise
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
    console.print(
        f"[green]✓[/] every process has stopped; the data stays in {data}. "
        "`make demo` goes on from here, `make clean-data` starts over.",
        highlight=False,
    )
    return 0


async def _run(data: Path, days: int | None, until: Until, console: Console) -> None:
    began = time.monotonic()
    settings = LocalSettings.from_environment()
    settings = replace(
        settings,
        data=data,
        clock="simulated",
        environment="local",
        extra_env={**_FOR_ONE_MACHINE, **settings.extra_env},
    )
    console.print("[bold]Shengji 升级[/]: starting PostgreSQL, NATS and every service …", highlight=False)
    async with LocalSystem(settings, announce(console)) as system:
        await _Demo(system, console, began, days, until).run()


class _Demo:
    """One run over a started system."""

    def __init__(
        self,
        system: LocalSystem,
        console: Console,
        began: float,
        days: int | None,
        until: Until,
    ) -> None:
        self._system = system
        self._console = console
        self._began = began
        self._days = days
        self._until = until
        self._journal = Journal(system.folder.root / "demo")
        self._situation = Situation(self._journal.tally)

    async def run(self) -> None:
        """The province, the year, the summary, and on."""
        urls = self._system.urls
        token = partial(mint, self._system.secrets.signing_key, hours=_TOKEN_HOURS)
        office = offices(urls.gateway, token)
        async with contextlib.AsyncExitStack() as stack:
            for door in (office.province, office.ops, *office.cities.values()):
                await stack.enter_async_context(door)
            world = enterprises()
            clock = await self._prepare(office)
            intake = Intake(urls.intake, self._journal.credentials, self._journal.tally)
            stack.push_async_callback(intake.close)
            player = Player(world, office, intake, self._journal, self._situation, FAULTS, clock)
            if self._journal.found and not self._journal.clean:
                await player.collector.adopt()
            self._situation.clock = clock
            try:
                await self._play(player, office)
                if self._until == "forever":
                    await self._go_on(player, office)
            finally:
                with contextlib.suppress(Exception):
                    await asyncio.shield(asyncio.wait_for(player.collector.settle(), 10))
                self._journal.save(clean=True)

    async def _prepare(self, office: Office) -> datetime:
        """Plan, enterprises, meters, list, credentials; safe to repeat. Answers with where the clock stands."""
        say, world = self._say, enterprises()
        clock = await office.now()
        begin = china(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day)
        if clock < begin:
            await office.step(begin)
            clock = begin
        say(f"the simulated clock stands at {local(clock):%Y-%m-%d %H:%M}, and every process follows it")
        targets = await office.load_plan()
        say(f"plan fujian-2013 is loaded: {targets} targets in their owners' hands")
        await office.register_enterprises(world)
        meters = await office.register_meters(world)
        say(f"{len(world)} synthetic enterprises with {meters} meters are registered, {len(CITIES)} cities")
        await office.designate_key_users(world)
        await office.register_projects()
        say("the key-user list of 2013 and nine key projects are in")
        issued = await office.issue_credentials(world, self._journal)
        say(f"device credentials: {issued} issued, {len(world) - issued} kept from before")
        return clock

    async def _play(self, player: Player, office: Office) -> None:
        """The scenario up to its last day, or for `days` days, with the board; then the summary."""
        first = local(player.clock).date()
        last = LAST_DAY if self._days is None else first + timedelta(days=self._days - 1)
        if first <= last:
            spent = time.monotonic() - self._began
            seconds = None if self._days is not None else TO_SUMMARY_S - _SUMMARY_S - spent
            budget = Budget(last, seconds)
            async with screen.shown(self._situation, office.province, self._console):
                await self._play_days(player, budget, first, last)
                await player.collector.settle()
                await screen.refresh(self._situation, office.province)
        else:
            await player.collector.settle()
            await screen.refresh(self._situation, office.province)
        self._journal.save(clean=True)
        took = summary.Timings(
            total=time.monotonic() - self._began,
            first_figures=None
            if self._situation.first_figures is None
            else self._situation.first_figures - self._began,
        )
        urls = self._system.urls
        token = mint(
            self._system.secrets.signing_key, subject="demo-visitor", role="province", hours=_TOKEN_HOURS
        )
        places = summary.Places(urls.gateway, urls.intake, urls.logs, urls.traces, urls.data, token)
        summary.show(self._console, self._situation, self._journal, FAULTS, took, places)

    async def _play_days(self, player: Player, budget: Budget, first: date, last: date) -> None:
        for begin, end in weeks(first, last):
            pace = budget.choose(begin)
            self._situation.pace = f"{pace.value}, up to {last}"
            day = begin
            while day <= end:
                started = time.monotonic()
                others = player.errands_on(day)
                for stop in stops(day, pace, others):
                    if stop.moment > player.clock:
                        await player.to(stop)
                seconds = time.monotonic() - started
                budget.note(pace, seconds)
                self._journal.played[pace.value] = self._journal.played.get(pace.value, 0) + 1
                self._journal.year_seconds += seconds
                day += timedelta(days=1)
            await player.collector.look()

    async def _go_on(self, player: Player, office: Office) -> None:
        """Live pace: a quarter of an hour a second, until somebody stops it."""
        self._situation.pace = "live: a quarter of an hour a second; Ctrl-C stops everything"
        async with screen.shown(self._situation, office.province, self._console):
            while True:
                tick = time.monotonic()
                await player.to(Stop(_next_quarter(player.clock), push=True))
                await player.collector.look()
                await asyncio.sleep(max(0.0, 1.0 - (time.monotonic() - tick)))

    def _say(self, what: str) -> None:
        seconds = time.monotonic() - self._began
        self._console.print(f"[green]✓[/] {what}  [bright_black]{seconds:.0f} s[/]", highlight=False)


def _next_quarter(moment: datetime) -> datetime:
    seconds = int(_LIVE_STEP.total_seconds())
    passed = int(moment.timestamp()) % seconds
    return moment + timedelta(seconds=seconds - passed)
