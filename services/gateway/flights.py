"""Identical concurrent requests share one call, provided that the call begins after they arrived.

So no answer is older than its request, and there is no cache to invalidate. A board that a thousand people look at is
computed by one call at a time, not by a thousand.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """Per key, at most one call in progress and one waiting for it to finish."""

    def __init__(self) -> None:
        self._flying: dict[Hashable, asyncio.Task[T]] = {}
        self._boarding: dict[Hashable, asyncio.Task[T]] = {}
        self._waiting: Counter[asyncio.Task[T]] = Counter()

    async def join(self, key: Hashable, call: Callable[[], Awaitable[T]]) -> T:
        """The result of a call with this key that starts after now; its exception is raised to everyone who joined."""
        flight = self._boarding.get(key)
        if flight is None:
            flight = asyncio.create_task(self._fly(key, call, self._flying.get(key)))
            self._boarding[key] = flight
        self._waiting[flight] += 1
        try:
            # A caller that disconnects doesn't cancel the call for the others; the last one to leave does.
            return await asyncio.shield(flight)
        finally:
            self._waiting[flight] -= 1
            if not self._waiting[flight]:
                del self._waiting[flight]
                if self._boarding.get(key) is flight:
                    del self._boarding[key]
                flight.cancel()

    async def _fly(
        self, key: Hashable, call: Callable[[], Awaitable[T]], before: "asyncio.Task[T] | None"
    ) -> T:
        if before is not None:
            await asyncio.wait([before])
        me = self._boarding.pop(key)
        self._flying[key] = me
        try:
            return await call()
        finally:
            if self._flying.get(key) is me:
                del self._flying[key]
