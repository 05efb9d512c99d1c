"""The decision to set the day of a duty for which the plan prints none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from services.projects.common.duty import Duty
from services.projects.common.refusal import Refused
from services.projects.common.values import ShortText
from services.projects.duties.days.facts import INITIAL, DutyDays, DutyDaySet, evolve
from services.projects.duties.decisions import DutyId, DutyPeriod
from shared.command import Given, command, decider
from shared.values import Says, Text


@command(
    example={
        "plan": "fujian-2013",
        "duty": "TR-22",
        "period": "2013-Q2",
        "due_on": "2013-06-20",
        "reason": "银企对接会之前",
    }
)
class SetDutyDay:
    """Set the day of a duty for which the plan prints none."""

    plan: Annotated[str, Text(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="the plan's id")]
    duty: DutyId
    period: DutyPeriod
    due_on: Annotated[date, Says(description="the last day on which it is met in time")]
    reason: ShortText


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDuty(Given):
    """What the decision needs: the duty as the plan defines it."""

    duty: Duty


def decide(command: SetDutyDay, state: DutyDays, given: OfDuty) -> Sequence[DutyDaySet]:
    """The event, or Refused where the plan itself gives the day."""
    rule = given.duty.due.rule
    if rule != "configuration":
        raise Refused(
            f"The plan gives the days of {command.duty} itself (rule {rule}).",
            code="day-given",
            status=409,
            where="duty",
            remedy="A day of the plan changes with the plan: load the corrected duty.",
        )
    known = state.days.get(command.period)
    if known is not None and known.due_on == command.due_on:
        return []
    return [
        DutyDaySet(
            plan=command.plan,
            duty=command.duty,
            period=command.period,
            due_on=command.due_on,
            reason=command.reason,
        )
    ]


DUTY_DAYS = decider(INITIAL, decide, evolve)
