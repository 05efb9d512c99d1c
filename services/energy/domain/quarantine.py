"""What a person decides about quarantined readings (隔离数据): judge them once more, or leave them out.

Nothing is erased: a dropped reading stays where it is, with who dropped it and why in the log, and may still be
released.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from services.energy.common.refusal import Refused


@dataclass(frozen=True, slots=True)
class Kept:
    """Reference data on a command: a reading in quarantine, why it is there, and its state in the store."""

    id: int
    meter: str
    why: str
    state: str


@dataclass(frozen=True, slots=True)
class ReleaseReadings:
    """Judge them once more. `kept` is what the store has of the `readings` named."""

    enterprise: str
    readings: tuple[int, ...]
    kept: tuple[Kept, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class DropReadings:
    """Leave them out: they wait for nothing any more."""

    enterprise: str
    readings: tuple[int, ...]
    kept: tuple[Kept, ...]
    reason: str


Command = ReleaseReadings | DropReadings


@dataclass(frozen=True, slots=True)
class DecidedReading:
    """A reading of a decision: its number in quarantine, its meter, and why it was there."""

    id: int
    meter: str
    why: str


@dataclass(frozen=True, slots=True)
class QuarantineReleased:
    """They are put on their way again, with their first receipt and time of receipt."""

    enterprise: str
    readings: tuple[DecidedReading, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class QuarantineDropped:
    """They will be in no figure, unless somebody releases them after all."""

    enterprise: str
    readings: tuple[DecidedReading, ...]
    reason: str


Event = QuarantineReleased | QuarantineDropped


@dataclass(frozen=True, slots=True)
class Decisions:
    """How many readings of an enterprise were decided on so far."""

    released: int = 0
    dropped: int = 0


def decide(command: Command, state: Decisions) -> Sequence[Event]:
    """What happens; nothing for readings that are there already. Raises Refused."""
    _all_there(command)
    match command:
        case ReleaseReadings():
            going = _named(command, ("held", "dropped"))
            return [QuarantineReleased(command.enterprise, going, command.reason)] if going else []
        case DropReadings():
            if left := [each.id for each in command.kept if each.state in ("releasing", "released")]:
                raise Refused(
                    "already-released",
                    f"Reading {left[0]} has been released: what becomes of it, the worker decides.",
                    remedy="Leave it out of the list. A wrong value of a stored reading is corrected by its meter.",
                    where="readings",
                    status=409,
                )
            going = _named(command, ("held",))
            return [QuarantineDropped(command.enterprise, going, command.reason)] if going else []
        case _:
            assert_never(command)


def evolve(state: Decisions, event: Event) -> Decisions:
    match event:
        case QuarantineReleased():
            return Decisions(state.released + len(event.readings), state.dropped)
        case QuarantineDropped():
            return Decisions(state.released, state.dropped + len(event.readings))
        case _:
            assert_never(event)


def _all_there(command: Command) -> None:
    missing = sorted(set(command.readings) - {each.id for each in command.kept})
    if missing:
        raise Refused(
            "not-found",
            f"{command.enterprise} has no reading {missing[0]} in quarantine.",
            remedy="Take the numbers from the list of quarantined readings.",
            where="readings",
            status=404,
        )


def _named(command: Command, states: tuple[str, ...]) -> tuple[DecidedReading, ...]:
    return tuple(
        DecidedReading(each.id, each.meter, each.why)
        for each in sorted(command.kept, key=lambda kept: kept.id)
        if each.state in states
    )
