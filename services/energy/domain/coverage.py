"""Online monitoring of key energy users (能耗在线监测, EN-14): which day was online, which feed is silent.

A day is online only if real-time data (statistic type 0) of that day arrived on that very day; a later backfill
completes the day's figures and never repairs "online" (plan data §3.3, G-10). The day is that of +08:00.
A feed is silent when nothing has arrived from it for a while; how long is a dated rule, on the command.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8), "+08:00")
"""Boundaries of days stand in China's time, which has had no summer time since 1991."""

SAME_DAY: Final = "same_day_data"
NO_SAME_DAY: Final = "no_same_day_data"
SAME_DAY_PROCESSED_LATE: Final = "same_day_data_processed_late"


def day_of(moment: datetime) -> date:
    """The day in +08:00 to which a moment of the Clock belongs."""
    return moment.astimezone(CHINA).date()


def day_start(day: date) -> datetime:
    """00:00 in +08:00 of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


# A day's verdict


@dataclass(frozen=True, slots=True)
class CoverageChanged:
    """Whether `day` counts as online for a key user. One per key user and day; a second one only where data that
    had arrived in time were processed after the verdict."""

    enterprise: str
    region: str
    day: date
    online: bool
    reason: str


@dataclass(frozen=True, slots=True)
class JudgeDay:
    """`first_received_at`: when the day's first real-time reading arrived at the intake, None if none did.

    `today` is the Clock's day in +08:00: an unfinished day may yet become online.
    """

    enterprise: str
    region: str
    day: date
    first_received_at: datetime | None
    today: date


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Nothing was said about the day."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said about the day."""

    online: bool


DayState = Unjudged | Judged


def judge(command: JudgeDay, state: DayState) -> Sequence[CoverageChanged]:
    """The verdict on one key user's day, if it changes."""
    arrived = command.first_received_at is not None and day_of(command.first_received_at) <= command.day
    match state:
        case Unjudged() if arrived:
            return [_verdict(command, True, SAME_DAY)]
        case Unjudged() if command.day < command.today:
            return [_verdict(command, False, NO_SAME_DAY)]
        case Judged(online=False) if arrived:
            return [_verdict(command, True, SAME_DAY_PROCESSED_LATE)]
        case Unjudged() | Judged():
            return []
        case _:
            raise AssertionError(f"no rule for {type(command).__name__} on {type(state).__name__}")


def _verdict(command: JudgeDay, online: bool, reason: str) -> CoverageChanged:
    return CoverageChanged(command.enterprise, command.region, command.day, online, reason)


# A feed's silence


@dataclass(frozen=True, slots=True)
class FeedSilent:
    """Nothing has arrived from the enterprise's meters since `since`; found out at `at` (both by the Clock)."""

    enterprise: str
    region: str
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedResumed:
    """Data arrive again; the feed was silent from `since` to `at`."""

    enterprise: str
    region: str
    since: datetime
    at: datetime


FeedEvent = FeedSilent | FeedResumed


@dataclass(frozen=True, slots=True)
class WatchFeed:
    """`last_received_at`: the newest arrival of real-time data, or when the feed should have begun, if nothing
    ever came. `silent_after` comes from the rule that is valid at `now`."""

    enterprise: str
    region: str
    last_received_at: datetime
    silent_after: timedelta
    now: datetime


@dataclass(frozen=True, slots=True)
class Flowing:
    """Data arrive, as far as is known."""


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing has arrived since."""

    since: datetime


FeedState = Flowing | Silent


def watch(command: WatchFeed, state: FeedState) -> Sequence[FeedEvent]:
    """Silence and its end. Data that came and stopped again between two looks give both."""
    stale = command.now - command.last_received_at >= command.silent_after
    where = (command.enterprise, command.region)
    silent = FeedSilent(*where, command.last_received_at, command.now)
    match state:
        case Flowing():
            return [silent] if stale else []
        case Silent(since=since) if command.last_received_at > since:
            resumed = FeedResumed(*where, since, command.last_received_at)
            return [resumed, silent] if stale else [resumed]
        case Silent():
            return []
        case _:
            raise AssertionError(f"no rule for {type(command).__name__} on {type(state).__name__}")


def evolve_feed(state: FeedState, event: FeedEvent) -> FeedState:
    match event:
        case FeedSilent(since=since):
            return Silent(since)
        case FeedResumed():
            return Flowing()
