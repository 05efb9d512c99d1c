"""An HTTP server inside a process that owns its own signals and its own end."""

import asyncio
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import uvicorn

from shared.health import OK, Check
from shared.http_connections import ConnectionLimits, Connections
from shared.http_headers import SecurityHeaders
from shared.http_refusals import Drained
from shared.settings import Settings

if TYPE_CHECKING:  # every process serves its health, and most of them have no use for FastAPI
    from fastapi.telemetry import TelemetryConfig

OWN_SPANS_ONLY: "TelemetryConfig" = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
"""For FastAPI(telemetry=…): its three spans per request would duplicate ours and cost more than the request itself."""


KEEP_ALIVE_S = 75
"""Seconds for which an idle connection is kept: longer than clients and balancers keep theirs (httpx 5 s, nginx and
cloud balancers 60 s). The client must be the one to close first, or its request meets a connection that has just been
closed."""


SPARE_FILES = 1_000
"""File descriptors beside those of the connections that a server takes: for whatever else the process has open."""


class HttpServer(uvicorn.Server):
    """uvicorn that leaves signals alone and says when it listens, and where (`port` 0 takes a free one)."""

    def __init__(
        self,
        app: Any,
        host: str,
        port: int,
        *,
        tls: tuple[Path, Path] | None = None,
        trusted_proxies: str = "",
        limits: ConnectionLimits | None = None,
    ) -> None:
        """`tls`: certificate chain and key (PEM). `trusted_proxies`: whose X-Forwarded-* headers are believed."""
        self._open = Connections(limits or ConnectionLimits(), trusted_proxies)
        super().__init__(
            uvicorn.Config(
                Drained(SecurityHeaders(app)),
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                lifespan="off",
                http=self._open.protocol,  # type: ignore[arg-type]  # it calls whatever makes a protocol
                ws="none",
                server_header=False,
                ssl_certfile=tls[0] if tls else None,
                ssl_keyfile=tls[1] if tls else None,
                # uvicorn's default believes whoever connects from this machine.
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=trusted_proxies,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=10,
            )
        )
        self.listening = asyncio.Event()
        self._socket: socket.socket | None = None
        self._serving: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, settings: Settings, app: Any) -> Self:
        """A server where the settings say, with TLS if they name a certificate."""
        certificate, key = settings.http_tls_cert, settings.http_tls_key
        return cls(
            app,
            settings.http_host,
            settings.http_port,
            tls=(certificate, key) if certificate and key else None,
            trusted_proxies=settings.http_trusted_proxies,
            limits=ConnectionLimits(
                head_s=settings.head_timeout,
                most=settings.most_connections,
                most_of_one=settings.most_connections_of_one,
            ),
        )

    @property
    def connections(self) -> int:
        """How many are open, idle ones too."""
        return self._open.total

    @property
    def port(self) -> int:
        """The port in use; only after `start`, or after `listening` is set."""
        if self._socket is None:
            raise RuntimeError("it doesn't listen yet")
        port: int = self._socket.getsockname()[1]
        return port

    def check(self) -> Check:
        """For the process's health: failing until it listens, so that no request is routed to a closed port."""
        return OK if self.listening.is_set() else Check("failing", "not listening yet")

    async def startup(self, sockets: Any = None) -> None:
        """As uvicorn's, on our own sockets, with a deadline for the TLS handshake.

        Until the handshake is done `GuardedProtocol` sees no connection, and asyncio's own limit is a minute.
        """
        made = partial(
            self._open.protocol,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        self.servers = [
            await asyncio.get_running_loop().create_server(
                made,
                sock=each,
                ssl=self.config.ssl,
                ssl_handshake_timeout=self._open.limits.head_s if self.config.ssl else None,
                backlog=self.config.backlog,
            )
            for each in sockets
        ]
        self.started = True
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def start(self) -> None:
        """Listen and serve in the background. Raises OSError, naming the address, on a taken port."""
        self._serving = await self._begin()

    async def stop(self) -> None:
        """Finish the requests in hand."""
        self.should_exit = True
        if self._serving is not None:
            await self._serving

    async def run_until_cancelled(self) -> None:
        """Serve; on cancellation finish the requests in hand and return. Raises OSError on a taken port."""
        serving = await self._begin()
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            self.should_exit = True
            await serving
            raise

    async def _begin(self) -> asyncio.Task[None]:
        """Returns when it listens, or raises why it can't."""
        listener = self._bind()
        serving = asyncio.create_task(self.serve(sockets=[listener]), name=f"http {self.port}")
        listening = asyncio.create_task(self.listening.wait())
        await asyncio.wait((serving, listening), return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            listening.cancel()
            await serving
        return serving

    def _bind(self) -> socket.socket:
        host, port = self.config.host, self.config.port
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            listener.close()
            raise OSError(error.errno, f"cannot listen on {host}:{port}: {error.strerror}") from error
        self._socket = listener
        _let_open(self._open.limits.most + SPARE_FILES)
        return listener


def _let_open(files: int) -> None:
    """Raise this process's limit of open files to `files`, as far as the system allows: a server without any left
    answers nobody."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
