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
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from shared.cancellation import end_if_cancelled

IDLE_S = 5.0
INACTIVE_S = 60.0
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
        self._unheard_s = 0.0  # seconds waited since the last message or heartbeat, without our busy time
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


@dataclass(frozen=True, slots=True)
class Followed:
    """What `follow` reads: the messages of a stream's `subject`, from the first that `deliver` names.

    `reader` names the consumer for whoever looks at the server; `batch` is the most messages handed over at once.
    """

    stream: str
    subject: str
    deliver: DeliverPolicy
    reader: str
    batch: int = 256


async def follow(
    js: JetStreamContext,
    what: Followed,
    take: Callable[[Sequence[Msg], int], None],
    lost: Callable[[Exception], None],
    retry_s: float = 1.0,
) -> None:
    """Read a stream until cancelled, each process for itself. Nothing is acknowledged: what is read is only remembered.

    `take` gets the messages, and how many of those that were there at the beginning are still to come (0 or less:
    none). It is called without messages when reading begins and when nothing comes for `IDLE_S` seconds. Whatever ends
    the reading is told to `lost`; after `retry_s` seconds it begins again, from the first message that `deliver` names.
    """
    while True:
        end_if_cancelled()
        try:
            await _read_on(js, what, take)
        except Exception as error:
            lost(error)
        await asyncio.sleep(retry_s)


async def _read_on(js: JetStreamContext, what: Followed, take: Callable[[Sequence[Msg], int], None]) -> None:
    """Read with a consumer that lives in the server's memory and goes when nobody asks it any more."""
    config = ConsumerConfig(
        name=f"{what.reader}-{js._nc._nuid.next().decode()}",
        deliver_policy=what.deliver,
        filter_subject=what.subject,
        ack_policy=AckPolicy.NONE,
        inactive_threshold=INACTIVE_S,
        mem_storage=True,
        num_replicas=1,
    )
    info = await js.add_consumer(what.stream, config)
    left = info.num_pending or 0
    reader = await PullReader.open(js, what.stream, info.name, what.batch, prefetch=True)
    try:
        take((), left)
        while True:
            end_if_cancelled()
            messages = await reader.next(IDLE_S)
            left -= len(messages)
            take(messages, left)
    finally:
        await reader.close()


def _is_gone(description: str) -> bool:
    """Which 409s end the consumer, as opposed to one request (a changed leader, a limit reached)."""
    lowered = description.lower()
    return "deleted" in lowered or "shutdown" in lowered
