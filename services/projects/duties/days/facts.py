"""What is known of the days of a duty that operators have set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDaySet:
    """For `period` the duty is due on that day; a later setting of the period replaces it."""

    plan: str
    duty: str
    period: str
    due_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class DutyDays:
    """The days set so far, by period."""

    days: Mapping[str, DutyDaySet] = field(default_factory=dict)


INITIAL = DutyDays()


def stream(plan: str, duty: str) -> str:
    """The stream of the days that an operator has set for a duty."""
    return f"duty-days:{plan}:{duty}"


def evolve(state: DutyDays, event: DutyDaySet) -> DutyDays:
    """The state after a stored fact."""
    return DutyDays({**state.days, event.period: event})
