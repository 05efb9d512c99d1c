"""Access of a person (访问权限): when tokens that were issued to him before stopped to hold.

Tokens go by system time, whatever the Clock says: so do the times here.
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
    """Until when tokens of a person were revoked; None: never."""

    revoked_until: int | None = None


INITIAL = Access()


@dataclass(frozen=True, slots=True)
class RevokeAccess:
    """Revoke every token that was issued to a person up to `now` (epoch seconds of system time)."""

    person: str
    now: int
    reason: str


def decide(command: RevokeAccess, state: Access) -> Sequence[AccessRevoked]:
    """The events of a command. Within one second, or by a clock that was set back, a repeat changes nothing."""
    if state.revoked_until is not None and command.now <= state.revoked_until:
        return []
    return [AccessRevoked(person=command.person, issued_until=command.now, reason=command.reason)]


def evolve(_: Access, event: AccessRevoked) -> Access:
    """How a fact changes a person's access."""
    return Access(event.issued_until)
