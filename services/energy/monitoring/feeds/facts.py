"""Silence of a feed and its end, and what follows from them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSilent:
    """Nothing has arrived from the enterprise's meters since `since`; found out at `at` (both by the Clock)."""

    enterprise: str
    region: str
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedResumed:
    """Data arrive again; the feed was silent from `since` to `at`."""

    enterprise: str
    region: str
    since: datetime
    at: datetime


FeedEvent = FeedSilent | FeedResumed


@dataclass(frozen=True, slots=True)
class Unwatched:
    """Nothing was ever said: as far as is known, data arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flowing:
    """Data arrive again, as far as is known. `version` events say so."""

    enterprise: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """Nothing has arrived since. `version` events say so."""

    enterprise: str
    since: datetime
    version: int


FeedState = Unwatched | Flowing | Silent
INITIAL: FeedState = Unwatched()


def stream(enterprise: str) -> str:
    """The stream of an enterprise's feed."""
    return f"feed-{enterprise}"


def evolve(state: FeedState, event: FeedEvent) -> FeedState:
    version = 1 if isinstance(state, Unwatched) else state.version + 1
    match event:
        case FeedSilent(since=since):
            return Silent(enterprise=event.enterprise, since=since, version=version)
        case FeedResumed():
            return Flowing(enterprise=event.enterprise, version=version)
