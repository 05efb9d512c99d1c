"""progress says after a commit that there are changes: whoever waits for one waits here, not in progress.

A hint may be lost (core NATS) and may come for nothing: it only ends a wait sooner. A hundred waiting readers then
cost progress nothing; with long polls each of them would hold one of its workers.
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
        """Hear progress's hints on this connection, for as long as it lasts."""
        await nats.subscribe(SUBJECT, cb=self._heard)

    def next(self) -> asyncio.Event:
        """The hint to come. Take it before asking progress: what is committed meanwhile then ends the wait."""
        return self._next

    async def wait(self, hint: asyncio.Event, seconds: float) -> None:
        """Until that hint has come, or that long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await hint.wait()

    def wake(self) -> None:
        """Let everybody look who waits now, for another reason than a change."""
        heard, self._next = self._next, asyncio.Event()
        heard.set()

    async def _heard(self, _: Msg) -> None:
        self.wake()
