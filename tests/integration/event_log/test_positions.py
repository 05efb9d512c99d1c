"""Positions: without gaps, in the order of commits, whatever writers do."""

import asyncio
import contextlib
import random

import pytest
from sqlalchemy import text

from shared.event_log import StreamWrite, VersionConflict
from tests.integration.event_log.conftest import Ledger, happened
from tests.kit.servers import wait_for


async def test_a_new_log_is_empty_and_its_head_says_so(ledger: Ledger) -> None:
    async with ledger.engine.connect() as conn:
        head = await ledger.log.head(conn)
        assert await ledger.log.load(conn, "nothing") == []
    assert (head.position, head.hash, head.recorded_at) == (0, b"", None)


async def test_what_is_appended_is_read_back_in_order(ledger: Ledger) -> None:
    first = await ledger.commit("a", count=2)
    second = await ledger.commit("b")
    third = await ledger.commit("a", expected=2)
    assert [(a.first_position, a.last_position) for a in (first, second, third)] == [(1, 2), (3, 3), (4, 4)]
    events = await ledger.all()
    assert [(e.position, e.stream, e.version) for e in events] == [
        (1, "a", 1),
        (2, "a", 2),
        (3, "b", 1),
        (4, "a", 3),
    ]
    async with ledger.engine.connect() as conn:
        assert [e.version for e in await ledger.log.load(conn, "a", after_version=1)] == [2, 3]
        assert [e.position for e in await ledger.log.read(conn, 1, 2)] == [2, 3]
        assert (await ledger.log.head(conn)).hash == third.hash


async def test_the_one_who_comes_second_waits_and_gets_the_next_position(ledger: Ledger) -> None:
    async with ledger.engine.connect() as first, ledger.engine.connect() as second:
        assert (await ledger.write(first, "first")).last_position == 1
        late = asyncio.create_task(ledger.write(second, "second"))
        await wait_for(ledger.waiting, what="the second writer waits for the counter")
        async with ledger.engine.connect() as reader:
            assert await ledger.log.read(reader, 0, 10) == [], "nobody reads what isn't committed"
        await first.commit()
        assert (await late).last_position == 2
        await second.commit()
    assert [(e.position, e.stream) for e in await ledger.all()] == [(1, "first"), (2, "second")]


async def test_the_first_gives_up_and_leaves_no_gap_for_the_second(ledger: Ledger) -> None:
    async with ledger.engine.connect() as first, ledger.engine.connect() as second:
        assert (await ledger.write(first, "given up", count=3)).last_position == 3
        late = asyncio.create_task(ledger.write(second, "second"))
        await wait_for(ledger.waiting, what="the second writer waits for the counter")
        await first.rollback()
        assert (await late).last_position == 1
        await second.commit()
    assert [(e.position, e.stream) for e in await ledger.all()] == [(1, "second")]


async def test_a_reader_that_remembers_its_last_position_misses_nobody(ledger: Ledger) -> None:
    """The trap of sequences: the one who commits later must not have the lower position."""
    seen: list[int] = []
    done = asyncio.Event()

    async def read() -> None:
        after = 0
        while True:
            finished = done.is_set()
            async with ledger.engine.connect() as conn:
                batch = await ledger.log.read(conn, after, 50)
            seen.extend(event.position for event in batch)
            after = batch[-1].position if batch else after
            if finished and not batch:
                return
            await asyncio.sleep(0)

    async def write(number: int) -> None:
        chance = random.Random(number)
        for turn in range(15):
            with contextlib.suppress(_GivenUp):
                async with ledger.engine.begin() as conn:
                    await ledger.write(conn, f"{number}-{turn}", count=chance.randint(1, 3))
                    if chance.random() < 0.3:
                        raise _GivenUp

    reader = asyncio.create_task(read())
    await asyncio.gather(*(write(number) for number in range(6)))
    done.set()
    await reader
    total = len(await ledger.all())
    assert total > 60
    assert seen == list(range(1, total + 1))
    async with ledger.engine.connect() as conn:
        assert (await ledger.log.verify(conn)).broken_at is None


class _GivenUp(Exception):
    pass


async def test_two_who_saw_the_same_version_one_wins_and_the_other_decides_again(ledger: Ledger) -> None:
    await ledger.commit("shared")
    async with ledger.engine.connect() as first, ledger.engine.connect() as second:
        await ledger.write(first, "shared", expected=1)
        late = asyncio.create_task(ledger.write(second, "shared", expected=1))
        await wait_for(ledger.waiting, what="the loser waits for the counter")
        await first.commit()
        with pytest.raises(VersionConflict, match="shared"):
            await late
        await second.rollback()
        assert (await ledger.write(second, "shared", expected=2)).last_position == 3
        await second.commit()
    assert [e.version for e in await ledger.all()] == [1, 2, 3]


async def test_a_conflict_in_one_stream_appends_to_none(ledger: Ledger) -> None:
    await ledger.commit("taken")
    with pytest.raises(VersionConflict):
        async with ledger.engine.begin() as conn:
            writes = [StreamWrite("free", 0, [happened()]), StreamWrite("taken", 0, [happened()])]
            await ledger.log.append(conn, writes, {})
    assert [e.stream for e in await ledger.all()] == ["taken"]
    assert (await ledger.commit("free")).last_position == 2


async def test_to_append_nothing_is_an_error_of_the_caller(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="no events"):
        async with ledger.engine.begin() as conn:
            await ledger.log.append(conn, [StreamWrite("a", 0, [])], {})


async def test_a_writer_that_falls_asleep_is_cut_off_and_the_counter_is_free_again(ledger: Ledger) -> None:
    async with ledger.engine.connect() as conn:
        limit = (await conn.execute(text("SHOW idle_in_transaction_session_timeout"))).scalar_one()
    assert limit == "2s"
    sleeper = await ledger.engine.connect()
    await ledger.write(sleeper, "asleep")
    await wait_for(lambda: ledger.commit("awake"), timeout=8, what="the sleeper is cut off")
    await sleeper.invalidate()
    await sleeper.close()
    assert [(e.position, e.stream) for e in await ledger.all()] == [(1, "awake")]
