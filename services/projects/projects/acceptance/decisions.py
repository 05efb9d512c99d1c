"""When a project's acceptance (验收) is due, and when its city is reminded of it (TR-14c)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.projects.common.values import ProjectId
from services.projects.projects.acceptance.facts import AcceptanceReminded
from services.projects.projects.facts import Project
from services.projects.projects.stages.facts import Producing, Stage
from shared.command import Given, command


@dataclass(frozen=True, slots=True)
class AcceptanceRule:
    """The rule `acceptance` in force: whose projects, days from production, days between reminders."""

    registers: tuple[str, ...]
    due_days: int
    remind_every_days: int


@command()
class RemindAcceptance:
    """Remind of the acceptance, if it is due and the last reminder is long enough ago."""

    project: ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding(Given):
    """The rule of the day."""

    rule: AcceptanceRule


def reminded(command: RemindAcceptance, state: Project, given: Reminding) -> Sequence[AcceptanceReminded]:
    """One reminder if the rule makes it due; else none, because the watch also asks for projects not yet due."""
    register = next(
        (
            member.register
            for member in state.memberships
            if member.register in given.rule.registers and member.holds(given.today)
        ),
        None,
    )
    if register is None or not isinstance(state.stage, Producing):
        return []
    since = next(step.on for step in reversed(state.steps) if step.stage is Stage.PRODUCING)
    due = since + timedelta(days=given.rule.due_days)
    next_on = due + timedelta(days=1)
    if state.reminders:
        next_on = state.reminders[-1].on + timedelta(days=given.rule.remind_every_days)
    if given.today < next_on:
        return []
    return [
        AcceptanceReminded(
            project=command.project,
            region=state.registered.region,
            register=register,
            producing_on=since,
            due_on=due,
            number=len(state.reminders) + 1,
            on=given.today,
        )
    ]
