"""What is known of the reminders of a project's acceptance (验收)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceReminded:
    """A built project of a register should be accepted (验收) and isn't: its city is reminded (TR-14c).

    `number` counts the reminders, from 1; `due_on` is the day by which it should have been.
    """

    project: str
    region: str
    register: str
    producing_on: date
    due_on: date
    number: int
    on: date
