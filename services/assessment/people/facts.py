"""Access of a person (访问权限): up to which issue time the person's tokens are revoked.

Tokens are dated by system time, never by the Clock; so are the times here.
"""

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


def stream(person: str) -> str:
    """The stream of one person's access, by reference."""
    return f"access:{person}"


def evolve(_: Access, event: AccessRevoked) -> Access:
    """How a fact changes a person's access."""
    return Access(event.issued_until)
