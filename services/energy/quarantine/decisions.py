"""Decisions on quarantined readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from services.energy.common.refusal import Refused
from services.energy.common.values import EnterpriseId, Reason
from services.energy.quarantine.facts import (
    INITIAL,
    DecidedReading,
    Decisions,
    QuarantineDropped,
    QuarantineEvent,
    QuarantineReleased,
    evolve,
)
from shared.command import Given, command, decider
from shared.values import Many, Number

ReadingId = Annotated[
    int, Number(ge=1, lt=1 << 63, description="its number in the list of quarantined readings")
]


@command(example={"enterprise": "E-0042", "readings": [17, 18], "reason": "the box's clock was set right"})
class DecideOnQuarantined:
    """Readings of one enterprise, and why they are decided on."""

    enterprise: EnterpriseId
    readings: Annotated[tuple[ReadingId, ...], Many(min_length=1, max_length=500)]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Held:
    """A reading in quarantine, why it is there, and its state in the store."""

    id: int
    meter: str
    why: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasing(Given):
    """They are to be judged once more. `kept` is what the store has of the readings named."""

    kept: tuple[Held, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropping(Given):
    """They are to be left out. `kept` is what the store has of the readings named."""

    kept: tuple[Held, ...]


def decide(
    command: DecideOnQuarantined, state: Decisions, given: Releasing | Dropping
) -> Sequence[QuarantineEvent]:
    """What happens; nothing for readings that are there already. Raises Refused."""
    _all_there(command, given)
    if isinstance(given, Releasing):
        going = _named(given, ("held", "dropped"))
        released = QuarantineReleased(enterprise=command.enterprise, readings=going, reason=command.reason)
        return [released] if going else []
    if left := [each.id for each in given.kept if each.state in ("releasing", "released")]:
        raise Refused(
            "already-released",
            f"Reading {left[0]} has been released: what becomes of it, the worker decides.",
            remedy="Leave it out of the list. A wrong value of a stored reading is corrected by its meter.",
            where="readings",
            status=409,
        )
    going = _named(given, ("held",))
    dropped = QuarantineDropped(enterprise=command.enterprise, readings=going, reason=command.reason)
    return [dropped] if going else []


QUARANTINE = decider(INITIAL, decide, evolve)


def _all_there(command: DecideOnQuarantined, given: Releasing | Dropping) -> None:
    missing = sorted(set(command.readings) - {each.id for each in given.kept})
    if missing:
        raise Refused(
            "not-found",
            f"{command.enterprise} has no reading {missing[0]} in quarantine.",
            remedy="Take the numbers from the list of quarantined readings.",
            where="readings",
            status=404,
        )


def _named(given: Releasing | Dropping, states: tuple[str, ...]) -> tuple[DecidedReading, ...]:
    return tuple(
        DecidedReading(each.id, each.meter, each.why)
        for each in sorted(given.kept, key=lambda kept: kept.id)
        if each.state in states
    )
