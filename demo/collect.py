"""Adds up the receipts: what became of everything that was sent.

Receipts are kept for 30 days of the Clock, and a demo plays a year, so the sums are taken window by window.
"""

import asyncio
from datetime import datetime, timedelta

from demo.answers import Answers
from demo.tally import OUTCOMES, Journal

WINDOW = timedelta(days=14)
_PATIENCE_S = 60.0


class Collector:
    """One for all enterprises. The open window begins at `journal.window_from`."""

    def __init__(self, answers: Answers, journal: Journal) -> None:
        self._answers = answers
        self._journal = journal

    async def look(self, before: datetime | None = None) -> int:
        """Ask how the open window stands, and show it in the tally; the number of POSTs worked off in it."""
        answer = await self._answers.totals(self._journal.window_from, before)
        self._journal.tally.outcomes = {
            name: self._journal.closed.get(name, 0) + answer["counts"][name] for name in OUTCOMES
        }
        return int(answer["posts"])

    async def step(self, moment: datetime) -> None:
        """The clock stands at `moment` and nothing has been sent since: close the window if it is long enough."""
        if moment - self._journal.window_from >= WINDOW:
            await self.settle(moment)
            self._journal.closed = dict(self._journal.tally.outcomes)
            self._journal.closed_posts = self._journal.tally.posts
            self._journal.window_from = moment
            self._journal.save()

    async def settle(self, before: datetime | None = None) -> None:
        """Wait until every POST of the open window has its receipt. Raises TimeoutError."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE_S
        while (worked_off := await self.look(before)) < self._expected:
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(
                    f"{self._expected - worked_off} of {self._expected} POSTs have no receipt yet: the "
                    "worker is behind; see the log of energy-worker"
                )
            await asyncio.sleep(0.1)

    async def adopt(self) -> None:
        """After a run that ended without notice: what it sent in the open window is what has receipts now."""
        posts, before = await self.look(), -1
        while posts != before:  # the worker may still be at it
            await asyncio.sleep(0.5)
            posts, before = await self.look(), posts
        tally = self._journal.tally
        tally.posts = self._journal.closed_posts + posts
        tally.readings = tally.settled

    @property
    def _expected(self) -> int:
        return self._journal.tally.posts - self._journal.closed_posts
