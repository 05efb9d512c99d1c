"""A keep-alive HTTP/1.1 connection that costs next to nothing, so that a sender doesn't measure itself."""

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """`at` is the wall clock when the last byte had come."""

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
    """One request at a time. Reconnects when the other side has closed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.hostname != "127.0.0.1" or parts.port is None:
            raise ValueError(f"{url!r}: the benchmark speaks to 127.0.0.1 alone")
        self._host, self._port = parts.hostname, parts.port
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._waiting: asyncio.Future[Answer] | None = None

    async def ask(self, request: bytes, timeout: float = 60.0) -> Answer:
        """Send one request, whole as it is, and wait for the answer. Raises OSError when none comes."""
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            await loop.create_connection(lambda: self, self._host, self._port)
        assert self._transport is not None
        self._buffer = b""
        waiting: asyncio.Future[Answer] = loop.create_future()
        self._waiting = waiting
        timer = loop.call_later(timeout, self._give_up)
        self._transport.write(request)
        try:
            return await waiting
        finally:
            timer.cancel()

    def close(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError(f"closed without an answer: {error!r}"))

    def data_received(self, data: bytes) -> None:
        self._buffer = buffer = self._buffer + data if self._buffer else data
        end = buffer.find(b"\r\n\r\n")
        if end < 0 or self._waiting is None or self._waiting.done():
            return
        head = buffer[:end]
        at = head.lower().find(b"\r\ncontent-length:")
        length = 0 if at < 0 else int(head[at + 17 :].split(b"\r\n", 1)[0])
        if len(buffer) >= end + 4 + length:
            body = buffer[end + 4 : end + 4 + length]
            self._waiting.set_result(Answer(int(head[9:12]), head, body, time.time()))

    def _give_up(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(TimeoutError("no answer in time"))
        self.close()


def request(
    method: str, path: str, token: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
        if "Content-Type" not in (headers or {}):
            lines.append("Content-Type: application/json")
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")
