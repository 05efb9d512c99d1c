"""Access of a person (访问权限): up to which issue time the person's tokens are revoked.

Tokens are dated by system time, never by the Clock; so are the times here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRevoked:
    """Access was revoked (撤销访问): no token of this person that was issued up to then holds any longer.

    `person`: the reference that stands in events. `issued_until`: epoch seconds of system time.
    """

    schema_version: ClassVar[int] = 1
    person: str
    issued_until: int
    reason: str


@dataclass(frozen=True, slots=True)
class Access:
    """A person's tokens issued up to this moment are revoked; None: none are."""

    revoked_until: int | None = None


INITIAL = Access()


@dataclass(frozen=True, slots=True)
class RevokeAccess:
    """Revoke every token that was issued to a person up to `now` (epoch seconds of system time)."""

    person: str
    now: int
    reason: str


def decide(command: RevokeAccess, state: Access) -> Sequence[AccessRevoked]:
    """The events of a command; none for a repeat within one second, or after the system clock was set back."""
    if state.revoked_until is not None and command.now <= state.revoked_until:
        return []
    return [AccessRevoked(person=command.person, issued_until=command.now, reason=command.reason)]


def evolve(_: Access, event: AccessRevoked) -> Access:
    """How a fact changes a person's access."""
    return Access(event.issued_until)
