"""An HTTP server inside a process that owns its own signals and its own end."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import uvicorn
from fastapi.telemetry import TelemetryConfig

from shared.health import OK, Check
from shared.http_headers import SecurityHeaders
from shared.settings import Settings

OWN_SPANS_ONLY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""For FastAPI(telemetry=…): its own three spans a request would stand beside ours, and cost more than the request."""


class HttpServer(uvicorn.Server):
    """uvicorn that leaves signals alone and says when it listens, and where (`port` 0 takes a free one)."""

    def __init__(
        self,
        app: Any,
        host: str,
        port: int,
        *,
        limit_concurrency: int | None = None,
        tls: tuple[Path, Path] | None = None,
        trusted_proxies: str = "",
    ) -> None:
        """`tls`: certificate chain and key (PEM). `trusted_proxies`: whose X-Forwarded-* headers are believed."""
        super().__init__(
            uvicorn.Config(
                SecurityHeaders(app),
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                limit_concurrency=limit_concurrency,
                ssl_certfile=tls[0] if tls else None,
                ssl_keyfile=tls[1] if tls else None,
                # uvicorn's default believes whoever connects from this machine.
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=trusted_proxies,
                timeout_graceful_shutdown=10,
            )
        )
        self.listening = asyncio.Event()

    @classmethod
    def of(cls, settings: Settings, app: Any, *, limit_concurrency: int | None = None) -> Self:
        """A server where the settings say, with TLS if they name a certificate."""
        certificate, key = settings.http_tls_cert, settings.http_tls_key
        return cls(
            app,
            settings.http_host,
            settings.http_port,
            limit_concurrency=limit_concurrency,
            tls=(certificate, key) if certificate and key else None,
            trusted_proxies=settings.http_trusted_proxies,
        )

    @property
    def port(self) -> int:
        """The port in use; only after `listening` is set."""
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port

    def check(self) -> Check:
        """For the process's health: failing until it listens, so that nobody is sent to a closed door."""
        return OK if self.listening.is_set() else Check("failing", "not listening yet")

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def run_until_cancelled(self) -> None:
        """Serve; on cancellation finish the requests in hand and return. Raises OSError on a taken port."""
        serving = asyncio.create_task(self.serve())
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            self.should_exit = True
            await serving
            raise
        except SystemExit as error:  # uvicorn's way of saying that it could not listen
            raise OSError(f"cannot listen on {self.config.host}:{self.config.port}") from error
