"""A caller who closes the connection: nobody waits for the answer, so the work for it ends."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from services.gateway.endpoint import while_wanted
from shared.problems import Problem

SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}


def request(closed: asyncio.Event) -> Request:
    """A GET whose connection is closed when the event is set."""
    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await closed.wait()
        return {"type": "http.disconnect"}

    return Request(SCOPE, receive)


async def test_a_closed_connection_ends_the_work() -> None:
    closed, begun, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    asked = asyncio.create_task(while_wanted(request(closed), work()))
    await begun.wait()
    assert not asked.done()
    closed.set()
    with pytest.raises(Problem, match="499 closed"):
        await asked
    assert ended.is_set()


async def test_an_answer_and_a_failure_come_through() -> None:
    async def works() -> int:
        return 7

    async def fails() -> int:
        raise LookupError("away")

    assert await while_wanted(request(asyncio.Event()), works()) == 7
    with pytest.raises(LookupError, match="away"):
        await while_wanted(request(asyncio.Event()), fails())
