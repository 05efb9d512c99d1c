"""Operations on device credentials."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from services.energy.api.base import Answer, EnterpriseId, Line, Reason, Request, Serving, example, ops
from services.energy.app import credentials
from shared.rpc import Call, Reply

Label = Annotated[
    Line, Field(max_length=60, description="what uses it", examples=["gateway in the substation"])
]


class CredentialOut(Answer):
    """A credential by its name; `valid_to` is the first moment at which it isn't valid any more."""

    credential: str
    label: str
    valid_from: datetime
    valid_to: datetime | None


class Credentials(Answer):
    """All credentials of the enterprise. `token` is the new one's, told this once; null in any repeat."""

    enterprise: str
    credential: str | None = Field(description="name of the new credential")
    token: str | None = Field(description='for "Authorization: Bearer …" at the meters\' door; keep it now')
    credentials: list[CredentialOut]


class IssueCredential(Request):
    """A further credential."""

    model_config = example(enterprise="E-0042", label="gateway in the substation")

    enterprise: EnterpriseId
    label: Label = ""


@ops.command(
    "issue-credential", request=IssueCredential, response=Credentials, summary="Issue a device credential"
)
async def issue(call: Call, body: IssueCredential) -> Reply:
    """The secret is shown once and kept nowhere: only its hash. If the answer is lost, issue another."""
    return await credentials.issue(Serving.energy, call, body.enterprise, body.label)


class RotateCredential(Request):
    """A new credential; those that are valid now end after the overlap."""

    model_config = example(enterprise="E-0042", label="2014", overlap_hours=72)

    enterprise: EnterpriseId
    label: Label = ""
    overlap_hours: int = Field(default=24, ge=0, le=24 * 90, description="how long the old ones stay valid")


@ops.command(
    "rotate-credential", request=RotateCredential, response=Credentials, summary="Rotate device credentials"
)
async def rotate(call: Call, body: RotateCredential) -> Reply:
    """Devices can be changed over one by one while both are valid."""
    return await credentials.rotate(
        Serving.energy, call, body.enterprise, body.label, timedelta(hours=body.overlap_hours)
    )


class RevokeCredential(Request):
    """End a credential at once: a secret got out, a device is gone."""

    model_config = example(enterprise="E-0042", credential="3f1c9a0b5d7e2f46", reason="device stolen")

    enterprise: EnterpriseId
    credential: str | None = Field(default=None, pattern=r"^[0-9a-f]{16}$", description="none: all of them")
    reason: Reason


@ops.command(
    "revoke-credential", request=RevokeCredential, response=Credentials, summary="Revoke device credentials"
)
async def revoke(call: Call, body: RevokeCredential) -> Reply:
    """Intakes notice within a second."""
    return await credentials.revoke(Serving.energy, call, body.enterprise, body.credential, body.reason)
