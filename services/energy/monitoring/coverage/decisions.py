"""Judges a key user's day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.energy.common.moments import local_day
from services.energy.monitoring.coverage.facts import (
    INITIAL,
    CoverageChanged,
    DayState,
    Judged,
    Unjudged,
    evolve,
)
from shared.command import Given, decider

SAME_DAY: Final = "same_day_data"
NO_SAME_DAY: Final = "no_same_day_data"
SAME_DAY_PROCESSED_LATE: Final = "same_day_data_processed_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeDay:
    """Only the watch gives it; `region` is where the key user lay on that day."""

    enterprise: str
    region: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(Given):
    """When the day's first real-time reading arrived at the intake; None: none did. `today` may lie behind the Clock's:
    it is the day of the moment up to which all arrivals are worked off."""

    first_received_at: datetime | None


def decide(command: JudgeDay, state: DayState, given: Arrived) -> Sequence[CoverageChanged]:
    """The verdict on one key user's day, if it changes. An unfinished day may yet become online."""
    arrived = given.first_received_at is not None and local_day(given.first_received_at) <= command.day
    match state:
        case Unjudged() if arrived:
            return [_verdict(command, True, SAME_DAY)]
        case Unjudged() if command.day < given.today:
            return [_verdict(command, False, NO_SAME_DAY)]
        case Judged(online=False) if arrived:
            return [_verdict(command, True, SAME_DAY_PROCESSED_LATE)]
        case Unjudged() | Judged():
            return []
        case _:
            raise AssertionError(f"no rule for {type(command).__name__} on {type(state).__name__}")


def _verdict(command: JudgeDay, online: bool, reason: str) -> CoverageChanged:
    return CoverageChanged(
        enterprise=command.enterprise,
        region=command.region,
        day=command.day,
        online=online,
        reason=reason,
    )


COVERAGE = decider(INITIAL, decide, evolve)
