"""The environment of each process: its own addresses and secrets, and no other process's."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy import topology
from deploy.databases import as_role, for_sqlalchemy
from deploy.local.ports import HOST
from deploy.local.secrets import Secrets
from deploy.local.settings import LocalSettings


@dataclass(frozen=True, slots=True)
class SystemAddresses:
    """Every URL and port of a run.

    `databases`: (runtime URL, owner URL or None) by service; `http` and `health`: ports by process.
    """

    nats_url: str
    databases: Mapping[str, tuple[str, str | None]]
    http: Mapping[str, int]
    health: Mapping[str, int]
    logs: Path
    traces: Path
    anchors: Path


def process_environment(
    addresses: SystemAddresses,
    settings: LocalSettings,
    secrets: Secrets,
    name: str,
    *,
    owner: bool = False,
) -> dict[str, str]:
    """The `SHENGJI_*` variables of one process. `owner`: with the right to migrate, for a command by hand."""
    process = topology.process(name)
    env = {
        "SHENGJI_ENVIRONMENT": settings.environment,
        "SHENGJI_CLOCK": settings.clock,
        "SHENGJI_HEALTH_HOST": HOST,
        "SHENGJI_HEALTH_PORT": str(addresses.health[name]),
        "SHENGJI_TRACE_DIR": str(addresses.traces),
        "PYTHONUNBUFFERED": "1",
        **settings.extra_env,
    }
    if process.broker:
        env["SHENGJI_NATS_URL"] = addresses.nats_url
        env.setdefault("SHENGJI_READINGS_PARTITIONS", str(settings.partitions))
    login = settings.nats_logins.get(name)
    if settings.nats_url is None and process.broker:
        login = (name, secrets.nats[name])
    if login is not None:
        env["SHENGJI_NATS_USER"], env["SHENGJI_NATS_PASSWORD"] = login
    if process.service is not None:
        outside = settings.extra_env.get("SHENGJI_ANCHOR_DIRS")
        env["SHENGJI_ANCHOR_DIRS"] = os.pathsep.join(filter(None, (str(addresses.anchors), outside)))
        url, owner_url = addresses.databases[process.service]
        env["SHENGJI_DATABASE_URL"] = _with_own_role(process, url, settings, secrets)
        if owner and owner_url is not None:
            env["SHENGJI_OWNER_DATABASE_URL"] = owner_url
    if process.http != "none":
        env["SHENGJI_HTTP_HOST"] = HOST
        env["SHENGJI_HTTP_PORT"] = str(addresses.http[name])
    if name == "gateway":
        env |= _gateway(settings, secrets)
    if name == "portal":
        env |= _portal(addresses, settings, secrets)
    return env


def _with_own_role(process: topology.Process, url: str, settings: LocalSettings, secrets: Secrets) -> str:
    """The database URL with the process's own role, or with the service's role on an outside server that lacks the
    former."""
    service = topology.service(str(process.service))
    outside = settings.databases.get(process.name)
    if outside is not None:
        return for_sqlalchemy(outside.url)
    role = process.database_role
    if role is None or role == service.runtime_role or service.name in settings.databases:
        return url
    return for_sqlalchemy(as_role(url, role, secrets.roles[role], service.database))


def _gateway(settings: LocalSettings, secrets: Secrets) -> dict[str, str]:
    """The gateway verifies tokens, it can't issue them; it signs position tokens; it steps the clock."""
    followers = [each.name for each in settings.chosen() if each.broker and each.name != "provisioner"]
    return {
        "SHENGJI_JWT_PUBLIC_KEY": secrets.public_key,
        "SHENGJI_POSITION_KEY": secrets.position_key,
        "SHENGJI_PSEUDONYM_KEY": secrets.pseudonym_key,
        "SHENGJI_CLOCK_FOLLOWERS": ",".join(followers) if settings.clock == "simulated" else "",
    }


def _portal(addresses: SystemAddresses, settings: LocalSettings, secrets: Secrets) -> dict[str, str]:
    """The portal knows where the gateway is; without an issuer it signs tokens of demo persons, never in production."""
    certificate = settings.extra_env.get("SHENGJI_HTTP_TLS_CERT")
    scheme = "https" if certificate else "http"
    env = {
        "SHENGJI_GATEWAY_URL": f"{scheme}://{HOST}:{addresses.http['gateway']}",
        "SHENGJI_SESSION_KEY": secrets.session_key,
    }
    if certificate:
        env["SHENGJI_GATEWAY_CA"] = certificate
    if settings.environment != "production" and "SHENGJI_OIDC_ISSUER" not in settings.extra_env:
        env["SHENGJI_DEMO_SIGNING_KEY"] = secrets.signing_key
    return env
