"""Operations and routes of device credentials."""

from services.energy.access import HOLDERS
from services.energy.credentials import commands, views
from services.energy.credentials.decisions import (
    CREDENTIALS,
    IssueCredential,
    RevokeCredential,
    RotateCredential,
)
from services.energy.credentials.facts import CredentialEvent, stream
from services.energy.credentials.store import carry
from shared.feature import Command, Feature, History
from shared.rpc import Route

_CREDENTIALS = "/enterprises/{enterprise}/credentials"

FEATURE = Feature(
    "credentials",
    history=History(CredentialEvent, CREDENTIALS, lambda command: stream(command.enterprise), beside=carry),
    answer=views.answer,
    operations=(
        Command(
            name="issue-credential",
            command=IssueCredential,
            check=commands.issue,
            summary="Issue a device credential",
            route=Route("POST", _CREDENTIALS, HOLDERS, "credentials", organisation="enterprise", status=201),
            unstored=views.told_once,
        ),
        Command(
            name="rotate-credential",
            command=RotateCredential,
            check=commands.rotate,
            summary="Rotate device credentials",
            route=Route(
                "POST",
                f"{_CREDENTIALS}/rotations",
                HOLDERS,
                "credentials",
                organisation="enterprise",
                status=201,
            ),
            unstored=views.told_once,
        ),
        Command(
            name="revoke-credential",
            command=RevokeCredential,
            check=commands.revoke,
            summary="Revoke device credentials",
            route=Route(
                "POST", f"{_CREDENTIALS}/revocations", HOLDERS, "credentials", organisation="enterprise"
            ),
        ),
    ),
)
