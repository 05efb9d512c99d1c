"""How often one caller may ask, how many live streams it may hold: what is over waits, and the others don't notice.

One process counts for itself: with two gateways a caller has twice as much. Rates are by system time.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.settings import GatewaySettings
from shared.problems import Problem

_MOST_BUCKETS = 50_000


class TokenBuckets:
    """A token bucket per key: `burst` at once, then `rate` a second. Remembers the keys that came last."""

    def __init__(
        self,
        rate: float,
        burst: int,
        *,
        most: int = _MOST_BUCKETS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._most = most
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Use one token: 0.0, or the seconds until there is one (and nothing is used)."""
        now = self._clock()
        left, since = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        wait = 0.0 if left >= 1.0 else (1.0 - left) / self._rate
        self._left[key] = (left - 1.0 if wait == 0.0 else left, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return wait


class Limits:
    """The gateway's limits on how much one caller may ask."""

    def __init__(self, settings: GatewaySettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._subjects = TokenBuckets(settings.rate_per_second, settings.rate_burst, clock=clock)
        self._addresses = TokenBuckets(settings.anonymous_per_second, settings.anonymous_burst, clock=clock)
        self._most_streams = settings.streams_per_subject
        self._streams: dict[str, int] = {}

    def subject(self, subject: str) -> None:
        """Count one request of a known caller. Raises Problem 429."""
        if wait := self._subjects.take(subject):
            raise _too_often(wait)

    def anonymous(self, address: str) -> None:
        """Count one request without a valid token. Raises Problem 429."""
        if wait := self._addresses.take(address):
            raise _too_often(wait)

    @contextmanager
    def stream(self, subject: str) -> Iterator[None]:
        """Hold one live stream. Raises Problem 429 when the caller holds as many as it may."""
        held = self._streams.get(subject, 0)
        if held >= self._most_streams:
            raise Problem(
                429,
                "too-many-streams",
                "Too many live streams",
                f"You hold {held} live streams already.",
                remedy="Close one, or share one among your windows.",
                retry_after=5,
            )
        self._streams[subject] = held + 1
        try:
            yield
        finally:
            self._streams[subject] -= 1
            if not self._streams[subject]:
                del self._streams[subject]


class PublicPages:
    """ASGI middleware: what may be read without a token (documentation) counts against the reader's address."""

    def __init__(
        self, app: ASGIApp, limits: Limits, prefix: str, refuse: Callable[[Problem], ASGIApp]
    ) -> None:
        self._app = app
        self._limits = limits
        self._prefix = prefix
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(self._prefix):
            try:
                self._limits.anonymous(address(scope))
            except Problem as problem:
                await self._refuse(problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def address(scope: Scope) -> str:
    """Whom an address stands for: itself, or its /64 network, which is what one household has in IPv6."""
    host = (scope.get("client") or ("unknown", 0))[0]
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _too_often(wait: float) -> Problem:
    seconds = math.ceil(wait)
    return Problem(
        429,
        "too-many-requests",
        "Too many requests",
        "You ask more often than one caller may.",
        remedy=f"Wait {seconds} s and repeat.",
        retry_after=seconds,
    )
