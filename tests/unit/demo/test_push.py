"""What the demo's devices send again, against a server that answers as it is told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from clients.door import DoorError
from demo.outgoing import Column, Post
from demo.push import Intake
from demo.tally import Tally
from tests.kit.answering import Server, http, serving

ACCEPTED = b'{"receipt": "r", "readings": 2}'


def _post() -> Post:
    return Post("E", (Column("M", np.array([1_357_000_000, 1_357_000_900]), np.array([1_000, 2_000])),))


@asynccontextmanager
async def intake(*answers: bytes) -> AsyncIterator[tuple[Server, Intake, Tally]]:
    async with serving(*answers) as server:
        tally = Tally()
        door = Intake(server.base, {"E": "E.secret"}, tally)
        try:
            yield server, door, tally
        finally:
            door.close()


async def test_what_is_refused_for_the_moment_is_sent_again_unchanged() -> None:
    busy = http(503, b'{"title": "Busy"}', "Retry-After: 0")
    async with intake(busy, http(429, b"{}", "Retry-After: 0"), http(202, ACCEPTED)) as (server, door, tally):
        sent = await door.send(_post())
    assert [each.receipt for each in sent] == ["r"]
    assert len(set(server.requests)) == 1
    assert len(server.requests) == 3
    assert (tally.posts, tally.readings, tally.retries, tally.uncertain) == (1, 2, 2, 0)


async def test_a_lost_answer_is_sent_again_and_may_count_twice() -> None:
    async with intake(b"", http(202, ACCEPTED)) as (_, door, tally):
        await door.send(_post())
    assert (tally.readings, tally.uncertain) == (2, 2)
    tally.outcomes["accepted"] = 2
    tally.outcomes["duplicate"] = 2
    assert tally.balanced
    tally.outcomes["duplicate"] = 3
    assert not tally.balanced


@pytest.mark.parametrize("status", [400, 401, 413, 422])
async def test_what_a_person_must_mend_is_not_sent_again(status: int) -> None:
    async with intake(http(status, b'{"title": "No", "detail": "because"}')) as (server, door, tally):
        with pytest.raises(DoorError, match="because"):
            await door.send(_post())
    assert len(server.requests) == 1
    assert tally.readings == 0


async def test_a_receipt_is_waited_for() -> None:
    done = b'{"state": "done", "readings": 2, "counts": {"accepted": 2}}'
    async with intake(http(200, b'{"state": "pending"}'), http(200, done)) as (server, door, _):
        assert (await door.receipt("E", "r"))["counts"] == {"accepted": 2}
    assert b"GET /v1/receipts/r " in server.requests[0]
    assert b"Authorization: Bearer E.secret" in server.requests[0]
