"""What the door keeps of a request while the stream's acknowledgement is awaited."""

import asyncio
import gzip
import json
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import httpx

from services.energy.intake.credentials import Device
from services.energy.intake.door import Door, create_app
from services.energy.intake.limits import FairShare
from services.energy.intake.settings import IntakeSettings
from shared.http_limits import InHand, TokenBuckets

_AT_ONCE = 8


class _Publisher:
    """Holds every POST until it is told that the stream has them."""

    def __init__(self) -> None:
        self.waiting = 0
        self.all_wait = asyncio.Event()
        self.stored = asyncio.Event()

    async def publish(self, *_: Any) -> None:
        self.waiting += 1
        if self.waiting == _AT_ONCE:
            self.all_wait.set()
        await self.stored.wait()


class _Credentials:
    async def check(self, _: str | None) -> Device:
        return Device("e1", 0)


async def test_a_body_of_white_space_does_not_wait_unpacked() -> None:
    """5 kB of gzip unpack to 4 MB: kept through the wait, sixteen thousand of them would fit the bound of 64 MB."""
    publisher, in_hand = _Publisher(), InHand(64_000_000, 64_000_000, 100)
    door = Door(
        IntakeSettings(),
        _Credentials(),  # type: ignore[arg-type]
        publisher,  # type: ignore[arg-type]
        read_receipt=None,  # type: ignore[arg-type]
        receipt_key=b"k" * 32,
        now=lambda: datetime(2013, 1, 5, tzinfo=UTC),
        in_hand=in_hand,
        fair_share=FairShare(IntakeSettings()),
        requests=TokenBuckets(1, 100),
        addresses=TokenBuckets(1, 100),
    )
    reading = json.dumps({"readings": [{"meter": "m1", "time": 1_357_344_900, "value": 1}]}).encode()
    body = gzip.compress(reading + b" " * 3_900_000)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    transport = httpx.ASGITransport(create_app(door))
    async with httpx.AsyncClient(transport=transport, base_url="http://door", headers=headers) as client:
        tracemalloc.start()
        try:
            sent = [asyncio.create_task(client.post("/v1/readings", content=body)) for _ in range(_AT_ONCE)]
            await publisher.all_wait.wait()
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert kept < 4_000_000
        assert 0 < in_hand.bytes < _AT_ONCE * 100
        publisher.stored.set()
        assert {(await each).status_code for each in sent} == {202}
    assert in_hand.bytes == 0
