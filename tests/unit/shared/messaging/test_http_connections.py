"""Attackers at the HTTP server itself, on real sockets, while a good client keeps its answers."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from shared.asgi import HttpServer
from shared.http_connections import ConnectionLimits
from shared.http_refusals import Crowded

GOOD_S = 2.0
"""A good client's slowest answer while an attack goes on, on a busy machine; none of the attacks ends sooner."""


async def fine(scope, receive, send):
    """Hears the whole request, then says so."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def serving(app=fine, **limits: Any) -> AsyncIterator[HttpServer]:
    server = HttpServer(Crowded(app), "127.0.0.1", 0, limits=ConnectionLimits(**limits))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def opened(port: int, first: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    await writer.drain()
    return reader, writer


async def answered(server: HttpServer, times: int = 20) -> None:
    """A good client, each time on a new connection: answered, and soon."""
    for _ in range(times):
        async with httpx.AsyncClient(timeout=GOOD_S) as client:
            assert (await client.get(f"http://127.0.0.1:{server.port}/")).status_code == 200


async def told(reader: asyncio.StreamReader) -> tuple[int, dict]:
    """The answer that ends a connection: its status and problem."""
    raw = await asyncio.wait_for(reader.read(), 20)
    head, _, body = raw.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize("first", [b"", b"\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n", b"GET /" + b"x" * 100])
async def test_unfinished_heads_take_nobodys_place(first: bytes) -> None:
    """2,010 connections with an unfinished head closed the gateway to all, for ever and without a token."""
    async with serving(most=50, most_of_one=40, head_s=600.0) as server:
        held = [await opened(server.port, first) for _ in range(120)]
        await answered(server)
        assert server.connections <= 41
        for _, writer in held:
            writer.close()


async def test_a_head_has_its_time_and_no_more() -> None:
    async with serving(head_s=0.3) as server:
        reader, writer = await opened(server.port, b"GET / HTTP/1.1\r\nHost: x\r\n")
        status, problem = await told(reader)
        assert (status, problem["code"]) == (408, "head-too-slow")
        writer.close()
        reader, writer = await opened(server.port, b"")
        assert await asyncio.wait_for(reader.read(), 20) == b"", "who said nothing is told nothing"
        writer.close()


async def test_a_byte_now_and_then_buys_no_more_time() -> None:
    async with serving(head_s=0.5) as server:
        reader, writer = await opened(server.port, b"GET / HTTP/1.1\r\n")

        async def drip() -> None:
            with contextlib.suppress(OSError):
                while True:
                    writer.write(b"X-A: b\r\n")
                    await writer.drain()
                    await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        assert (await told(reader))[0] == 408
        dripping.cancel()
        writer.close()


async def test_the_next_request_of_a_connection_has_a_deadline_too() -> None:
    async with serving(head_s=0.3) as server:
        reader, writer = await opened(server.port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\nok")
        writer.write(b"GET / HT")
        assert (await told(reader))[0] == 408
        writer.close()


async def test_a_head_without_end_is_refused_at_its_bound() -> None:
    async with serving(head_bytes=20_000) as server:
        reader, writer = await opened(server.port, b"GET / HTTP/1.1\r\n" + b"X-A: " + b"y" * 25_000)
        assert (await told(reader))[0] == 431
        writer.close()
        reader, writer = await opened(server.port, b"GET / HTTP/1.1\r\nX-A: " + b"y" * 15_000 + b"\r\n\r\n")
        await reader.readuntil(b"\r\n\r\nok")
        writer.close()


async def test_what_is_no_http_is_a_problem_like_any_other() -> None:
    async with serving() as server:
        reader, writer = await opened(server.port, b"HELO there\r\n\r\n")
        status, problem = await told(reader)
        assert (status, problem["code"]) == (400, "malformed-request")
        assert problem["remedy"]
        writer.close()


async def test_one_address_has_its_share_of_requests_in_hand() -> None:
    """Bodies that never come, each with its head complete: the next of that address is told, no other notices."""
    half = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\nx"
    async with serving(most=50, most_of_one=10) as server:
        held = [await opened(server.port, half) for _ in range(10)]
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{server.port}/")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "2"
        assert answer.json()["code"] == "crowded"
        held.pop()[1].close()
        await answered(server, 1)
        for _, writer in held:
            writer.close()


async def test_the_address_that_holds_the_most_gives_way() -> None:
    """From many addresses (127.0.0.0/8 is all ours): each below its share, together over the whole."""
    async with serving(most=60, most_of_one=50, head_s=600.0) as server:
        first = [await opened_from(f"127.0.0.{9}", server.port) for _ in range(5)]
        held = [await opened_from(f"127.0.1.{number % 3}", server.port) for number in range(150)]
        await answered(server)
        for reader, writer in first:
            assert not reader.at_eof(), "few connections of another address are left alone"
            writer.close()
        for _, writer in held:
            writer.close()


async def opened_from(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(host, 0))
    writer.write(b"GET / HTTP/1.1\r\n")
    await writer.drain()
    return reader, writer


async def test_a_proxy_that_is_trusted_has_no_share() -> None:
    half = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\nx"
    limits = ConnectionLimits(most=50, most_of_one=10)
    server = HttpServer(Crowded(fine), "127.0.0.1", 0, trusted_proxies="127.0.0.1", limits=limits)
    await server.start()
    held = [await opened(server.port, half) for _ in range(30)]
    await answered(server, 1)
    for _, writer in held:
        writer.close()
    await server.stop()


async def test_a_reader_that_takes_nothing_is_let_go() -> None:
    ended = asyncio.Event()

    async def endless(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        hearing = asyncio.create_task(gone(receive))
        while not hearing.done():
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
            await asyncio.sleep(0)
        ended.set()

    async with serving(endless, stalled_s=0.3) as server:
        _, writer = await opened(server.port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.wait_for(ended.wait(), 20)
        writer.close()


async def gone(receive) -> None:
    """Until the client is."""
    while (await receive())["type"] != "http.disconnect":
        pass
