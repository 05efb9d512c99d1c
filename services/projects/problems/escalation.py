"""Escalation (升级) of problems: county to city to province, by dated rules. A major one (重大问题) goes at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.projects.common.refusal import Refused
from services.projects.problems.facts import Level

_ABOVE = {Level.COUNTY: Level.CITY, Level.CITY: Level.PROVINCE}


def above(level: Level) -> Level | None:
    """The level to which a problem goes from here; None at the top."""
    return _ABOVE.get(level)


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """Days that a level has for an answer, and days overdue after which the level above takes the problem.

    In force from `valid_from` to `valid_to` (None: still), both days included.
    """

    level: Level
    answer_within_days: int
    escalate_after_days: int
    valid_from: date
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


Rules = Sequence[EscalationRule]


def rule_for(rules: Rules, level: Level, on: date) -> EscalationRule:
    """The rule of a level on a day. Raises Refused where none was in force."""
    for rule in rules:
        if rule.level == level and rule.holds(on):
            return rule
    raise Refused(
        f"No rule says how long the {level} has for a problem on {on}.",
        code="no-rule",
        status=409,
        remedy="Load a plan whose rules cover that day: shengji plan load.",
    )


def answer_by(rules: Rules, level: Level, on: date) -> date:
    """The last day to answer a problem that a level receives on the day `on`."""
    return on + timedelta(days=rule_for(rules, level, on).answer_within_days)


def escalates_on(rules: Rules, level: Level, due_on: date) -> date | None:
    """The day on which an unanswered problem goes to the level above; None at the top."""
    if above(level) is None:
        return None
    return due_on + timedelta(days=rule_for(rules, level, due_on).escalate_after_days + 1)
