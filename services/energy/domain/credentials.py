"""Device credentials (设备凭证): who may push an enterprise's readings. A secret is never part of a fact.

A fact names a credential by the first characters of its hash. A rotation leaves the old one valid for a while, so
that devices can be changed over one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from services.energy.common.refusal import Refused, unknown


@dataclass(frozen=True, slots=True)
class IssueCredential:
    """A further credential. `credential` is its name, `enterprise_known` what the registry says."""

    enterprise: str
    enterprise_known: bool
    credential: str
    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RotateCredentials:
    """A new credential; all that are valid now end after `overlap`."""

    credential: str
    label: str
    overlap: timedelta
    at: datetime


@dataclass(frozen=True, slots=True)
class RevokeCredential:
    """End one credential at once, or all if `credential` is None: for a secret that got out."""

    credential: str | None
    reason: str
    at: datetime


Command = IssueCredential | RotateCredentials | RevokeCredential


@dataclass(frozen=True, slots=True)
class DeviceCredentialIssued:
    """Valid from `valid_from` on, until revoked."""

    enterprise: str
    credential: str
    label: str
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class DeviceCredentialRevoked:
    """No longer valid from `valid_to` on."""

    enterprise: str
    credential: str
    valid_to: datetime
    reason: str


Event = DeviceCredentialIssued | DeviceCredentialRevoked


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


State = NoCredentials | Issued
MAX_VALID = 20


def decide(command: Command, state: State) -> Sequence[Event]:
    match command, state:
        case IssueCredential(enterprise_known=False, enterprise=enterprise), _:
            raise unknown("enterprise", enterprise)
        case IssueCredential(), NoCredentials():
            return [DeviceCredentialIssued(command.enterprise, command.credential, command.label, command.at)]
        case IssueCredential(), Issued(enterprise=enterprise):
            if len(_valid(state, command.at)) >= MAX_VALID:
                raise Refused(
                    "too-many-credentials",
                    f"{enterprise} has {MAX_VALID} valid credentials.",
                    remedy="Revoke those that no device uses.",
                    where="enterprise",
                )
            return [DeviceCredentialIssued(enterprise, command.credential, command.label, command.at)]
        case RotateCredentials(), Issued(enterprise=enterprise):
            ends = command.at + command.overlap
            return [
                DeviceCredentialIssued(enterprise, command.credential, command.label, command.at),
                *(
                    DeviceCredentialRevoked(enterprise, held.credential, ends, "rotated")
                    for held in _valid(state, command.at)
                    if held.valid_to is None or held.valid_to > ends
                ),
            ]
        case RevokeCredential(credential=None), Issued():
            return [_revoked(state, held, command) for held in _valid(state, command.at)]
        case RevokeCredential(credential=name), Issued():
            held = next((one for one in state.credentials if one.credential == name), None)
            if held is None:
                raise unknown("credential", str(name))
            return [_revoked(state, held, command)] if held.valid(command.at) else []
        case ((RotateCredentials() | RevokeCredential()), NoCredentials()):
            raise Refused(
                "no-credential",
                "The enterprise has no credential.",
                remedy="Issue one first.",
                where="enterprise",
                status=404,
            )
        case _:
            raise AssertionError(f"no rule for {type(command).__name__} on {type(state).__name__}")


def evolve(state: State, event: Event) -> State:
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


def _valid(state: Issued, at: datetime) -> list[Credential]:
    return [one for one in state.credentials if one.valid(at)]


def _revoked(state: Issued, held: Credential, command: RevokeCredential) -> DeviceCredentialRevoked:
    return DeviceCredentialRevoked(state.enterprise, held.credential, command.at, command.reason)
