"""HTTP/1.1 over kept-alive connections, and no more than a device needs.

The demo plays hundreds of devices, a benchmark thousands, on the machine that also runs the whole system: a general
client takes 2.8 ms of processor time a request, as much as the system needs for it; this one takes 0.1.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from clients.door import refusal

_KEPT_S = 3.0
"""A connection that was idle for longer is not trusted with a request: its server may be closing it just now."""


class LineLost(ConnectionError):
    """The connection ended before the answer was whole. The request may have been carried out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. `at` is the wall clock when its last byte had come."""

    status: int
    head: bytes
    body: bytes
    at: float

    def header(self, name: bytes) -> bytes | None:
        """A header's value, by its lower-case name."""
        begin = self.head.lower().find(b"\r\n" + name + b":")
        if begin < 0:
            return None
        begin += len(name) + 3
        end = self.head.find(b"\r\n", begin)
        return self.head[begin : end if end >= 0 else None].strip()


class Connection(asyncio.Protocol):
    """One request at a time. Connects at the first one, and again when the other side has closed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None:
            raise ValueError(f"not an http:// address: {url!r}")
        self._host, self._port = parts.hostname, parts.port or 80
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._waiting: asyncio.Future[Answer] | None = None

    @property
    def open(self) -> bool:
        """Whether it is connected, as far as this side knows."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, timeout: float = 60.0) -> Answer:
        """Send one request, whole as it is (see `request`), and wait for the answer.

        Raises LineLost, TimeoutError (after `timeout` seconds) or OSError when no whole answer comes.
        """
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Answer] = loop.create_future()
        try:
            async with asyncio.timeout(timeout):
                transport = self._transport
                if transport is None or transport.is_closing():
                    transport, _ = await loop.create_connection(lambda: self, self._host, self._port)
                self._buffer, self._waiting = b"", waiting
                transport.write(request)
                answer = await waiting
        except BaseException:
            self.close()  # half an answer must not meet the next request
            raise
        if (answer.header(b"connection") or b"").lower() == b"close":
            self.close()
        return answer

    def close(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._lost(error)

    def data_received(self, data: bytes) -> None:
        self._buffer = buffer = self._buffer + data if self._buffer else data
        end = buffer.find(b"\r\n\r\n")
        if end < 0 or self._waiting is None or self._waiting.done():
            return
        head = buffer[:end]
        at = head.lower().find(b"\r\ncontent-length:")
        try:
            status = int(head[9:12])
            length = 0 if at < 0 else int(head[at + 17 :].split(b"\r\n", 1)[0])
        except ValueError as error:
            self._lost(error)
            return
        if len(buffer) >= end + 4 + length:
            body = buffer[end + 4 : end + 4 + length]
            self._waiting.set_result(Answer(status, head, body, time.time()))

    def _lost(self, error: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(LineLost(f"closed without a whole answer: {error!r}"))


class Lines:
    """Connections to one server; it opens as many as are used at once."""

    def __init__(self, base: str, timeout: float = 30.0) -> None:
        """`timeout`: seconds for one request, its connection included."""
        self._base, self._timeout = base, timeout
        self._idle: list[tuple[Connection, float]] = []

    async def ask(self, asked: bytes) -> Answer:
        """One request; raises as `Connection.ask` does."""
        connection = self._connection()
        answer = await connection.ask(asked, self._timeout)
        self._idle.append((connection, time.monotonic()))
        return answer

    def close(self) -> None:
        """Close the idle connections."""
        for connection, _ in self._idle:
            connection.close()
        self._idle.clear()

    def _connection(self) -> Connection:
        while self._idle:
            connection, used = self._idle.pop()
            if connection.open and time.monotonic() - used < _KEPT_S:
                return connection
            connection.close()
        return Connection(self._base)


class LineDoor:
    """The interface of `clients.door.Door` over connections that several callers share. Raises DoorError, LineLost,
    OSError."""

    def __init__(self, lines: Lines, token: str) -> None:
        self._lines, self._token = lines, token

    async def get(self, path: str) -> Any:
        return _decoded(await self._lines.ask(request("GET", path, self._token)))

    async def post(self, path: str, body: Any) -> Any:
        """`body`: what JSON can say, or the bytes that are sent as they are."""
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return _decoded(await self._lines.ask(request("POST", path, self._token, content)))


def _decoded(answer: Answer) -> Any:
    if 200 <= answer.status < 300:
        return msgspec.json.decode(answer.body)
    raise refusal(answer.status, answer.body)


def request(
    method: str,
    path: str,
    token: str | None = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The bytes of a request; a body is JSON unless `headers` say otherwise."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
        if "Content-Type" not in (headers or {}):
            lines.append("Content-Type: application/json")
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")
