"""Settings of the one-machine runner, and the outside servers that it uses instead of its own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self, TypeVar

from deploy import topology
from deploy.nats_config import password_variable

GATEWAY_PORT, INTAKE_PORT, PORTAL_PORT = 8080, 8081, 8082
Clock = Literal["system", "simulated"]
Environment = Literal["production", "local", "test"]
# The first of each is the default.
_CLOCKS: tuple[Clock, ...] = ("system", "simulated")
_ENVIRONMENTS: tuple[Environment, ...] = ("local", "test", "production")
_Choice = TypeVar("_Choice", bound=str)


@dataclass(frozen=True, slots=True)
class OutsideDatabase:
    """A service's database on a server that others run. Without `owner_url` nothing is migrated here."""

    url: str
    owner_url: str | None


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """What the runner starts and where. A port of 0: the one of the last run, else the usual, else a free one.

    `processes`: names from the topology, all if None. `postgres_url`: an outside server, as a role that may
    make roles and databases. `wal_archive`: where the embedded one copies its log. `nats_url`: an outside
    server; `nats_logins` has (user, password) by process.
    """

    data: Path = Path("data")
    gateway_port: int = 0
    intake_port: int = 0
    portal_port: int = 0
    postgres_port: int = 0
    nats_port: int = 0
    clock: Clock = "system"
    environment: Environment = "local"
    processes: tuple[str, ...] | None = None
    small: bool = False
    partitions: int = topology.READINGS_PARTITIONS
    postgres_url: str | None = None
    nats_url: str | None = None
    wal_archive: Path | None = None
    nats_logins: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    databases: Mapping[str, OutsideDatabase] = field(default_factory=dict)
    extra_env: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Self:
        """From `SHENGJI_*` variables; docs/runbook.md lists them. Raises ValueError naming a bad one."""
        return cls(
            data=Path(env.get("SHENGJI_DATA_DIR", "data")),
            gateway_port=_port(env, "SHENGJI_GATEWAY_PORT"),
            intake_port=_port(env, "SHENGJI_INTAKE_PORT"),
            portal_port=_port(env, "SHENGJI_PORTAL_PORT"),
            postgres_port=_port(env, "SHENGJI_POSTGRES_PORT"),
            nats_port=_port(env, "SHENGJI_NATS_PORT"),
            clock=_one_of(env, "SHENGJI_CLOCK", _CLOCKS),
            environment=_one_of(env, "SHENGJI_ENVIRONMENT", _ENVIRONMENTS),
            postgres_url=env.get("SHENGJI_POSTGRES_URL"),
            nats_url=env.get("SHENGJI_NATS_URL"),
            wal_archive=Path(env["SHENGJI_WAL_ARCHIVE"]).absolute()
            if env.get("SHENGJI_WAL_ARCHIVE")
            else None,
            nats_logins=_nats_logins(env),
            databases=_databases(env),
            extra_env={name: value for name, value in env.items() if _is_passed_on(name)},
        )

    def chosen(self) -> tuple[topology.Process, ...]:
        """The processes to run, in the topology's order. Raises ValueError for a name it doesn't have."""
        if self.processes is None:
            return topology.PROCESSES
        unknown = set(self.processes) - {process.name for process in topology.PROCESSES}
        if unknown:
            raise ValueError(f"no such process: {', '.join(sorted(unknown))}")
        return tuple(process for process in topology.PROCESSES if process.name in self.processes)

    def needs_postgres(self) -> bool:
        """Whether the embedded PostgreSQL has anything to do."""
        services = {process.service for process in self.chosen() if process.service}
        return self.postgres_url is None and not services <= set(self.databases)


# The processes' own settings that the operator may set once for all of them; the runner sets the others.
_PASSED_ON = (
    "SHENGJI_ANCHOR_DIRS",
    "SHENGJI_ANCHOR_URL",
    "SHENGJI_ANCHOR_EVERY",
    "SHENGJI_ANSWERS_KEPT_DAYS",
    "SHENGJI_LOG_LEVEL",
    "SHENGJI_DATABASE_POOL",
    "SHENGJI_READINGS_BYTES",
    "SHENGJI_RECONCILE_EVERY",
    # How clients of an outside PostgreSQL speak TLS: PostgreSQL's own names, which asyncpg reads.
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PGSSLCERT",
    "PGSSLKEY",
    "SHENGJI_BODY_LIMIT",
    "SHENGJI_BODY_TIMEOUT",
    "SHENGJI_CORS_ORIGINS",
    "SHENGJI_PORTAL_URL",
    "SHENGJI_SESSION_LONGEST",
    "SHENGJI_MAP_APPROVAL",
    "SHENGJI_TOKEN_LONGEST",
    "SHENGJI_HEAD_TIMEOUT",
    "SHENGJI_MOST_CONNECTIONS",
    "SHENGJI_MOST_CONNECTIONS_OF_ONE",
    "SHENGJI_BYTES_IN_HAND",
    "SHENGJI_BYTES_IN_HAND_OF_ONE",
    "SHENGJI_BODIES_OF_ONE",
    "SHENGJI_STREAMS_PER_SUBJECT",
    "SHENGJI_JWT_AUDIENCE",
    "SHENGJI_CALL_TIMEOUT",
)
_PASSED_ON_PREFIXES = (
    "SHENGJI_INTAKE_",
    "SHENGJI_ENERGY_",
    "SHENGJI_OIDC_",
    "SHENGJI_CLAIM_",
    "SHENGJI_RATE_",
    "SHENGJI_ANONYMOUS_",
    "SHENGJI_HTTP_TLS_",
    "SHENGJI_HTTP_TRUSTED_",
    "SHENGJI_NATS_TLS_",
)


def _is_passed_on(name: str) -> bool:
    if name == "SHENGJI_INTAKE_PORT" or name.endswith("_DATABASE_URL"):
        return False
    return name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)


def _one_of(env: Mapping[str, str], name: str, choices: tuple[_Choice, ...]) -> _Choice:
    value = env.get(name, choices[0])
    for choice in choices:
        if choice == value:
            return choice
    raise ValueError(f"{name} is {value!r}: give {' or '.join(choices)}")


def _port(env: Mapping[str, str], name: str) -> int:
    value = env.get(name, "0")
    if not value.isdecimal() or int(value) > 65535:
        raise ValueError(f"{name} is {value!r}: give a port, 0 to 65535")
    return int(value)


def _nats_logins(env: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """One login for all (SHENGJI_NATS_USER and _PASSWORD), or one password for each of the usual users."""
    shared = env.get("SHENGJI_NATS_USER")
    logins: dict[str, tuple[str, str]] = {}
    for user in topology.USERS:
        own = env.get(password_variable(user.name))
        if own is not None:
            logins[user.name] = (user.name, own)
        elif shared is not None:
            logins[user.name] = (shared, env.get("SHENGJI_NATS_PASSWORD", ""))
    return logins


def _databases(env: Mapping[str, str]) -> dict[str, OutsideDatabase]:
    found: dict[str, OutsideDatabase] = {}
    for service in topology.SERVICES:
        prefix = f"SHENGJI_{service.name.upper()}"
        if url := env.get(f"{prefix}_DATABASE_URL"):
            found[service.name] = OutsideDatabase(url, env.get(f"{prefix}_OWNER_DATABASE_URL"))
    for process in topology.PROCESSES:
        if process.own_role and (
            url := env.get(f"SHENGJI_{process.name.upper().replace('-', '_')}_DATABASE_URL")
        ):
            found[process.name] = OutsideDatabase(url, None)
    return found
