"""What the screen shows at the moment: written by who plays, read by who draws."""

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from demo.tally import Tally

_KEPT = 200


@dataclass(slots=True)
class Situation:
    """The board's last answer and what happened around it. `board` is progress's own JSON, unchanged.

    `counted`: the figures of the targets that count projects, needs and results; `outcomes`: what came of the
    year's acts, a line each. Both are asked for at the end.
    """

    tally: Tally
    clock: datetime | None = None
    pace: str = ""
    board: dict[str, Any] | None = None
    board_at: float | None = None
    counted: list[dict[str, Any]] = field(default_factory=list)
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    trouble: str = ""
    first_figures: float | None = None
    happenings: deque[tuple[datetime | None, str]] = field(default_factory=lambda: deque(maxlen=_KEPT))

    def happened(self, what: str) -> None:
        """Note something that a spectator should see, with the simulated time."""
        self.happenings.append((self.clock, what))

    def show(self, board: dict[str, Any]) -> None:
        """A new answer of the board."""
        self.board, self.board_at, self.trouble = board, time.monotonic(), ""
        if self.first_figures is None and has_figures(board):
            self.first_figures = time.monotonic()

    @property
    def age(self) -> float | None:
        """System seconds since the newest thing on the board arrived, counted on to this moment."""
        if self.board is None or self.board_at is None:
            return None
        age = self.board["fresh"]["age_seconds"]
        return None if age is None else float(age) + time.monotonic() - self.board_at


def has_figures(board: dict[str, Any]) -> bool:
    """Whether anything was measured or reported: energy of today or a month's investment."""
    return any(row["energy_today"] or _value(row["investment"]) for row in board["rows"])


def _value(figure: dict[str, Any] | None) -> Any:
    return None if figure is None else figure["value"]
