"""Refusals that arrive: what a door says before it has read the whole request reaches whoever is still sending it.

A server that closes a connection on which something unread has arrived resets it, and the reset overtakes the
answer: the client meets a broken line where it should have read 413, 429 or 503 (ADR 0191).
"""

import asyncio
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.problems import Problem

DRAIN_BYTES = 64_000_000
DRAIN_S = 10.0
CROWDED_RETRY_S = 2


class Drained:
    """ASGI middleware, outside all others: behind an early answer the rest of the request is taken off the line.

    The answer itself goes out at once. At most `most_bytes` and `most_s` seconds are listened to; nothing is kept.
    Who announces more, or not how much, is told that the connection ends with this answer.
    """

    def __init__(self, app: ASGIApp, most_bytes: int = DRAIN_BYTES, most_s: float = DRAIN_S) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._most_s = most_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = _announced(scope) if scope["type"] == "http" else 0
        if length == 0:
            await self._app(scope, receive, send)
            return
        whole = False
        # Who waits for "100 Continue" sends nothing before somebody hears on, which asks for it.
        waits = (b"expect", b"100-continue") in scope["headers"]

        async def hear() -> Message:
            nonlocal whole, waits
            waits = False
            message = await receive()
            whole = not message.get("more_body", False)
            return message

        async def drain() -> None:
            left = self._most_bytes
            try:
                async with asyncio.timeout(self._most_s):
                    while not whole and left > 0:
                        left -= len((await hear()).get("body", b""))
            except TimeoutError:
                pass

        async def answer(message: Message) -> None:
            begins = message["type"] == "http.response.start"
            if begins and not whole and (waits or not 0 <= length <= self._most_bytes):
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            if not begins and not whole and not message.get("more_body", False):
                await send({**message, "more_body": True})
                if not waits:
                    await drain()
                message = {"type": "http.response.body"}
            await send(message)

        await self._app(scope, hear, answer)


class Crowded:
    """ASGI middleware: over `most` open connections each request is answered 503 and its connection ends with it."""

    def __init__(self, app: ASGIApp, most: int, connections: Callable[[], int]) -> None:
        self._app = app
        self._most = most
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._connections() <= self._most:
            await self._app(scope, receive, send)
            return
        problem = Problem(
            503,
            "crowded",
            "Too many connections",
            f"More than {self._most} connections are open.",
            remedy="Send it again after Retry-After, and keep fewer connections open.",
            retry_after=CROWDED_RETRY_S,
        )
        headers = {"Retry-After": str(CROWDED_RETRY_S), "Connection": "close"}
        answer = Response(problem.encode(), problem.status, headers, "application/problem+json")
        await answer(scope, receive, send)


def _announced(scope: Scope) -> int:
    """Bytes of body that the request announces; -1: some, it doesn't say how many."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else -1
        if name == b"transfer-encoding":
            return -1
    return 0
