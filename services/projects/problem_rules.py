"""The dated rules by which problems are answered and escalated: rules/problem_rules.csv.

The plan names no days (PM-9, PM-10), so these are this province's assumption, each row with its source and the
time it is in force; another province's file is another file.
"""

import csv
from datetime import date
from functools import cache
from importlib import resources

from services.projects.domain.escalation import EscalationRule, Level


@cache
def problem_rules() -> tuple[EscalationRule, ...]:
    """Every rule that ever held. A row that can't be read is a ValueError at the start of the process."""
    text = resources.files("services.projects").joinpath("rules", "problem_rules.csv").read_text("utf-8")
    return tuple(
        EscalationRule(
            Level(row["level"]),
            int(row["answer_within_days"]),
            int(row["escalate_after_days"]),
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        for row in csv.DictReader(text.splitlines())
    )
