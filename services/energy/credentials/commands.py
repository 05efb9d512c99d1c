"""Who may hold an enterprise's credentials; and a new secret."""

from secrets import token_urlsafe

from services.energy.access import managed_enterprise
from services.energy.common.given import AtMoment
from services.energy.credentials.decisions import (
    IssueCredential,
    New,
    RevokeCredential,
    RotateCredential,
)
from services.energy.credentials.facts import CredentialState
from services.energy.readings.reference import credential_hash
from shared.feature import At

_NAME_LENGTH = 16
_RANDOM_BYTES = 32


async def issue(at: At, command: IssueCredential, state: CredentialState) -> New:
    """The secret is shown once and kept nowhere: only its hash. If the answer is lost, issue another."""
    return await _new(at, command.enterprise)


async def rotate(at: At, command: RotateCredential, state: CredentialState) -> New:
    """Devices can be changed over one by one while both are valid."""
    return await _new(at, command.enterprise)


async def revoke(at: At, command: RevokeCredential, state: CredentialState) -> AtMoment:
    """Intakes notice within a second."""
    await managed_enterprise(at.conn, at.actor, command.enterprise, own=True)
    return AtMoment(today=at.today, by=at.actor.subject, now=at.service.clock.now())


async def _new(at: At, enterprise: str) -> New:
    await managed_enterprise(at.conn, at.actor, enterprise, own=True)
    secret = token_urlsafe(_RANDOM_BYTES)
    hashed = credential_hash(secret)
    return New(
        today=at.today,
        by=at.actor.subject,
        now=at.service.clock.now(),
        credential=hashed.hex()[:_NAME_LENGTH],
        hash=hashed,
        secret=secret,
    )
