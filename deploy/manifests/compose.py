"""docker-compose.yml: the whole system on one machine with Docker, every process a container."""

from typing import Any

from deploy import nats_config
from deploy.databases import INITDB, all_roles, password_variable
from deploy.manifests import parts
from deploy.topology import GIB, PROCESSES, USERS, Process, service

_HINT = "see docs/runbook.md"
_READY = (
    "import os, urllib.request; "
    "urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['SHENGJI_HEALTH_PORT']}/ready\", timeout=3)"
)
_HOST_PORTS = {
    "portal": ("SHENGJI_PORTAL_PORT", 8082),
    "gateway": ("SHENGJI_GATEWAY_PORT", 8080),
    "energy-intake": ("SHENGJI_INTAKE_PORT", 8081),
}


def compose() -> dict[str, Any]:
    """The document."""
    return {
        "name": "shengji",
        "services": {
            "postgres": _postgres(),
            "nats": _nats(),
            "databases": _databases(),
            **{process.name: _process(process) for process in PROCESSES},
        },
        "volumes": {"postgres": {}, "nats": {}},
    }


def nats_conf() -> str:
    """The configuration of compose's single nats-server."""
    return nats_config.render(
        host=parts.EVERYWHERE, port=parts.NATS_PORT, store="/data", monitor_port=parts.NATS_MONITOR_PORT
    )


def _required(variable: str) -> str:
    return f"${{{variable}:?{_HINT}}}"


def _postgres() -> dict[str, Any]:
    return {
        "image": parts.POSTGRES_IMAGE,
        "restart": "unless-stopped",
        "environment": {
            "POSTGRES_PASSWORD": _required("SHENGJI_POSTGRES_PASSWORD"),
            "POSTGRES_INITDB_ARGS": " ".join(INITDB),
        },
        "command": ["postgres", "-c", "max_connections=200", "-c", "timezone=UTC"],
        "volumes": ["postgres:/var/lib/postgresql"],
        "healthcheck": _check(["CMD-SHELL", "pg_isready -U postgres -h 127.0.0.1"]),
        "stop_grace_period": "60s",
        "shm_size": "256mb",
    }


def _nats() -> dict[str, Any]:
    variables = [nats_config.password_variable(user.name) for user in USERS]
    probe = f"wget -q -O /dev/null http://127.0.0.1:{parts.NATS_MONITOR_PORT}/healthz"
    return {
        "image": parts.NATS_IMAGE,
        "restart": "unless-stopped",
        "command": ["--config", "/etc/nats/nats.conf"],
        "environment": {variable: _required(variable) for variable in variables},
        "volumes": ["./deploy/compose/nats.conf:/etc/nats/nats.conf:ro", "nats:/data"],
        "healthcheck": _check(["CMD-SHELL", probe]),
        "stop_grace_period": "40s",
    }


def _databases() -> dict[str, Any]:
    """Runs once: roles, databases, migrations."""
    names = [password_variable(role) for role in all_roles()]
    return {
        **_image(),
        "command": ["deploy.databases"],
        "environment": {
            "SHENGJI_POSTGRES_URL": _postgres_url("postgres", "SHENGJI_POSTGRES_PASSWORD", "postgres"),
            **{name: _required(name) for name in names},
        },
        "depends_on": {"postgres": {"condition": "service_healthy"}},
    }


def _process(process: Process) -> dict[str, Any]:
    environment = parts.plain_environment(
        process,
        replicas=1,
        readings_bytes=4 * GIB,
        gateway_url=f"http://gateway:{parts.HTTP_PORT}",
    )
    depends = {"nats": {"condition": "service_healthy"}} if process.broker else {}
    if process.service is not None:
        depends["databases"] = {"condition": "service_completed_successfully"}
    depends |= {need: {"condition": "service_healthy"} for need in process.needs}
    document = {
        **_image(),
        "restart": "unless-stopped",
        "command": list(process.arguments),
        "environment": {**environment, **_secrets(process)},
        "depends_on": depends,
        "healthcheck": _check(["CMD", "python", "-c", _READY], start="60s"),
        "stop_grace_period": "30s",
    }
    if process.name in _HOST_PORTS:
        variable, usual = _HOST_PORTS[process.name]
        document["ports"] = [f"127.0.0.1:${{{variable}:-{usual}}}:{parts.HTTP_PORT}"]
    return document


def _secrets(process: Process) -> dict[str, str]:
    own: dict[str, str] = {}
    if process.broker:
        own["SHENGJI_NATS_PASSWORD"] = _required(nats_config.password_variable(process.name))
    if process.service is not None and process.database_role is not None:
        role, database = process.database_role, service(process.service).database
        url = _postgres_url(role, password_variable(role), database)
        own["SHENGJI_DATABASE_URL"] = url.replace("postgresql://", "postgresql+asyncpg://")
    for name in parts.secret_variables(process):
        own.setdefault(name, _required(name))
    return own


def _postgres_url(role: str, variable: str, database: str) -> str:
    return f"postgresql://{role}:{_required(variable)}@postgres:{parts.POSTGRES_PORT}/{database}"


def _image() -> dict[str, Any]:
    return {
        "image": f"{parts.APP_IMAGE}:${{SHENGJI_VERSION:-local}}",
        "build": {"context": ".", "dockerfile": "deploy/Dockerfile"},
        "read_only": True,
        "tmpfs": [parts.SCRATCH],
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    }


def _check(test: list[str], start: str = "20s") -> dict[str, Any]:
    return {"test": test, "interval": "5s", "timeout": "4s", "retries": 12, "start_period": start}
