"""Connections of a public endpoint, bounded in number and in time: nobody keeps a place by saying nothing.

uvicorn limits neither how long a request's head may take nor how large it may become, and counts connections nowhere.
This protocol adds it (ADR 0260). Whenever no request is in hand, one timer runs: for the head that should arrive, or
for the idle connection.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from uvicorn.middleware.proxy_headers import _TrustedHosts
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.http_limits import network
from shared.http_refusals import CROWDED
from shared.problems import Problem


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What one process takes on. Times in seconds, by system time."""

    head_s: float = 10.0
    """From the connection (or a request's first byte) to the end of the request's head."""
    head_bytes: int = 65_536
    stalled_s: float = 30.0
    """How long a caller may take nothing of an answer that waits to be sent."""
    most: int = 2_000
    most_of_one: int = 500
    """Of one address (of one /64 network in IPv6)."""


@dataclass
class Connections:
    """All connections of one server: who has how many, and who gives way when there are too many.

    A connection without a request in hand (idle, or with an unfinished head) gives way to a new one: the oldest such
    one of the address that holds the most. If every one has a request in hand, the new one's request is answered 503.
    """

    limits: ConnectionLimits
    trusted_proxies: str = ""
    """Peers that many callers share: they are exempt from the limit of one address."""
    _held: Counter[str] = field(default_factory=Counter)
    _waiting: dict[str, dict["GuardedProtocol", None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._proxies = _TrustedHosts(self.trusted_proxies)

    @property
    def total(self) -> int:
        """How many are open."""
        return self._held.total()

    def protocol(self, *args: Any, **kwargs: Any) -> "GuardedProtocol":
        """The factory that uvicorn calls for each connection."""
        return GuardedProtocol(self, *args, **kwargs)

    def opened(self, connection: "GuardedProtocol", host: str) -> bool:
        """Count a new connection; whether it has a place. One that hasn't is told so by its request's answer."""
        one = network(host)
        connection.one = one
        self._held[one] += 1
        if self._held[one] > self.limits.most_of_one and host not in self._proxies:
            return self._make_room(one)
        if self.total > self.limits.most:
            return self._make_room(max(self._waiting, key=self._held.__getitem__, default=None))
        return True

    def waits(self, connection: "GuardedProtocol") -> None:
        """It has no request in hand from now on."""
        self._waiting.setdefault(connection.one, {})[connection] = None

    def works(self, connection: "GuardedProtocol") -> None:
        """It has a request in hand, or is gone."""
        if waiting := self._waiting.get(connection.one):
            waiting.pop(connection, None)
            if not waiting:
                del self._waiting[connection.one]

    def closed(self, connection: "GuardedProtocol") -> None:
        """It is gone."""
        self.works(connection)
        self._held[connection.one] -= 1
        if not self._held[connection.one]:
            del self._held[connection.one]

    def _make_room(self, one: str | None) -> bool:
        """Close the oldest connection of that address that waits; False if it has none."""
        waiting = self._waiting.get(one or "")
        if not waiting:
            return False
        oldest = next(iter(waiting))
        self.works(oldest)
        oldest.transport.abort()
        return True


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 with a deadline for each request's head, a bound on its size, and one for stalled readers."""

    def __init__(self, connections: Connections, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.one = ""
        self._guard = connections
        self._limits = connections.limits
        self._head_bytes = 0
        self._in_head = True
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if not self._guard.opened(self, self.client[0] if self.client else "unknown"):
            # Its request is read, so that the answer reaches the client; `Crowded` sends that answer.
            self.app_state = {**self.app_state, CROWDED: True}
        self._guard.waits(self)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._guard.closed(self)
        self._forget(self._deadline, self._stalled)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head or self._idle:
            self._head_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._head_bytes > self._limits.head_bytes:
            self._refuse(431, "head-too-large", f"The head is over {self._limits.head_bytes} bytes.")
        elif self._idle and self._deadline is None and self.timeout_keep_alive_task is None:
            self._expect_head()

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes = False, 0
        self._forget(self._deadline)
        self._deadline = None
        self._guard.works(self)
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self.cycle.response_complete and self.cycle.more_body:
            # Nobody listens to the rest of this request, and no timer would end it.
            self.transport.close()
        elif self._idle:
            self._guard.waits(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self._limits.stalled_s, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget(self._stalled)
        self._stalled = None

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "malformed-request", "This is not HTTP/1.1.")

    @property
    def _idle(self) -> bool:
        """Whether no request is in hand, and none waits for its turn."""
        cycle: Any = self.cycle  # None before the first request, whatever its annotation says
        return cycle is None or (cycle.response_complete and not self.pipeline)

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(self._limits.head_s, self._too_late)

    def _too_late(self) -> None:
        self._deadline = None
        if self._head_bytes:
            self._refuse(408, "head-too-slow", f"The request's head took over {self._limits.head_s:g} s.")
        else:
            self.transport.close()

    def _refuse(self, status: int, code: str, detail: str) -> None:
        """An answer without a request, and the end of the connection."""
        problem = Problem(status, code, "Not a request", detail, remedy="Send one whole HTTP/1.1 request.")
        body = problem.encode()
        head = (
            f"HTTP/1.1 {status} Refused\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
        )
        if self._idle:  # in the middle of another answer there is no place for it
            self.transport.write(head.encode() + body)
        self.transport.close()

    @staticmethod
    def _forget(*timers: asyncio.TimerHandle | None) -> None:
        for timer in timers:
            if timer is not None:
                timer.cancel()
