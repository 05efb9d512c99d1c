"""A region as a command's decision needs it: what the loaded plan says of it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the plan. `valid_from` and `valid_to` are its first and last day; None: no such limit."""

    code: str
    name: str
    level: str
    administered: bool
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )
