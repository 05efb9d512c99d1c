"""What is known of an enterprise's device credentials. A secret is never part of a fact.

A fact names a credential by the first characters of its hash. A rotation leaves the old one valid for a while, so
that devices can be changed over one by one.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCredentialIssued:
    """Valid from `valid_from` on, until revoked."""

    enterprise: str
    credential: str
    label: str
    valid_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCredentialRevoked:
    """No longer valid from `valid_to` on."""

    enterprise: str
    credential: str
    valid_to: datetime
    reason: str


CredentialEvent = DeviceCredentialIssued | DeviceCredentialRevoked


@dataclass(frozen=True, slots=True)
class Credential:
    """One credential; `valid_to` is the first moment at which it isn't valid any more."""

    credential: str
    label: str
    valid_from: datetime
    valid_to: datetime | None = None

    def valid(self, at: datetime) -> bool:
        return self.valid_to is None or at < self.valid_to


@dataclass(frozen=True, slots=True)
class NoCredentials:
    """None was ever issued."""


@dataclass(frozen=True, slots=True)
class Issued:
    """All that were ever issued to an enterprise."""

    enterprise: str
    credentials: tuple[Credential, ...]

    def valid(self, at: datetime) -> list[Credential]:
        """Those that are valid at that moment."""
        return [one for one in self.credentials if one.valid(at)]


CredentialState = NoCredentials | Issued
INITIAL: CredentialState = NoCredentials()


def stream(enterprise: str) -> str:
    """The stream of one enterprise's credentials."""
    return f"credentials-{enterprise}"


def evolve(state: CredentialState, event: CredentialEvent) -> CredentialState:
    """The state after a stored fact."""
    match event:
        case DeviceCredentialIssued():
            held = state.credentials if isinstance(state, Issued) else ()
            return Issued(
                event.enterprise, (*held, Credential(event.credential, event.label, event.valid_from))
            )
        case DeviceCredentialRevoked():
            if not isinstance(state, Issued):
                raise TypeError("revoked before any was issued")
            ended = tuple(
                replace(one, valid_to=event.valid_to) if one.credential == event.credential else one
                for one in state.credentials
            )
            return replace(state, credentials=ended)
        case _:
            assert_never(event)
