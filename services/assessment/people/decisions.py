"""Decisions on a person's access: revoke it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from services.assessment.people.facts import INITIAL, Access, AccessRevoked, evolve
from shared.command import Given, command, decider
from shared.values import Text

EXAMPLE = "p-2c4ouwq6wq3yt5bsxk7ahvmd"
Reference = Annotated[str, Text(pattern=r"^p-[a-z2-7]{24}$", description="as it stands in events")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Now(Given):
    """The `moment` up to which tokens are revoked, in epoch seconds of system time."""

    moment: int


@command(example={"reference": EXAMPLE, "reason": "调离岗位"})
class RevokeAccess:
    """End every token that a person has."""

    reference: Reference
    reason: Annotated[
        str, Text(min_length=1, max_length=200, description="why; stands in the log, so without names")
    ]


def decide(command: RevokeAccess, state: Access, given: Now) -> Sequence[AccessRevoked]:
    """The events of a command; none for a repeat within one second, or after the system clock was set back."""
    if state.revoked_until is not None and given.moment <= state.revoked_until:
        return []
    return [AccessRevoked(person=command.reference, issued_until=given.moment, reason=command.reason)]


ACCESS = decider(INITIAL, decide, evolve)
