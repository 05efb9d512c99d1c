"""What a person decided about quarantined readings (隔离数据): judge them once more, or leave them out.

Nothing is erased: a dropped reading stays where it is, with who dropped it and why in the log, and may still be
released.
"""

from dataclasses import dataclass
from typing import assert_never


@dataclass(frozen=True, slots=True)
class DecidedReading:
    """A reading of a decision: its number in quarantine, its meter, and why it was there."""

    id: int
    meter: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineReleased:
    """They are put on their way again, with their first receipt and time of receipt."""

    enterprise: str
    readings: tuple[DecidedReading, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineDropped:
    """They will be in no figure, unless somebody releases them after all."""

    enterprise: str
    readings: tuple[DecidedReading, ...]
    reason: str


QuarantineEvent = QuarantineReleased | QuarantineDropped


@dataclass(frozen=True, slots=True)
class Decisions:
    """How many readings of an enterprise were decided on so far."""

    released: int = 0
    dropped: int = 0


INITIAL = Decisions()


def stream(enterprise: str) -> str:
    """The stream of the decisions on one enterprise's readings."""
    return f"quarantine-{enterprise}"


def evolve(state: Decisions, event: QuarantineEvent) -> Decisions:
    """The state after a stored fact."""
    match event:
        case QuarantineReleased():
            return Decisions(state.released + len(event.readings), state.dropped)
        case QuarantineDropped():
            return Decisions(state.released, state.dropped + len(event.readings))
        case _:
            assert_never(event)
