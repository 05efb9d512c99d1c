"""Real sockets: an answer that comes before the whole request was read reaches whoever is still sending it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from shared.asgi import HttpServer
from shared.http_refusals import Drained

ANSWER = b"too large"
MEGABYTE = 1_000_000


async def refusing(scope, receive, send):
    """Answers before it has heard anything of the body."""
    await send(
        {"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"%d" % len(ANSWER))]}
    )
    await send({"type": "http.response.body", "body": ANSWER})


@asynccontextmanager
async def serving(app) -> AsyncIterator[HttpServer]:
    server = HttpServer(app, "127.0.0.1", 0)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def chunks(size: int) -> AsyncIterator[bytes]:
    async def each() -> AsyncIterator[bytes]:
        for _ in range(0, size, 65_536):
            yield b"x" * 65_536

    return each()


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
@pytest.mark.parametrize("announced", [True, False])
async def test_a_refusal_reaches_the_client_that_is_still_sending(connection: str, announced: bool) -> None:
    async with serving(refusing) as server, httpx.AsyncClient() as client:
        for size in (100, 5 * MEGABYTE, 30 * MEGABYTE):
            answer = await client.post(
                f"http://127.0.0.1:{server.port}/",
                content=b"x" * size if announced else chunks(size),
                headers={"Connection": connection},
            )
            assert (answer.status_code, answer.content) == (413, ANSWER)


async def test_the_connection_goes_on_behind_a_refusal() -> None:
    async with serving(refusing) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for _ in range(3):
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000)
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 413")
            assert await reader.readexactly(len(ANSWER)) == ANSWER
        writer.close()


async def test_who_waits_for_a_go_ahead_is_refused_without_one() -> None:
    async with serving(refusing) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\nExpect: 100-continue\r\n\r\n")
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 413")
        assert answer.endswith(ANSWER)
        assert b"connection: close" in answer
        writer.close()


async def test_nobody_is_listened_to_for_ever() -> None:
    """A body without an end: the answer is there at once, the connection ends at the bound."""
    heard = 0

    async def endless():
        nonlocal heard
        heard += 1000
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    sent = []

    async def send(message):
        sent.append((message["type"], message.get("more_body", False), heard))

    scope = {"type": "http", "headers": [(b"transfer-encoding", b"chunked")]}
    await Drained(refusing, most_bytes=10_000)(scope, endless, send)
    assert sent == [
        ("http.response.start", False, 0),
        ("http.response.body", True, 0),
        ("http.response.body", False, 10_000),
    ]
