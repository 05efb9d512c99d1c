"""What was said about a key user's day, and what follows from it.

A day is online only if real-time data (statistic type 0) of that day arrived on that very day; a later backfill
completes the day's figures and never repairs "online" (plan data §3.3, G-10). The day is that of +08:00.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageChanged:
    """Whether `day` counts as online for a key user. One per key user and day; a second one only where data that
    had arrived in time were processed after the verdict."""

    enterprise: str
    region: str
    day: date
    online: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Nothing was said about the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was said about the day, in `version` events. `region` is that of the first verdict."""

    enterprise: str
    day: date
    region: str
    online: bool
    reason: str
    version: int


DayState = Unjudged | Judged
INITIAL: DayState = Unjudged()


def stream(enterprise: str, day: date) -> str:
    """The stream of one day of one key user."""
    return f"coverage-{enterprise}-{day.isoformat()}"


def evolve(state: DayState, event: CoverageChanged) -> DayState:
    """The last verdict counts."""
    region, version = (state.region, state.version) if isinstance(state, Judged) else (event.region, 0)
    return Judged(
        enterprise=event.enterprise,
        day=event.day,
        region=region,
        online=event.online,
        reason=event.reason,
        version=version + 1,
    )
