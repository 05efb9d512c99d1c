"""Attackers beside a steady load: heads that never end, bodies that never come; and a good client, who must not notice.

The same attacks as in the tests of the HTTP server and of the meters' endpoint, on the whole system and for as long as
the load goes on.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx

SOCKETS = 600
"""With an unfinished head, at each public endpoint, more than an address may have: what is closed is opened again."""
FROM = "127.0.0.2"
"""Another address than the good clients'; on Linux all of 127.0.0.0/8 is this machine."""
BODIES = 32
DRIP_S = 2.0
PROBE_S = 0.5
_HEAD = b"GET /api/v1/progress/board HTTP/1.1\r\nHost: x\r\n"


@asynccontextmanager
async def attacking(gateway: str, intake: str, credential: str, token: str) -> AsyncIterator[list[float]]:
    """Both attacks while the block runs; yields the seconds of a good client's boards, as they are measured.

    `credential` is the attacking enterprise's own, `token` the good client's. An answer that isn't 200 counts as
    infinitely late.
    """
    announced = (
        f"POST /v1/readings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {credential}\r\n"
        "Content-Type: application/json\r\nContent-Length: 2000000\r\n\r\n"
    ).encode()
    took: list[float] = []
    attacks = [
        *(_drip(url, _HEAD, b"X-A: b\r\n") for url in (gateway, intake) for _ in range(SOCKETS)),
        *(_drip(intake, announced, b" ") for _ in range(BODIES)),
        _probe(f"{gateway}/api/v1/progress/board", token, took),
    ]
    running = [asyncio.create_task(attack) for attack in attacks]
    try:
        yield took
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _drip(url: str, first: bytes, drop: bytes) -> None:
    """One socket that begins and sends a drop now and then, for ever; again when it is closed."""
    address = urlsplit(url)
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(
                address.hostname, address.port, local_addr=(FROM, 0)
            )
            try:
                writer.write(first)
                while not reader.at_eof():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(reader.read(4096), DRIP_S)
                    writer.write(drop)
                    await writer.drain()
            finally:
                writer.close()
        await asyncio.sleep(DRIP_S)


async def _probe(url: str, token: str, took: list[float]) -> None:
    """A good client on a connection of its own each time, as a stranger would come."""
    while True:
        began = time.monotonic()
        try:
            async with httpx.AsyncClient(timeout=10.0) as client:
                answer = await client.get(url, headers={"Authorization": f"Bearer {token}"})
            took.append(time.monotonic() - began if answer.status_code == 200 else float("inf"))
        except httpx.HTTPError:
            took.append(float("inf"))
        await asyncio.sleep(PROBE_S)
