"""The meters' door on real sockets, under each attack that once closed it, while a good feed keeps its 202."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.energy.intake.credentials import Device
from services.energy.intake.door import Door, create_app
from services.energy.intake.limits import FairShare
from services.energy.intake.settings import IntakeSettings
from shared.asgi import HttpServer
from shared.http_connections import ConnectionLimits
from shared.http_limits import InHand, TokenBuckets
from shared.http_refusals import Crowded
from shared.problems import Problem

SLOWEST_S = 2.0
"""Of a good feed's answers during an attack, on a busy machine; before, there was none or a 503."""
READING = {"readings": [{"meter": "m1", "time": 1_357_344_900, "value": 1}]}


class _Publisher:
    async def publish(self, *_: Any) -> None:
        """It is on the disk."""


class _Credentials:
    """Whoever says a name is that enterprise."""

    async def check(self, authorization: str | None) -> Device:
        if not authorization:
            raise Problem(401, "unauthenticated", "Who is calling?", "There is no credential.")
        return Device(authorization.removeprefix("Bearer "), 0)


@asynccontextmanager
async def serving(limits: ConnectionLimits | None = None, **changes: Any) -> AsyncIterator[HttpServer]:
    settings = IntakeSettings(**changes)
    door = Door(
        settings=settings,
        credentials=_Credentials(),  # type: ignore[arg-type]
        publisher=_Publisher(),  # type: ignore[arg-type]
        read_receipt=None,  # type: ignore[arg-type]
        receipt_key=b"k" * 32,
        now=lambda: datetime(2013, 1, 5, tzinfo=UTC),
        in_hand=InHand(settings.max_bytes_in_flight, settings.max_bytes_of_one, settings.max_requests_of_one),
        fair_share=FairShare(settings),
        requests=TokenBuckets(settings.requests_per_second, settings.requests_burst),
        addresses=TokenBuckets(settings.anonymous_per_second, settings.anonymous_burst),
    )
    server = HttpServer(Crowded(create_app(door)), "127.0.0.1", 0, limits=limits)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def announcing(port: int, enterprise: str, sockets: int, announced: int) -> AsyncIterator[None]:
    """So many sockets that announce a body and send a byte of it now and then."""
    head = (
        f"POST /v1/readings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {enterprise}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {announced}\r\n\r\n"
    ).encode()
    writers: list[asyncio.StreamWriter] = []

    async def drip() -> None:
        with contextlib.suppress(OSError):
            while True:
                for writer in writers:
                    writer.write(b" ")
                await asyncio.sleep(0.05)

    for _ in range(sockets):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        writers.append(writer)
    dripping = asyncio.create_task(drip())
    try:
        yield
    finally:
        dripping.cancel()
        for writer in writers:
            writer.close()


async def good_feed(port: int, pushes: int = 50) -> float:
    """All of them are 202; the slowest one's seconds."""
    slowest = 0.0
    headers = {"Authorization": "Bearer e-good", "Content-Type": "application/json"}
    async with httpx.AsyncClient(headers=headers, timeout=20) as client:
        for number in range(pushes):
            body = {"readings": [{**READING["readings"][0], "value": number}]}
            began = time.monotonic()
            answer = await client.post(f"http://127.0.0.1:{port}/v1/readings", content=json.dumps(body))
            slowest = max(slowest, time.monotonic() - began)
            assert answer.status_code == 202, answer.text
    return slowest


async def test_announced_bodies_take_nobody_elses_place() -> None:
    """32 sockets of one enterprise, 2 MB announced, a byte now and then: everybody else got 503, 79 of 79."""
    async with serving(body_timeout=600) as server, announcing(server.port, "e-attack", 32, 2_000_000):
        assert await good_feed(server.port) < SLOWEST_S


async def test_one_enterprise_has_so_many_requests_in_hand_and_is_told() -> None:
    async with (
        serving(body_timeout=600, max_requests_of_one=20) as server,
        announcing(server.port, "e-attack", 20, 2_000_000),
    ):
        assert await good_feed(server.port) < SLOWEST_S
        headers = {"Authorization": "Bearer e-attack", "Content-Type": "application/json"}
        async with httpx.AsyncClient(headers=headers) as client:
            answer = await client.post(f"http://127.0.0.1:{server.port}/v1/readings", json=READING)
        assert (answer.status_code, answer.json()["code"]) == (429, "too-much-at-once")


async def test_a_body_has_twenty_seconds_and_not_one_byte_more_time() -> None:
    """Half a body, then silence, was held over 280 s."""
    assert IntakeSettings().body_timeout == 20.0
    async with serving(body_timeout=0.3) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(
            b"POST /v1/readings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer e1\r\n"
            b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        assert head.startswith(b"HTTP/1.1 408")
        writer.close()


async def test_unfinished_heads_close_the_door_to_nobody() -> None:
    limits = ConnectionLimits(most=60, most_of_one=50, head_s=600)
    async with serving(limits) as server:
        held = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(120)]
        for _, writer in held:
            writer.write(b"POST /v1/readings HTTP/1.1\r\nHost: x\r\n")
        assert await good_feed(server.port) < SLOWEST_S
        for _, writer in held:
            writer.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/nothing", 404),
        ("DELETE", "/v1/readings", 405),
        ("POST", "/v1/readings", 401),
        ("GET", "/openapi.json", 200),
    ],
)
async def test_what_needs_no_credential_counts_against_the_address(
    method: str, path: str, status: int
) -> None:
    async with serving(anonymous_burst=3, anonymous_per_second=0.001) as server:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as stranger:
            assert [(await stranger.request(method, path)).status_code for _ in range(4)] == [status] * 3 + [
                429
            ]
        assert await good_feed(server.port, 5) < SLOWEST_S


async def test_requests_of_one_enterprise_are_counted_also_the_refused_ones() -> None:
    async with serving(requests_burst=3, requests_per_second=0.001) as server:
        url = f"http://127.0.0.1:{server.port}/v1/readings"
        headers = {"Authorization": "Bearer e1", "Content-Type": "application/json"}
        async with httpx.AsyncClient(headers=headers) as client:
            assert [(await client.post(url, content=b"{")).status_code for _ in range(4)] == [400] * 3 + [429]
        assert await good_feed(server.port, 3) < SLOWEST_S
