"""After a commit, progress publishes a hint that there are changes; live streams wait for it here, not in progress.

A hint may be lost (core NATS) or come without a change: it only ends a wait sooner. A hundred waiting readers thus
cost progress nothing, whereas with long polls each of them would occupy one of its workers.
"""

import asyncio
import contextlib

from nats.aio.client import Client as Nats
from nats.aio.msg import Msg

SUBJECT = "hint.progress"


class Hints:
    """Wakes everybody who waits. Without `listen` every wait takes its whole time."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    async def listen(self, nats: Nats) -> None:
        """Subscribes to the hints of progress for as long as the connection lasts."""
        await nats.subscribe(SUBJECT, cb=self._heard)

    def next(self) -> asyncio.Event:
        """The next hint. Take it before querying progress, so that a commit during the query ends the wait."""
        return self._next

    async def wait(self, hint: asyncio.Event, seconds: float) -> None:
        """Waits for that hint, at most so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await hint.wait()

    def wake(self) -> None:
        """Wakes all waiting streams for a reason other than a change, such as revoked access."""
        heard, self._next = self._next, asyncio.Event()
        heard.set()

    async def _heard(self, _: Msg) -> None:
        self.wake()
