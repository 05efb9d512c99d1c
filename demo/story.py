"""One thing that somebody does in the demo's year."""

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec

from demo.world import FIRST_DAY

PROVINCE = "province"
COLLEAGUE = "colleague"  # of the province: reviews what the other drafts, pays what the other commits


def day_of(month: int, day: int) -> date:
    """A day of the demo's year."""
    return date(FIRST_DAY.year, month, day)


@dataclass(frozen=True, slots=True)
class Story:
    """One command: on which day, whose (a city's code or the province), where, with what; `what` is told.

    `known`: what must be visible first, because another service's decision may not have arrived yet.
    """

    on: date
    who: str
    path: str
    what: str
    body: dict[str, Any] = field(default_factory=dict)
    known: str = ""

    @property
    def key(self) -> str:
        """The same in every run: a repeat has no effect."""
        said = msgspec.json.encode([self.on, self.path, self.body], order="sorted")
        return f"demo-story-{sha256(said).hexdigest()[:20]}"
