"""Publishes POSTs to READINGS and answers only when the stream has them.

A server that syncs on every acknowledgement takes some 750 publishes a second one by one. So small POSTs of one
partition wait a few milliseconds for each other and share one; each caller still gets the stream's own answer.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from services.energy.readings.wire import Post, encode, subject
from shared.broker import StreamFull
from shared.problems import Problem, unavailable

LARGE = 1_000
"""Readings from which on a POST goes at once, and a message that gathers POSTs is sent."""
MOST_BYTES = 500_000

log = structlog.get_logger(__name__)

Publish = Callable[[str, bytes, str], Awaitable[object]]
"""(subject, body, message id): returns when the stream has it, raises when it doesn't."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    post: Post
    stored: "asyncio.Future[None]"


class Publisher:
    """Shares publishes per partition."""

    def __init__(self, publish: Publish, wait_s: float) -> None:
        self._publish = publish
        self._wait_s = wait_s
        self._waiting: dict[int, list[_Waiting]] = {}
        self._on_its_way: dict[int, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def publish(self, partition: int, post: Post, message_id: str | None = None) -> None:
        """Return when READINGS has the POST. Raises Problem 503 when it hasn't, or may not have.

        `message_id`: the same request always has the same one, and the stream takes it once; such a POST goes alone.
        """
        if message_id is not None or post.count >= LARGE or self._wait_s <= 0:
            await self._send(partition, [post], message_id or uuid.uuid4().hex)
            return
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(partition, [])
        waiting.append(_Waiting(post, stored))
        if len(waiting) == 1:
            self._spawn(self._after_a_while(partition, waiting))
        elif sum(each.post.count for each in waiting) >= LARGE:
            self._spawn(self._send_all(partition, waiting))
        await stored

    async def _after_a_while(self, partition: int, waiting: list[_Waiting]) -> None:
        await asyncio.sleep(self._wait_s)
        # While one message is in flight the next one gathers POSTs: the slower the disk, the more of them share a sync.
        async with self._on_its_way.setdefault(partition, asyncio.Lock()):
            await self._send_all(partition, waiting)

    async def _send_all(self, partition: int, waiting: list[_Waiting]) -> None:
        """Publish the gathered POSTs, unless another task has already done so."""
        if self._waiting.get(partition) is not waiting:
            return
        del self._waiting[partition]
        try:
            await self._send(partition, [each.post for each in waiting], uuid.uuid4().hex)
        except Exception as error:
            for each in waiting:
                if not each.stored.done():
                    each.stored.set_exception(error)
            return
        for each in waiting:
            if not each.stored.done():
                each.stored.set_result(None)

    async def _send(self, partition: int, posts: list[Post], message_id: str) -> None:
        body = encode(posts)
        if len(body) > MOST_BYTES and len(posts) > 1:
            half = len(posts) // 2
            await self._send(partition, posts[:half], uuid.uuid4().hex)
            await self._send(partition, posts[half:], uuid.uuid4().hex)
            return
        try:
            await self._publish(subject(partition), body, message_id)
        except Exception as error:
            raise _not_stored(error) from error

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _not_stored(error: BaseException) -> Problem:
    log.warning("readings not stored", error=repr(error))
    if isinstance(error, StreamFull):
        return unavailable("The queue of readings is full.", retry_after=5)
    return unavailable("The readings could not be stored.", retry_after=2)
