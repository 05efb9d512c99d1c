"""Pulls batches from a JetStream consumer, with nats-py directly.

nats-py's own `fetch(n)` waits for the whole batch or the timeout once the first message is there, and can
drop what it already holds when it times out. Here one pull request stays open, messages are kept from the
moment they arrive, and a batch is what is there when the first one is: low latency when quiet, large batches
under load.
"""

import asyncio
import contextlib
import time
from collections import deque

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext

REQUEST_EXPIRES_S = 30.0
HEARTBEAT_S = 1.0
SILENCE_S = 3.5  # more than three missed heartbeats


class ConsumerGone(Exception):
    """The consumer (or its stream, or the server's memory of it) is no longer there: open another."""


class PullReader:
    """One pull consumer's messages, in order. For one task at a time.

    `prefetch`: ask for the next batch while this one is handled. Only where no acknowledgement runs: a
    message that waits here would otherwise age towards its ack_wait.
    """

    def __init__(self, nc: Client, stream: str, consumer: str, batch: int, *, prefetch: bool = False) -> None:
        if batch < 1:
            raise ValueError(f"batch {batch}: at least 1")
        self.stream = stream
        self.consumer = consumer
        self._nc = nc
        self._batch = batch
        self._prefetch = prefetch
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._inbox = ""
        self._subscription: Subscription | None = None
        self._messages: deque[Msg] = deque()
        self._arrived = asyncio.Event()
        self._outstanding = 0
        self._expires = 0.0
        self._unheard_s = 0.0  # time spent waiting since the last word; time we were busy doesn't count
        self._gone: str | None = None
        self._request = 0

    @classmethod
    async def open(
        cls, js: JetStreamContext, stream: str, consumer: str, batch: int, *, prefetch: bool = False
    ) -> "PullReader":
        """Start reading an existing consumer."""
        reader = cls(js._nc, stream, consumer, batch, prefetch=prefetch)
        await reader._listen()
        return reader

    async def next(self, wait_s: float) -> list[Msg]:
        """Up to `batch` messages as soon as there are any, [] after `wait_s` seconds without one.

        Raises ConsumerGone when the server says so or has been silent for too long.
        """
        deadline = time.monotonic() + wait_s
        while not self._messages:
            if self._gone is not None:
                raise ConsumerGone(self._gone)
            now = time.monotonic()
            if self._outstanding == 0 or now >= self._expires:
                await self._ask()
            elif self._unheard_s > SILENCE_S:
                raise ConsumerGone(f"{self.stream}/{self.consumer}: no heartbeat for {SILENCE_S:g} s")
            remaining = deadline - now
            if remaining <= 0:
                return []
            self._arrived.clear()
            if not self._messages and self._gone is None:
                patience = min(remaining, HEARTBEAT_S)
                self._unheard_s += patience
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(patience):
                        await self._arrived.wait()
        taken = [self._messages.popleft() for _ in range(min(self._batch, len(self._messages)))]
        if self._prefetch and self._outstanding == 0 and not self._messages and self._gone is None:
            await self._ask()
        return taken

    def forget(self) -> None:
        """After ConsumerGone: ask again at the next `next`, for a durable that somebody re-creates."""
        self._gone = None
        self._outstanding = 0

    async def close(self) -> None:
        """Stop listening; the server forgets the open request when nobody answers on its inbox."""
        if self._subscription is not None and not self._nc.is_closed:
            await self._subscription.unsubscribe()
        self._subscription = None

    async def _listen(self) -> None:
        self._inbox = self._nc.new_inbox()
        # A reply inbox of its own per request (the last token) tells a late status from a current one.
        self._subscription = await self._nc.subscribe(f"{self._inbox}.*", cb=self._receive)

    async def _ask(self) -> None:
        now = time.monotonic()
        self._request += 1
        self._outstanding = self._batch
        self._expires = now + REQUEST_EXPIRES_S
        self._unheard_s = 0.0
        request = {
            "batch": self._batch,
            "expires": int(REQUEST_EXPIRES_S * 1e9),
            "idle_heartbeat": int(HEARTBEAT_S * 1e9),
        }
        reply = f"{self._inbox}.{self._request}"
        await self._nc.publish(self._subject, msgspec.json.encode(request), reply=reply)

    async def _receive(self, msg: Msg) -> None:
        self._unheard_s = 0.0
        status = msg.headers.get("Status") if msg.headers else None
        if status is None:
            self._outstanding = max(0, self._outstanding - 1)
            self._messages.append(msg)
        elif status != "100" and msg.subject.endswith(f".{self._request}"):
            description = (msg.headers or {}).get("Description", "")
            if status in ("404", "408") or (status == "409" and not _is_gone(description)):
                self._outstanding = 0
            else:
                self._gone = f"{self.stream}/{self.consumer}: {status} {description}".rstrip()
        self._arrived.set()


def _is_gone(description: str) -> bool:
    """Which 409s end the consumer, as opposed to one request (a changed leader, a limit reached)."""
    lowered = description.lower()
    return "deleted" in lowered or "shutdown" in lowered
