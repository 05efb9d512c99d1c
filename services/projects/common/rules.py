"""Dated rules (规则) as a plan brings them: a factor, a limit, a deadline is data with its source, never code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.projects.common.refusal import Refused


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in force from `valid_from` to `valid_to`, both days included; None: still in force.

    `row` is the row of the plan that it carries out. What `parameters` hold is up to who goes by the rule.
    """

    rule: str
    row: str
    valid_from: date
    parameters: Mapping[str, Any]
    source: str
    confidence: str
    valid_to: date | None = None
    note: str = ""

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def in_force(rules: Sequence[Rule], name: str, on: date) -> Rule:
    """The rule of that name in force on that day, of several the latest begun. Raises Refused if there is none."""
    found = [rule for rule in rules if rule.rule == name and rule.holds(on)]
    if not found:
        raise Refused(
            f"No rule {name!r} is in force on {on}.",
            code="no-rule",
            status=409,
            remedy="Load a plan whose rules cover that day: shengji plan load.",
        )
    return max(found, key=lambda rule: rule.valid_from)
