"""Bodies in hand: what has arrived counts, whatever was announced; who has too much waits, and nobody else."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.http_limits import InHand, network, read_body
from shared.problems import Problem


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def in_hand() -> InHand:
    return InHand(most_bytes=100, most_bytes_of_one=60, most_of_one=3)


async def test_a_body_that_is_only_announced_takes_no_room() -> None:
    """32 sockets of one enterprise that announced 2 MB each made everybody else's push a 503."""
    hand, never = in_hand(), asyncio.Event()

    async def announced() -> AsyncIterator[bytes]:
        yield b"x"
        await never.wait()

    async def slow(one: str) -> None:
        with hand.body(one) as room:
            await read_body(announced(), room, 2_000_000, 600)

    attack = [asyncio.create_task(slow("E-ATTACK")) for _ in range(3)]
    await asyncio.sleep(0)
    assert hand.bytes == 3
    with hand.body("E-GOOD") as room:
        assert await read_body(chunks(b"y" * 30, b"y" * 20), room, 60, 5) == b"y" * 50
        assert hand.bytes == 53
    for task in attack:
        task.cancel()
    await asyncio.gather(*attack, return_exceptions=True)
    assert hand == in_hand(), "everything is given back"


async def test_a_body_has_its_time_however_it_drips() -> None:
    async def dripping() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    with in_hand().body("E") as room, pytest.raises(Problem) as refused:
        await read_body(dripping(), room, 1_000, 0.1)
    assert (refused.value.status, refused.value.code) == (408, "body-too-slow")


async def test_one_caller_has_its_share_and_all_together_theirs() -> None:
    hand = in_hand()
    with hand.body("a") as first, hand.body("b") as second:
        first.hold(60)
        with hand.body("a") as more, pytest.raises(Problem) as own:
            more.hold(1)
        assert (own.value.status, own.value.code, own.value.retry_after) == (429, "too-much-at-once", 1)
        with pytest.raises(Problem) as all_of_them:
            second.hold(41)
        assert all_of_them.value.status == 503
        second.hold(40)
        first.hold(10)
        second.hold(41)
    assert hand == in_hand()


def test_one_caller_has_so_many_requests_in_hand() -> None:
    hand = in_hand()
    with hand.body("a"), hand.body("a"), hand.body("a"):
        with pytest.raises(Problem) as refused, hand.body("a"):
            pass
        assert refused.value.status == 429
        with hand.body("b"):
            pass
    assert hand == in_hand()


async def test_a_body_over_the_limit_gives_its_room_back() -> None:
    hand = in_hand()
    with pytest.raises(Problem) as refused, hand.body("a") as room:
        await read_body(chunks(b"x" * 20, b"x" * 20), room, 30, 5)
    assert refused.value.status == 413
    assert hand == in_hand()


def test_a_household_is_one() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff:1")
    assert network("::ffff:10.0.0.1") != network("::ffff:10.0.0.2"), "every address of IPv4 is of its own"
    assert network("not an address") == "not an address"
