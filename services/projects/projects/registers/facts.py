"""What is known of a project's stays in registers (项目名录)."""

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Membership:
    """In `register` from `valid_from` to `valid_to`, both days included; None while it lasts."""

    register: str
    valid_from: date
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterJoined:
    """The project is in `register` from `valid_from` on."""

    project: str
    register: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLeft:
    """The project was in `register` until `valid_to`, that day included."""

    project: str
    register: str
    valid_from: date
    valid_to: date
    reason: str


RegisterEvent = RegisterJoined | RegisterLeft


def evolve(stays: tuple[Membership, ...], event: RegisterEvent) -> tuple[Membership, ...]:
    """The stays after a stored fact."""
    if isinstance(event, RegisterJoined):
        return (*stays, Membership(event.register, event.valid_from))
    return tuple(
        replace(stay, valid_to=event.valid_to)
        if (stay.register, stay.valid_from) == (event.register, event.valid_from)
        else stay
        for stay in stays
    )
