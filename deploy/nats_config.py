"""nats-server's configuration, written from the topology: users, rights, storage, synchronous writes.

Passwords never stand in it: `$NAME` is looked up by nats-server in its own environment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.topology import USERS, User


@dataclass(frozen=True, slots=True)
class Tls:
    """Files (PEM) for TLS with clients. With `ca` every client needs a certificate that it certifies."""

    certificate: Path
    key: Path
    ca: Path | None = None

    def lines(self) -> list[str]:
        """The block of the configuration. TLS comes before a word is said, as our clients demand it."""
        verify = [f'  ca_file: "{self.ca}"', "  verify: true"] if self.ca else []
        return [
            "tls {",
            f'  cert_file: "{self.certificate}"',
            f'  key_file: "{self.key}"',
            *verify,
            "  handshake_first: true",
            "}",
        ]


@dataclass(frozen=True, slots=True)
class Cluster:
    """The routes of a NATS cluster; `name_variable` is the environment variable with this server's name."""

    name: str
    name_variable: str
    port: int
    routes: Sequence[str]


def password_variable(user: str) -> str:
    """The environment variable with a NATS user's password.

    nats-server parses its value like a value in the file: begin it with a letter, use letters and digits.
    """
    return f"SHENGJI_NATS_PASSWORD_{user.upper().replace('-', '_')}"


def _quoted(subjects: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{subject}"' for subject in subjects) + "]"


def _user(user: User) -> str:
    lines = [
        f'      {{ user: "{user.name}", password: ${password_variable(user.name)}, permissions: {{',
        f"          publish: {{ allow: {_quoted(user.publish)} }}",
        f"          subscribe: {{ allow: {_quoted(user.subscribe)} }}",
    ]
    if user.responds:
        lines.append('          allow_responses: { max: 1, expires: "1m" }')
    return "\n".join([*lines, "      } }"])


def render(
    *,
    host: str,
    port: int,
    store: Path | str,
    users: Sequence[User] = USERS,
    max_file_store: str = "32GB",
    monitor_port: int | None = None,
    cluster: Cluster | None = None,
    tls: Tls | None = None,
) -> str:
    """The whole configuration file. `store` is JetStream's folder; `monitor_port` opens /healthz."""
    lines = [
        "# Generated from deploy/topology.py; change that table, not this file.",
        f'host: "{host}"',
        f"port: {port}",
        "max_payload: 8MB",
        "max_control_line: 8KB",
        'write_deadline: "10s"',
        "# Until a half-open connection is found out, its queue group's share of the requests goes there.",
        'ping_interval: "10s"',
        "ping_max: 2",
        'lame_duck_duration: "30s"',
        'lame_duck_grace_period: "5s"',
    ]
    if monitor_port is not None:
        lines.append(f"http_port: {monitor_port}")
    if cluster is not None:
        lines += [
            f"server_name: ${cluster.name_variable}",
            f"cluster {{ name: {cluster.name}, port: {cluster.port}, routes: {_quoted(cluster.routes)} }}",
        ]
    if tls is not None:
        lines += tls.lines()
    return "\n".join(
        [
            *lines,
            "jetstream {",
            f'  store_dir: "{store}"',
            "  # JetStream acknowledges before the disk has it, unless told to wait for the disk.",
            "  sync_interval: always",
            f"  max_file_store: {max_file_store}",
            "  max_memory_store: 256MB",
            "}",
            "accounts {",
            "  SHENGJI {",
            "    jetstream: enabled",
            "    users: [",
            *(_user(user) for user in users),
            "    ]",
            "  }",
            "}",
            "",
        ]
    )
