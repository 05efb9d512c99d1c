"""Secrets of one machine's system: made once, kept in the data folder, readable by its owner only."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from deploy.databases import all_roles
from deploy.topology import ADMIN, USERS

_FILE = "secrets.json"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Passwords by name of the role or user, and keys.

    `signing_key` is the Ed25519 key (PEM) that signs bearer tokens: only who issues tokens needs it.
    `pseudonym_key` makes the references of people in events; another key gives everybody another reference.
    `session_key` seals the portal's sessions; another key signs everybody out.
    """

    postgres: str
    roles: dict[str, str]
    nats: dict[str, str]
    signing_key: str
    position_key: str
    pseudonym_key: str
    session_key: str

    @property
    def public_key(self) -> str:
        """The key (PEM) that verifies what `signing_key` signed."""
        key = load_pem_private_key(self.signing_key.encode(), password=None)
        return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def fresh(stored: Mapping[str, Any] | None = None) -> Secrets:
    """New secrets for everything in the topology that `stored` doesn't have one for."""
    known = stored or {}
    users = [user.name for user in (*USERS, ADMIN)]
    return Secrets(
        postgres=known.get("postgres") or _password(),
        roles={role: known.get("roles", {}).get(role) or _password() for role in all_roles()},
        nats={user: known.get("nats", {}).get(user) or _password() for user in users},
        signing_key=known.get("signing_key") or _signing_key(),
        position_key=known.get("position_key") or secrets.token_hex(32),
        pseudonym_key=known.get("pseudonym_key") or secrets.token_hex(32),
        session_key=known.get("session_key") or secrets.token_hex(32),
    )


def load_or_create(data: Path) -> Secrets:
    """The data folder's secrets; what is not there yet is made and stored."""
    path = data / _FILE
    stored: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    wanted = fresh(stored)
    if asdict(wanted) != stored:
        data.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(wanted), file, indent=2)
        new.replace(path)
    return wanted


def _password() -> str:
    """A letter first: nats-server would read some hexadecimal strings as numbers."""
    return f"p{secrets.token_hex(16)}"


def _signing_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
