"""Asks a process's health endpoint whether it is ready."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from deploy.local.ports import HOST

_TIMEOUT = 3.0


def http_ready(port: int, host: str = HOST) -> Callable[[int], Awaitable[str | None]]:
    """A readiness test of the process whose health endpoint listens there."""

    async def ready(pid: int) -> str | None:
        try:
            async with asyncio.timeout(_TIMEOUT):
                status, body = await _get(host, port, "/ready")
        except (OSError, TimeoutError, ValueError) as problem:
            return f"no answer from its health endpoint on port {port} ({type(problem).__name__})"
        return None if status == 200 else _failing(body) or f"its health endpoint answers {status}"

    return ready


async def _get(host: str, port: int, path: str) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    parts = head.split(b" ", 2)
    if len(parts) < 2:
        raise ValueError("it closed the connection without an answer")
    return int(parts[1]), body


def _failing(body: bytes) -> str:
    """The failing checks of a health report, in words."""
    try:
        checks = json.loads(body)["checks"]
        return "; ".join(
            f"{name}: {check['detail']}" for name, check in checks.items() if check["status"] == "failing"
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
