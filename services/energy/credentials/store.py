"""The table `device_credential`, by which the intake knows a sender. It can't be made of the log, which has no hash."""

from sqlalchemy import text

from services.energy.credentials.decisions import New
from services.energy.credentials.facts import CredentialState, DeviceCredentialIssued, DeviceCredentialRevoked
from shared.feature import At, Change

_INSERT = text("""
    INSERT INTO device_credential (enterprise, hash, valid_from, label)
    VALUES (:enterprise, :hash, :valid_from, :label)
""")
_END = text("""
    UPDATE device_credential SET valid_to = :valid_to
    WHERE enterprise = :enterprise AND left(encode(hash, 'hex'), 16) = :credential
""")


async def carry(at: At, change: Change[CredentialState]) -> None:
    """Let the intake know a new credential by its hash, and the end of others."""
    for event in change.events:
        match (event, change.given):
            case (DeviceCredentialIssued(), New() as new):
                await at.conn.execute(
                    _INSERT,
                    {
                        "enterprise": event.enterprise,
                        "hash": new.hash,
                        "valid_from": event.valid_from,
                        "label": event.label,
                    },
                )
            case (DeviceCredentialRevoked(), _):
                await at.conn.execute(
                    _END,
                    {
                        "enterprise": event.enterprise,
                        "credential": event.credential,
                        "valid_to": event.valid_to,
                    },
                )
