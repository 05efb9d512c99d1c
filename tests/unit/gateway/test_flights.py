"""Shared calls: never an answer older than its question."""

import asyncio

import pytest

from services.gateway.flights import Flights


class Call:
    """Counts its beginnings; each ends when it is let go, with its number."""

    def __init__(self) -> None:
        self.begun: list[asyncio.Event] = []

    async def __call__(self) -> int:
        number = len(self.begun)
        self.begun.append(asyncio.Event())
        await self.begun[number].wait()
        return number


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_those_who_come_while_one_flies_share_the_next() -> None:
    flights, call = Flights[int](), Call()
    first = asyncio.create_task(flights.join("board", call))
    await settle()
    late = [asyncio.create_task(flights.join("board", call)) for _ in range(3)]
    await settle()
    assert len(call.begun) == 1
    call.begun[0].set()
    await settle()
    assert (first.result(), len(call.begun)) == (0, 2)
    call.begun[1].set()
    assert await asyncio.gather(*late) == [1, 1, 1]


async def test_another_question_waits_for_nobody() -> None:
    flights, call = Flights[int](), Call()
    tasks = [asyncio.create_task(flights.join(key, call)) for key in ("board", "other")]
    await settle()
    assert len(call.begun) == 2
    for event in call.begun:
        event.set()
    assert sorted(await asyncio.gather(*tasks)) == [0, 1]


async def test_a_failure_is_everybodys_and_the_next_begins_anew() -> None:
    flights = Flights[int]()

    async def fails() -> int:
        raise LookupError("away")

    tasks = [asyncio.create_task(flights.join("board", fails)) for _ in range(2)]
    for task in tasks:
        with pytest.raises(LookupError):
            await task

    async def works() -> int:
        return 7

    assert await flights.join("board", works) == 7


async def test_who_leaves_takes_nobody_along() -> None:
    flights, call = Flights[int](), Call()
    leaver, stayer = (asyncio.create_task(flights.join("board", call)) for _ in range(2))
    await settle()
    leaver.cancel()
    await settle()
    call.begun[0].set()
    assert await stayer == 0


async def test_with_the_last_who_waits_the_call_ends_and_who_comes_after_begins_anew() -> None:
    flights, ended = Flights[int](), asyncio.Event()

    async def slow() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 1

    async def quick() -> int:
        return 2

    leavers = [asyncio.create_task(flights.join("board", slow)) for _ in range(2)]
    await settle()
    leavers[0].cancel()
    await settle()
    assert not ended.is_set(), "one still waits"
    leavers[1].cancel()
    await settle()
    assert ended.is_set()
    assert await flights.join("board", quick) == 2
