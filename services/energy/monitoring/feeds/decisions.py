"""Finds out that a feed is silent, or that data arrive again. After how long is a dated rule of the plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.energy.monitoring.feeds.facts import (
    INITIAL,
    FeedEvent,
    FeedResumed,
    FeedSilent,
    FeedState,
    Flowing,
    Silent,
    Unwatched,
    evolve,
)
from shared.command import Given, decider


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFeed:
    """Only the watch gives it; `region` is where the enterprise lies."""

    enterprise: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Given):
    """`last_received_at`: the newest arrival of real-time data, or when the feed should have begun, if nothing
    ever came. `silent_after` comes from the rule that is valid at `now`."""

    last_received_at: datetime
    silent_after: timedelta
    now: datetime


def decide(command: WatchFeed, state: FeedState, given: Heard) -> Sequence[FeedEvent]:
    """Silence and its end. Data that came and stopped again between two looks give both."""
    last = given.last_received_at
    stale = given.now - last >= given.silent_after
    silent = FeedSilent(enterprise=command.enterprise, region=command.region, since=last, at=given.now)
    match state:
        case Unwatched() | Flowing():
            return [silent] if stale else []
        case Silent(since=since) if last > since:
            resumed = FeedResumed(enterprise=command.enterprise, region=command.region, since=since, at=last)
            return [resumed, silent] if stale else [resumed]
        case Silent():
            return []
        case _:
            raise AssertionError(f"no rule for {type(command).__name__} on {type(state).__name__}")


FEEDS = decider(INITIAL, decide, evolve)
