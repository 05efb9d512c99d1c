"""Requests that ask the same share one call, if it begins after they have come.

An answer is never older than its question, so nobody can tell, and nothing has to be kept or thrown away. A board that
a thousand people look at is computed as often as one computation follows another, not a thousand times.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """For each key at most one call that runs and one that waits for its end."""

    def __init__(self) -> None:
        self._flying: dict[Hashable, asyncio.Task[T]] = {}
        self._boarding: dict[Hashable, asyncio.Task[T]] = {}
        self._waiting: Counter[asyncio.Task[T]] = Counter()

    async def join(self, key: Hashable, call: Callable[[], Awaitable[T]]) -> T:
        """The result of a call with this key that begins after now; whatever it raises is raised to all."""
        flight = self._boarding.get(key)
        if flight is None:
            flight = asyncio.create_task(self._fly(key, call, self._flying.get(key)))
            self._boarding[key] = flight
        self._waiting[flight] += 1
        try:
            # Who leaves early doesn't take the others along; with the last of them the call ends.
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
