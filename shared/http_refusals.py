"""Refusals that arrive: an answer given before the whole request was read still reaches the client that is sending it.

A server that closes a connection on which something unread has arrived resets it, and the reset overtakes the
answer: the client meets a broken line where it should have read 413, 429 or 503 (ADR 0191).
"""

import asyncio
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http_limits import network, too_often
from shared.problems import Problem

DRAIN_BYTES = 64_000_000
DRAIN_S = 10.0
CROWDED_RETRY_S = 2
CROWDED = "crowded"
"""The member of a request's `state` that says: its connection has no place."""


class Drained:
    """ASGI middleware, the outermost one: after an early answer it reads the rest of the request and drops it.

    The answer itself goes out at once. It reads at most `most_bytes` for at most `most_s` seconds and keeps nothing. A
    client that announces more, or no length, is told that the connection ends with this answer.
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
        # A client that waits for "100 Continue" sends nothing until the application reads the body, which sends it.
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
    """ASGI middleware: a request on a connection that has no place is answered 503, and the connection ends with it.

    `shared.http_connections` says which connections have none.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope.get("state", {}).get(CROWDED):
            await self._app(scope, receive, send)
            return
        problem = Problem(
            503,
            "crowded",
            "Too many connections",
            "Too many connections are open, of your address or of all.",
            remedy="Send it again after Retry-After, and keep fewer connections open.",
            retry_after=CROWDED_RETRY_S,
        )
        answer = problem_response(problem)
        answer.headers["Connection"] = "close"
        await answer(scope, receive, send)


class PublicPages:
    """ASGI middleware: requests for what needs no token (documentation) count against the limit of the reader's
    address.

    `prefix`: the beginning of the paths that aren't public. `taken(address)`: counts a request; the seconds to wait, 0
    for none.
    """

    def __init__(self, app: ASGIApp, prefix: str, taken: Callable[[str], float]) -> None:
        self._app = app
        self._prefix = prefix
        self._taken = taken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        public = scope["type"] == "http" and not scope["path"].startswith(self._prefix)
        if public and (wait := self._taken(address(scope))):
            await problem_response(too_often(wait))(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def address(scope: Scope) -> str:
    """The key under which the caller's address is limited."""
    return network(str((scope.get("client") or ("unknown", 0))[0]))


def problem_response(problem: Problem, realm: str = "shengji") -> Response:
    """A problem as the caller gets it."""
    headers = {"Cache-Control": "no-store"}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        headers["WWW-Authenticate"] = f'Bearer realm="{realm}"'
    return Response(problem.encode(), problem.status, headers, "application/problem+json")


def _announced(scope: Scope) -> int:
    """Bytes of body that the request announces; -1: some, it doesn't say how many."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else -1
        if name == b"transfer-encoding":
            return -1
    return 0
