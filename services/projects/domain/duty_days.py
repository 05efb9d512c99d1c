"""Days of a duty that the plan leaves open (定期, 每年): an operator sets each of them, with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.projects.domain.duty import Duty
from services.projects.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
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

    days: Mapping[str, date] = field(default_factory=dict)


INITIAL = DutyDays()


@dataclass(frozen=True, slots=True)
class SetDutyDay:
    """Set the day for a period."""

    duty: Duty
    period: str
    due_on: date
    reason: str


def decide(command: SetDutyDay, state: DutyDays) -> Sequence[DutyDaySet]:
    """The event, or Refused where the plan itself gives the day."""
    duty = command.duty
    if duty.due.rule != "configuration":
        raise Refused(
            f"The plan gives the days of {duty.duty} itself (rule {duty.due.rule}).",
            code="day-given",
            status=409,
            where="duty",
            remedy="A day of the plan changes with the plan: load the corrected duty.",
        )
    if state.days.get(command.period) == command.due_on:
        return []
    return [DutyDaySet(duty.plan, duty.duty, command.period, command.due_on, command.reason)]


def evolve(state: DutyDays, event: DutyDaySet) -> DutyDays:
    """The state after a stored fact."""
    return DutyDays({**state.days, event.period: event.due_on})
