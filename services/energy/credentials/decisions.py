"""Decisions on device credentials: issue, rotate, revoke."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from services.energy.common.given import AtMoment
from services.energy.common.refusal import Refused, unknown
from services.energy.common.values import EnterpriseId, Line, Reason
from services.energy.credentials.facts import (
    INITIAL,
    Credential,
    CredentialEvent,
    CredentialState,
    DeviceCredentialIssued,
    DeviceCredentialRevoked,
    Issued,
    NoCredentials,
    evolve,
)
from shared.command import command, decider
from shared.values import Number, Says, Text

MAX_VALID = 20
Label = Annotated[Line, Text(max_length=60, description="what uses it", example="gateway in the substation")]


@command(example={"enterprise": "E-0042", "label": "gateway in the substation"})
class IssueCredential:
    """A further credential."""

    enterprise: EnterpriseId
    label: Label = ""


@command(example={"enterprise": "E-0042", "label": "2014", "overlap_hours": 72})
class RotateCredential:
    """A new credential; those that are valid now end after the overlap."""

    enterprise: EnterpriseId
    label: Label = ""
    overlap_hours: Annotated[
        int, Number(ge=0, le=24 * 90, description="how long the old ones stay valid")
    ] = 24


@command(example={"enterprise": "E-0042", "credential": "3f1c9a0b5d7e2f46", "reason": "device stolen"})
class RevokeCredential:
    """End a credential at once: a secret got out, a device is gone."""

    enterprise: EnterpriseId
    credential: Annotated[
        Annotated[str, Text(pattern=r"^[0-9a-f]{16}$")] | None, Says(description="none: all of them")
    ] = None
    reason: Reason


CredentialCommand = IssueCredential | RotateCredential | RevokeCredential


@dataclass(frozen=True, slots=True, kw_only=True)
class New(AtMoment):
    """A new secret with its hash, and the name by which facts speak of it."""

    credential: str
    hash: bytes
    secret: str = field(repr=False)


def decide(command: CredentialCommand, state: CredentialState, given: AtMoment) -> Sequence[CredentialEvent]:
    """The events of a command, or Refused."""
    match (command, state, given):
        case (IssueCredential(), NoCredentials(), New()):
            return [_issued(command, given)]
        case (IssueCredential(), Issued(), New()):
            if len(state.valid(given.now)) >= MAX_VALID:
                raise Refused(
                    "too-many-credentials",
                    f"{state.enterprise} has {MAX_VALID} valid credentials.",
                    remedy="Revoke those that no device uses.",
                    where="enterprise",
                )
            return [_issued(command, given)]
        case (RotateCredential(), Issued(), New()):
            ends = given.now + timedelta(hours=command.overlap_hours)
            return [
                _issued(command, given),
                *(
                    _revoked(state, held, ends, "rotated")
                    for held in state.valid(given.now)
                    if held.valid_to is None or held.valid_to > ends
                ),
            ]
        case (RevokeCredential(credential=None), Issued(), _):
            return [_revoked(state, held, given.now, command.reason) for held in state.valid(given.now)]
        case (RevokeCredential(), Issued(), _):
            held = next((one for one in state.credentials if one.credential == command.credential), None)
            if held is None:
                raise unknown("credential", str(command.credential))
            return [_revoked(state, held, given.now, command.reason)] if held.valid(given.now) else []
        case ((RotateCredential() | RevokeCredential()), NoCredentials(), _):
            raise Refused(
                "no-credential",
                "The enterprise has no credential.",
                remedy="Issue one first.",
                where="enterprise",
                status=404,
            )
        case _:
            raise TypeError(f"{type(command).__name__} isn't decided on {type(given).__name__}")


CREDENTIALS = decider(INITIAL, decide, evolve)


def _issued(command: IssueCredential | RotateCredential, given: New) -> DeviceCredentialIssued:
    return DeviceCredentialIssued(
        enterprise=command.enterprise,
        credential=given.credential,
        label=command.label,
        valid_from=given.now,
    )


def _revoked(state: Issued, held: Credential, at: datetime, reason: str) -> DeviceCredentialRevoked:
    return DeviceCredentialRevoked(
        enterprise=state.enterprise, credential=held.credential, valid_to=at, reason=reason
    )
