"""Device credentials as answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from services.energy.common.models import Answer
from services.energy.credentials.decisions import CredentialCommand, New
from services.energy.credentials.facts import CredentialState, Issued
from shared.command import Given
from shared.feature import Done
from shared.naming import Name


class CredentialOut(Answer):
    """A credential by its name; `valid_to` is the first moment at which it isn't valid any more."""

    credential: str
    label: str
    valid_from: datetime
    valid_to: datetime | None


class Credentials(Answer):
    """All credentials of the enterprise. `token` is the new one's, told this once; null in any repeat."""

    enterprise: str
    enterprise_name: Name = None
    credential: str | None = Field(description="name of the new credential")
    token: str | None = Field(description='for "Authorization: Bearer …" at the meters\' door; keep it now')
    credentials: list[CredentialOut]


def answer(done: Done[CredentialState, CredentialCommand]) -> Credentials:
    """The answer to every command, as it is stored: without the token."""
    held = done.state.credentials if isinstance(done.state, Issued) else ()
    return Credentials(
        enterprise=done.command.enterprise,
        credential=done.given.credential if isinstance(done.given, New) else None,
        token=None,
        credentials=[
            CredentialOut(
                credential=one.credential,
                label=one.label,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
            )
            for one in held
        ],
    )


def told_once(answered: Mapping[str, Any], given: Given | None) -> Mapping[str, Any]:
    """The new token, if the answer is of this call: a repeat gets the first one's answer, whose secret nobody knows."""
    if isinstance(given, New) and answered["credential"] == given.credential:
        return {"token": f"{answered['enterprise']}.{given.secret}"}
    return {"token": None}
