"""Secrets of an installation on servers: compose takes them from `.env`, Kubernetes as Secrets."""

import base64
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.databases import all_roles, as_role, for_sqlalchemy, password_variable
from deploy.local.secrets import Secrets, fresh
from deploy.manifests.parts import PORTAL
from deploy.nats_config import password_variable as nats_variable
from deploy.topology import PROCESSES, USERS, Process, service

ENVIRONMENT_FILE, SIGNING_KEY_FILE = ".env", "token-signing-key.pem"
"""Beside docker-compose.yml; git and the image's build ignore both."""
_PUBLIC_KEY, _SIGNING_KEY = "SHENGJI_JWT_PUBLIC_KEY", "signing-key.pem"


def write_environment(folder: Path) -> list[str]:
    """Write `.env` for compose, and the key that signs tokens to a file of its own; both for their owner only.

    What an `.env` that is there says stays, and what it lacks is added: after an upgrade, the passwords of new roles.
    A signing key that an earlier release put into it moves to its own file. Returns what was done, in lines.
    """
    path, key_path = folder / ENVIRONMENT_FILE, folder / SIGNING_KEY_FILE
    known = path.read_text("utf-8") if path.exists() else ""
    key, kept = _without_key(known)
    given = {line.partition("=")[0] for line in kept if "=" in line and not line.startswith("#")}
    secrets = fresh({"signing_key": key} if key else None)
    missing = [line for line in _environment(secrets) if line.partition("=")[0] not in given]
    told = []
    # The public key is set: the token issuer already has its private half, and a new key would not match.
    if key or _PUBLIC_KEY not in given:
        _write_privately(key_path, secrets.signing_key)
        told.append(f"{key_path}: signs bearer tokens; move it to where tokens are issued")
    if missing or key:
        _write_privately(path, "\n".join([*kept, *missing]) + "\n")
        told.append(f"{path}: {len(missing)} values added, {len(given)} kept")
    path.chmod(0o600)
    return told or [f"{path}: nothing is missing"]


def _environment(secrets: Secrets) -> list[str]:
    """The lines of `.env`."""
    public = secrets.public_key.strip().replace("\n", "\\n")
    values = {
        "SHENGJI_POSTGRES_PASSWORD": secrets.postgres,
        **_role_passwords(secrets),
        **_nats_passwords(secrets),
        "SHENGJI_POSITION_KEY": secrets.position_key,
        "SHENGJI_PSEUDONYM_KEY": secrets.pseudonym_key,
        "SHENGJI_SESSION_KEY": secrets.session_key,
        _PUBLIC_KEY: f'"{public}"',
    }
    return [f"{name}={value}" for name, value in values.items()]


def _without_key(text: str) -> tuple[str | None, list[str]]:
    """The private key that stands in comments, if one does, and the other lines."""
    found = re.search(
        r"(?:^# Signs bearer tokens.*\n)?(?P<key>^# -----BEGIN PRIVATE KEY-----\n(?:^# .*\n)+?^# -----END .*\n?)",
        text,
        re.MULTILINE,
    )
    if found is None:
        return None, text.splitlines()
    key = re.sub(r"^# ", "", found["key"], flags=re.MULTILINE)
    return key, (text[: found.start()] + text[found.end() :]).splitlines()


def _write_privately(path: Path, text: str) -> None:
    """Put a file in its place as a whole; nobody but its owner may read it, at no moment."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)


def kubernetes_secrets(postgres_url: str, known: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """One Secret per process, one for NATS, one for the databases' Job, one for who issues tokens.

    `known`: the Secrets of an installation that is there. Its passwords and keys stay; what is new in this release is
    added. Without the key that signs tokens among them (it has moved) its Secret and the public key are left out.
    """
    values = {name: value for each in known for name, value in _values(each).items()}
    secrets = fresh(_stored(values))
    nats = _nats_passwords(secrets)
    databases = {"SHENGJI_POSTGRES_URL": postgres_url, **_role_passwords(secrets)}
    processes = {each.name: _of(each, secrets, postgres_url) for each in PROCESSES}
    issuer = [_secret("shengji-token-issuer", {_SIGNING_KEY: secrets.signing_key})]
    if _PUBLIC_KEY in values and _SIGNING_KEY not in values:
        processes["gateway"][_PUBLIC_KEY] = values[_PUBLIC_KEY]
        issuer = []
    return [
        _secret("shengji-nats", nats),
        _secret("shengji-databases", databases),
        *issuer,
        *(_secret(f"shengji-{name}", own) for name, own in processes.items()),
    ]


def _values(document: dict[str, Any]) -> dict[str, str]:
    """The values of a Secret as the cluster has it, of each in a List, or of one as we print it."""
    if document.get("kind") == "List":
        return {name: value for each in document["items"] for name, value in _values(each).items()}
    if document.get("kind") != "Secret":
        return {}
    data = {name: base64.b64decode(value).decode() for name, value in document.get("data", {}).items()}
    return {**data, **document.get("stringData", {})}


def _stored(values: Mapping[str, str]) -> dict[str, Any]:
    """Secrets by what they are for, of variables by name, as `fresh` takes what there is."""
    return {
        "roles": {role: values.get(password_variable(role)) for role in all_roles()},
        "nats": {user.name: values.get(nats_variable(user.name)) for user in USERS},
        "signing_key": values.get(_SIGNING_KEY),
        "position_key": values.get("SHENGJI_POSITION_KEY"),
        "pseudonym_key": values.get("SHENGJI_PSEUDONYM_KEY"),
        "session_key": values.get("SHENGJI_SESSION_KEY"),
    }


def _of(process: Process, secrets: Secrets, postgres_url: str) -> dict[str, str]:
    own = {"SHENGJI_NATS_PASSWORD": secrets.nats[process.name]} if process.broker else {}
    if process.service is not None and process.database_role is not None:
        role, database = process.database_role, service(process.service).database
        url = as_role(postgres_url, role, secrets.roles[role], database)
        own["SHENGJI_DATABASE_URL"] = for_sqlalchemy(url)
    if process.name == "gateway":
        own |= {
            "SHENGJI_JWT_PUBLIC_KEY": secrets.public_key,
            "SHENGJI_POSITION_KEY": secrets.position_key,
            "SHENGJI_PSEUDONYM_KEY": secrets.pseudonym_key,
        }
    if process.name == PORTAL:
        own["SHENGJI_SESSION_KEY"] = secrets.session_key
    return own


def _nats_passwords(secrets: Secrets) -> dict[str, str]:
    """Passwords of the users that these files configure; only the one-machine runner has the administrator's login."""
    return {nats_variable(user.name): secrets.nats[user.name] for user in USERS}


def _role_passwords(secrets: Secrets) -> dict[str, str]:
    return {password_variable(role): secrets.roles[role] for role in all_roles()}


def _secret(name: str, values: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "shengji"},
        "type": "Opaque",
        "stringData": values,
    }
