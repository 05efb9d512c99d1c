"""Requests at a public endpoint, as OpenTelemetry names them: how many, how long, with which answer.

The route is the template (`/projects/{project}`), never the path: each path would be a time series of its own.
"""

import time
from typing import Any

from shared import telemetry

_duration = telemetry.meter(__name__).create_histogram(
    "http.server.request.duration",
    unit="s",
    description="from the request's head to the answer's last byte",
)


class HttpMetrics:
    """ASGI middleware: one measurement per HTTP request. An answer that never began counts as 500."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        started = time.monotonic()

        async def answer(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            labels = {
                "http.request.method": scope["method"],
                "http.route": getattr(scope.get("route"), "path", "") or "(none)",
                "http.response.status_code": status,
            }
            _duration.record(time.monotonic() - started, labels)
