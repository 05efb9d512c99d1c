"""Use cases on device credentials. A secret is answered once; the log, the tables and stored answers lack it."""

from collections.abc import Sequence
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.access import managed_enterprise
from services.energy.app.context import Energy
from services.energy.domain import credentials as domain
from services.energy.readings.reference import credential_hash
from shared.decider import Decider
from shared.rpc import Call, Reply

_CREDENTIALS: Decider[domain.State, domain.Command, domain.Event] = Decider(
    domain.NoCredentials(), domain.decide, domain.evolve
)
_NAME_LENGTH = 16

_INSERT = text("""
    INSERT INTO device_credential (enterprise, hash, valid_from, label)
    VALUES (:enterprise, :hash, :valid_from, :label)
""")
_END = text("""
    UPDATE device_credential SET valid_to = :valid_to
    WHERE enterprise = :enterprise AND left(encode(hash, 'hex'), 16) = :credential
""")


class _Secret:
    """A new secret of 256 random bits, and the name by which facts speak of it."""

    def __init__(self) -> None:
        self.text = token_urlsafe(32)
        self.hash = credential_hash(self.text)
        self.name = self.hash.hex()[:_NAME_LENGTH]


async def issue(energy: Energy, call: Call, enterprise: str, label: str) -> Reply:
    """A further credential, e.g. for another device."""
    secret = _Secret()

    def command() -> domain.Command:
        return domain.IssueCredential(enterprise, True, secret.name, label, energy.now())

    return await _run(energy, call, enterprise, command, secret)


async def rotate(energy: Energy, call: Call, enterprise: str, label: str, overlap: timedelta) -> Reply:
    """A new credential; those that are valid now end after `overlap`."""
    secret = _Secret()

    def command() -> domain.Command:
        return domain.RotateCredentials(secret.name, label, overlap, energy.now())

    return await _run(energy, call, enterprise, command, secret)


async def revoke(energy: Energy, call: Call, enterprise: str, credential: str | None, reason: str) -> Reply:
    """End one credential, or all; intakes notice within a second."""

    def command() -> domain.Command:
        return domain.RevokeCredential(credential, reason, energy.now())

    return await _run(energy, call, enterprise, command, None)


async def _run(energy: Energy, call: Call, enterprise: str, make: Any, secret: _Secret | None) -> Reply:
    async def command(conn: AsyncConnection) -> domain.Command:
        await managed_enterprise(conn, call.actor, enterprise, own=True)
        decided: domain.Command = make()
        return decided

    async def write(conn: AsyncConnection, events: Sequence[domain.Event]) -> None:
        for event in events:
            match event:
                case domain.DeviceCredentialIssued() if secret is not None:
                    await conn.execute(
                        _INSERT,
                        {
                            "enterprise": enterprise,
                            "hash": secret.hash,
                            "valid_from": event.valid_from,
                            "label": event.label,
                        },
                    )
                case domain.DeviceCredentialRevoked():
                    await conn.execute(
                        _END,
                        {
                            "enterprise": enterprise,
                            "credential": event.credential,
                            "valid_to": event.valid_to,
                        },
                    )

    def answer(state: domain.State, _: Any) -> Any:
        held = state.credentials if isinstance(state, domain.Issued) else ()
        return {
            "enterprise": enterprise,
            "credential": None if secret is None else secret.name,
            "credentials": [msgspec.to_builtins(one) for one in held],
        }

    reply = await energy.runner.run(
        call, f"credentials-{enterprise}", _CREDENTIALS, command, inline=write, answer=answer
    )
    # Not part of the stored answer: a repeat of the command gets the first one's answer, without the secret.
    ours = secret is not None and reply.data["credential"] == secret.name
    token = f"{enterprise}.{secret.text}" if secret is not None and ours else None
    return Reply({**reply.data, "token": token}, reply.source, reply.position)
