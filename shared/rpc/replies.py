"""One inbox for all replies to this process, and in it a place per call: the first answer to any of its sends wins."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from faststream.nats import NatsBroker
from nats.aio.client import NO_RESPONDERS_STATUS
from nats.aio.msg import Msg
from nats.js.api import Header

from shared.broker import client


class Place:
    """Where the replies to one call arrive. Each send has a subject of its own: a service may reply to one once."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._sends = 0
        self.arrived: asyncio.Queue[bytes | None] = asyncio.Queue()

    def subject(self) -> str:
        """The reply subject of the next send."""
        self._sends += 1
        return f"{self._subject}.{self._sends}"

    async def first(self, within: float) -> bytes | None:
        """The next reply; None where the server answers "no responders". Raises TimeoutError on silence."""
        async with asyncio.timeout(within):
            return await self.arrived.get()


class Replies:
    """The inbox. It is opened with the first call, and again by the connection itself after each reconnection."""

    def __init__(self, broker: NatsBroker) -> None:
        self._broker = broker
        self._inbox = ""
        self._open = False
        self._calls = 0
        self._places: dict[str, Place] = {}
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Subscribe, once; a place must have been taken. Raises nats.errors.Error without a connection."""
        async with self._opening:
            if not self._open:
                await client(self._broker).subscribe(f"{self._inbox}.>", cb=self._take)
                self._open = True

    @contextmanager
    def place(self) -> Iterator[Place]:
        """A place for one call, for as long as it is waited for."""
        self._inbox = self._inbox or client(self._broker).new_inbox()
        self._calls += 1
        token = str(self._calls)
        place = self._places[token] = Place(f"{self._inbox}.{token}")
        try:
            yield place
        finally:
            del self._places[token]

    async def _take(self, message: Msg) -> None:
        token = message.subject.removeprefix(self._inbox + ".").partition(".")[0]
        place = self._places.get(token)
        if place is None:  # it was answered, or given up
            return
        status = (message.headers or {}).get(Header.STATUS)
        place.arrived.put_nowait(None if status == NO_RESPONDERS_STATUS else message.data)
