"""How much one caller may ask of a public endpoint: requests by time, and bytes of bodies in hand.

One process counts for itself: with two replicas a caller has twice as much. Rates are by system time.
"""

import asyncio
import ipaddress
import math
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from shared.problems import Problem, unavailable

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


@dataclass
class InHand:
    """Bounds the bodies in hand: the bytes of all, the bytes of one caller, and how many of one caller.

    What counts is what has arrived, not what was announced: an announcement costs nobody else a place.
    """

    most_bytes: int
    most_bytes_of_one: int
    most_of_one: int
    bytes: int = 0
    _bytes: Counter[str] = field(default_factory=Counter)
    _bodies: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def body(self, one: str) -> Iterator["Body"]:
        """Room for a body of that caller, given back at the end. Raises Problem 429 when it has too many in hand."""
        if self._bodies[one] >= self.most_of_one:
            raise _too_much(f"{self.most_of_one} of your requests are in hand")
        self._bodies[one] += 1
        body = Body(self, one)
        try:
            yield body
        finally:
            body.hold(0)
            self._bodies[one] -= 1
            if not self._bodies[one]:
                del self._bodies[one]

    def change(self, one: str, by: int) -> None:
        """Add `by` bytes (negative: release them) to what that caller holds. Raises Problem 429 or 503 when there is no
        room for more."""
        if by > 0 and self._bytes[one] + by > self.most_bytes_of_one:
            raise _too_much(f"{self.most_bytes_of_one} bytes of your requests are in hand")
        if by > 0 and self.bytes + by > self.most_bytes:
            raise unavailable("Too many requests are being received at the moment.")
        self.bytes += by
        self._bytes[one] += by
        if not self._bytes[one]:
            del self._bytes[one]


@dataclass
class Body:
    """One body's room."""

    _in_hand: InHand
    _one: str
    _size: int = 0

    def hold(self, size: int) -> None:
        """It takes so many bytes now. Raises as `InHand.change`, and then holds what it held before."""
        self._in_hand.change(self._one, size - self._size)
        self._size = size


async def read_body(chunks: AsyncIterator[bytes], room: Body, limit: int, seconds: float) -> bytes:
    """The whole body. Raises Problem: 413 over `limit` bytes, 408 after `seconds`, 429 or 503 without room for it."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise too_large(limit)
                room.hold(size)
                parts.append(chunk)
    except TimeoutError as error:
        raise Problem(
            408,
            "body-too-slow",
            "The body took too long",
            f"The body had not arrived after {seconds:g} s.",
            where="body",
            remedy="Send it again over a better line, or in parts.",
        ) from error
    return b"".join(parts)


def too_large(limit: int) -> Problem:
    """413 for a body over the limit."""
    return Problem(
        413,
        "body-too-large",
        "The body is too large",
        f"The body is over {limit} bytes.",
        where="body",
        remedy="Send it in parts.",
    )


def network(host: str) -> str:
    """The key under which an address is limited: itself, or its /64 network, which is what one household has in
    IPv6."""
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return host
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def too_often(wait: float) -> Problem:
    """429: asked more often than one caller may; `wait` seconds until the next is taken."""
    seconds = math.ceil(wait)
    return Problem(
        429,
        "too-many-requests",
        "Too many requests",
        "You ask more often than one caller may.",
        remedy=f"Wait {seconds} s and repeat.",
        retry_after=seconds,
    )


def _too_much(what: str) -> Problem:
    return Problem(
        429,
        "too-much-at-once",
        "Too much at once",
        f"{what} already.",
        remedy="Wait for their answers, then send this one again.",
        retry_after=1,
    )
