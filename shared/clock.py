"""The one Clock through which every process learns "now".

It rules what is recorded: occurred_at, recorded_at, received_at, due dates, online and silent. System time
rules what concerns the machine: tokens, timeouts, dedupe, lag, freshness, logs and spans.
In simulated mode the time stands until somebody steps it, and what is recorded is marked.
"""

import asyncio
import contextlib
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

CHINA = timezone(timedelta(hours=8), "+08:00")
"""Days and months are those of +08:00, with no summer time: that of 1986 to 1991 is no part of any record."""


def local_day(moment: datetime) -> date:
    """The day in China that a moment falls on."""
    return moment.astimezone(CHINA).date()


def day_start(day: date) -> datetime:
    """00:00 of a day in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


class Clock(Protocol):
    """Where "now" comes from. Always aware, in UTC."""

    @property
    def simulated(self) -> bool:
        """Whether what is recorded under this clock must be marked as simulated."""

    def now(self) -> datetime:
        """The moment that counts for the record."""

    async def changed(self, timeout: float) -> None:
        """Wait for a step of the clock, or `timeout` system seconds: what timers wait on."""


class SystemClock:
    """The machine's time: production."""

    simulated = False

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def changed(self, timeout: float) -> None:
        await asyncio.sleep(timeout)


class SteppedClock:
    """Time that stands until it is set; it never goes back.

    Tests set it by hand; `shared.simulation` sets it from the CLOCK stream.
    """

    simulated = True

    def __init__(self, start: datetime) -> None:
        self._now = _aware(start)
        self._stepped = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def set(self, moment: datetime) -> bool:
        """Step forward to `moment`. A moment in the past changes nothing: returns False."""
        moment = _aware(moment)
        if moment < self._now:
            return False
        self._now = moment
        self._stepped.set()
        self._stepped = asyncio.Event()
        return True

    async def changed(self, timeout: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stepped.wait(), timeout)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone: the Clock takes aware datetimes only")
    return moment.astimezone(UTC)
