"""Commands are carried out exactly once, whatever is repeated, raced or refused."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.catalogue import Catalogue
from shared.clock import SteppedClock
from shared.decider import CommandRunner, Decider
from shared.event_log import NewEvent, StreamWrite
from shared.problems import Problem
from shared.rpc import Call, Operations, Reply
from tests.integration.decider.conftest import (
    ALICE,
    BOB,
    NOON,
    TILL,
    PayIn,
    PayOut,
    Refused,
    Tills,
)
from tests.kit.servers import wait_for


async def test_a_command_appends_answers_and_pokes(tills: Tills) -> None:
    first = await tills.run(PayIn(5), "k1")
    second = await tills.run(PayOut(2), "k2")
    assert (first.data, first.source, first.position) == ({"held": 5}, "tills", 1)
    assert (second.data, second.position) == ({"held": 3}, 2)
    assert len(tills.pokes) == 2
    event = (await tills.events())[0]
    assert (event.type, event.data, event.occurred_at) == ("PaidIn", {"amount": 5}, NOON)
    assert event.metadata["actor"] == {"subject": "alice", "role": "clerk"}
    assert (event.metadata["command"], event.metadata["command_id"]) == ("pay", "k1")


async def test_the_same_id_again_gets_the_same_answer_and_position_and_nothing_happens(tills: Tills) -> None:
    first = await tills.run(PayIn(5), "k1")
    await tills.run(PayIn(1), "k2")
    again = await tills.run(PayIn(5), "k1")
    assert again == first
    assert len(await tills.events()) == 2


async def test_the_order_of_keys_in_the_body_makes_no_other_request(tills: Tills) -> None:
    first = await tills.run(PayIn(5), "k1", body={"a": 1, "b": {"c": 2, "d": 3}})
    assert await tills.run(PayIn(5), "k1", body={"b": {"d": 3, "c": 2}, "a": 1}) == first


async def test_the_same_id_with_another_body_is_refused(tills: Tills) -> None:
    await tills.run(PayIn(5), "k1")
    with pytest.raises(Problem) as caught:
        await tills.run(PayIn(6), "k1")
    assert (caught.value.status, caught.value.code) == (422, "idempotency-key-reused")
    assert len(await tills.events()) == 1


async def test_two_actors_may_use_the_same_id(tills: Tills) -> None:
    await tills.run(PayIn(5), "k1", actor=ALICE)
    assert (await tills.run(PayIn(6), "k1", actor=BOB)).data == {"held": 11}


async def test_a_command_that_changed_nothing_is_remembered_too(tills: Tills) -> None:
    await tills.run(PayIn(5), "k1")
    nothing = await tills.run(PayIn(0), "k2")
    assert (nothing.data, nothing.position) == ({"held": 5}, 1)
    await tills.run(PayIn(5), "k3")
    assert await tills.run(PayIn(0), "k2") == nothing, "the answer of then, not of now"
    on_nothing = await tills.runner.run(
        _call("k4"), "other", TILL, PayIn(0), answer=lambda held, events: held
    )
    assert (on_nothing.data, on_nothing.position) == (0, 0)


async def test_a_refusal_is_a_problem_and_may_succeed_when_things_have_changed(tills: Tills) -> None:
    with pytest.raises(Problem) as caught:
        await tills.run(PayOut(5), "k1")
    problem = caught.value
    assert (problem.status, problem.code, problem.where) == (422, "too-little", "amount")
    assert (problem.detail, problem.remedy) == ("5 is more than 0.", "Pay in first.")
    assert await tills.events() == []
    await tills.run(PayIn(5), "k2")
    assert (await tills.run(PayOut(5), "k1")).data == {"held": 0}


async def test_the_same_command_twice_at_once_is_carried_out_once(tills: Tills) -> None:
    answers = await asyncio.gather(*(tills.run(PayIn(5), "k1") for _ in range(6)))
    assert {(reply.position, reply.data["held"]) for reply in answers} == {(1, 5)}
    assert len(await tills.events()) == 1


async def test_many_at_once_on_one_stream_all_succeed_or_are_told_of_the_conflict(tills: Tills) -> None:
    async def pay(number: int) -> int:
        for attempt in range(50):
            try:
                await tills.run(PayIn(1), f"k{number}")
                return attempt
            except Problem as problem:
                if problem.status != 409:
                    raise
        raise AssertionError("never got through")

    await asyncio.gather(*(pay(number) for number in range(8)))
    assert (await tills.run(PayIn(0), "sum")).data == {"held": 8}
    assert [event.version for event in await tills.events()] == list(range(1, 9))


async def test_the_loser_of_a_race_decides_again_on_what_the_winner_left(tills: Tills) -> None:
    await tills.run(PayIn(5), "k1")
    decided_on: list[int] = []

    async def overtaken(conn: AsyncConnection) -> PayOut:
        if not decided_on:
            # The other clerk empties the till after this transaction has begun.
            await tills.run(PayOut(4), "other", actor=BOB)
        decided_on.append(1)
        return PayOut(4)

    with pytest.raises(Problem, match="4 is more than 1"):
        await tills.run(overtaken, "k2")
    assert len(decided_on) == 2
    assert [event.data["amount"] for event in await tills.events()] == [5, 4]


async def test_who_always_loses_is_told_of_the_conflict(tills: Tills) -> None:
    turn = 0

    async def always_overtaken(conn: AsyncConnection) -> PayIn:
        nonlocal turn
        turn += 1
        await tills.run(PayIn(1), f"other-{turn}", actor=BOB)
        return PayIn(1)

    with pytest.raises(Problem) as caught:
        await tills.run(always_overtaken, "k1")
    assert (caught.value.status, caught.value.code) == (409, "conflict")
    assert {event.metadata["actor"]["subject"] for event in await tills.events()} == {"bob"}


async def test_inline_tables_the_answer_and_the_events_are_one_transaction(tills: Tills) -> None:
    async def failing(conn: AsyncConnection, events: Sequence[Any]) -> None:
        await conn.execute(text("INSERT INTO programme VALUES ('p', 'TR', 'x')"))
        raise RuntimeError("the process dies here")

    with pytest.raises(RuntimeError):
        await tills.run(PayIn(5), "k1", inline=failing)
    async with tills.engine.connect() as conn:
        for table in ("event", "command", "programme"):
            assert (await conn.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0
    assert tills.pokes == []
    assert (await tills.run(PayIn(5), "k1")).position == 1


async def test_inline_is_not_called_when_nothing_happened(tills: Tills) -> None:
    async def never(conn: AsyncConnection, events: Sequence[Any]) -> None:
        raise AssertionError(f"called with {events}")

    await tills.run(PayIn(0), "k1", inline=never)


async def test_the_victim_of_a_deadlock_is_carried_out_after_the_other(tills: Tills) -> None:
    async with tills.engine.begin() as conn:
        await conn.execute(text("INSERT INTO programme VALUES ('p', 'A', ''), ('p', 'B', '')"))
    both_hold_one = asyncio.Barrier(2)
    attempts = {"A": 0, "B": 0}

    def grasping(mine: str, other: str) -> Any:
        async def inline(conn: AsyncConnection, events: Sequence[Any]) -> None:
            attempts[mine] += 1
            await _touch(conn, mine)
            if attempts[mine] == 1:
                await _meet(conn, both_hold_one)
            await _touch(conn, other)

        return inline

    def pay(stream: str, inline: Any) -> Any:
        return tills.runner.run(
            _call(stream), stream, TILL, PayIn(1), answer=lambda held, events: held, inline=inline
        )

    replies = await asyncio.gather(pay("a", grasping("A", "B")), pay("b", grasping("B", "A")))
    assert sorted(reply.position for reply in replies) == [1, 2]
    assert sorted(attempts.values()) == [1, 2], "one was the victim and was tried again"


@pytest.mark.parametrize("by_the_driver", [False, True], ids=["sqlalchemy", "driver"])
async def test_two_that_meet_in_an_inline_table_are_decided_one_after_the_other(
    tills: Tills, by_the_driver: bool
) -> None:
    """Both saw an empty till and insert the same row: who comes second decides again on what the first left."""
    both_have_decided = asyncio.Barrier(2)
    attempts: list[str] = []

    def opening(key: str) -> Any:
        async def inline(conn: AsyncConnection, events: Sequence[Any]) -> None:
            attempts.append(key)
            if attempts.count(key) == 1:
                await _meet(conn, both_have_decided)
            if not await conn.scalar(text("SELECT count(*) FROM programme WHERE code = 'T'")):
                await _insert(conn, by_the_driver)

        return inline

    replies = await asyncio.gather(*(tills.run(PayIn(1), key, inline=opening(key)) for key in ("a", "b")))
    assert sorted(reply.data["held"] for reply in replies) == [1, 2]
    assert len(attempts) == 3


async def _insert(conn: AsyncConnection, by_the_driver: bool) -> None:
    """Insert the row, through SQLAlchemy or as a hot path does, whose errors SQLAlchemy doesn't wrap."""
    statement = "INSERT INTO programme VALUES ('p', 'T', '')"
    if by_the_driver:
        driver = (await conn.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.execute(statement)
    else:
        await conn.execute(text(statement))


async def test_a_row_that_stands_in_the_way_for_good_is_an_error_and_not_tried_for_ever(tills: Tills) -> None:
    async with tills.engine.begin() as conn:
        await conn.execute(text("INSERT INTO programme VALUES ('p', 'T', '')"))
    attempts: list[int] = []

    async def inline(conn: AsyncConnection, events: Sequence[Any]) -> None:
        attempts.append(1)
        await conn.execute(text("INSERT INTO programme VALUES ('p', 'T', '')"))

    with pytest.raises(IntegrityError):
        await tills.run(PayIn(1), "a", inline=inline)
    assert 1 < len(attempts) < 10
    assert await tills.events() == []


async def test_the_repeat_that_was_overtaken_by_its_twin_gets_the_twins_answer(tills: Tills) -> None:
    """It looked for its answer before the twin committed, and is refused for what the twin has left."""
    await tills.run(PayIn(5), "k1")
    twins = [PayOut(4)]

    async def what_is_there_now(conn: AsyncConnection) -> PayOut:
        if twins:
            await tills.run(twins.pop(), "k2", body={"amount": 4})
        return PayOut(9)

    reply = await tills.run(what_is_there_now, "k2", body={"amount": 4})
    assert (reply.data, reply.position) == ({"held": 1}, 2)
    assert len(await tills.events()) == 2


async def test_a_connection_that_is_cut_is_a_503_and_the_repeat_succeeds(tills: Tills) -> None:
    cuts = [1]

    async def cut_off(conn: AsyncConnection) -> PayIn:
        if cuts:
            cuts.pop()
            await _cut(tills, conn)
        return PayIn(5)

    class Nothing(BaseModel):
        pass

    operations = Operations("tills")

    @operations.command("pay", request=Nothing, response=Nothing, summary="")
    async def pay(call: Call, body: Nothing) -> Reply:
        return await tills.runner.run(call, "till", TILL, cut_off, answer=lambda held, events: {"held": held})

    raw = Call("k1", ALICE, "pay", {}).encode()
    problem = json.loads(await operations.answer(raw))["problem"]
    assert (problem["status"], problem["retry_after"]) == (503, 1)
    assert json.loads(await operations.answer(raw))["data"] == {"held": 5}
    assert len(await tills.events()) == 1


async def test_events_written_in_old_words_are_read_in_todays(tills: Tills) -> None:
    old = NewEvent("PaidIn", 1, {"fen": 700}, NOON)
    async with tills.engine.begin() as conn:
        await tills.log.append(conn, [StreamWrite("till", 0, [old])], {})

    @dataclass(frozen=True, slots=True)
    class PaidIn:
        amount: int
        schema_version: ClassVar[int] = 2

    seen: list[object] = []

    def evolve(held: int, event: PaidIn) -> int:
        seen.append(event)
        return held + event.amount

    catalogue = Catalogue("tills", [PaidIn], {("PaidIn", 1): lambda data: {"amount": data["fen"] // 100}})
    runner = CommandRunner(tills.engine, tills.log, catalogue, SteppedClock(NOON), Refused)
    decider: Decider[int, Any, PaidIn] = Decider(0, lambda command, held: [PaidIn(1)], evolve)
    reply = await runner.run(_call("k1"), "till", decider, "pay", answer=lambda held, events: held)
    assert reply.data == 8
    assert seen[0] == PaidIn(7)
    assert [(e.schema_version, e.data) for e in await tills.events()] == [
        (1, {"fen": 700}),
        (2, {"amount": 1}),
    ]


def _call(key: str) -> Call:
    return Call(key, ALICE, "pay", {})


async def _cut(tills: Tills, conn: AsyncConnection) -> None:
    """Cut the connection as a restart of the server would, and wait until it is gone."""
    pid = (await conn.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    async with tills.engine.connect() as other:
        await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    await wait_for(lambda: _gone(tills, pid), what="the connection is cut")


async def _meet(conn: AsyncConnection, barrier: asyncio.Barrier) -> None:
    """Wait for the other inside the transaction, on a busy machine longer than a session may be idle in one."""
    await conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    await barrier.wait()


async def _touch(conn: AsyncConnection, code: str) -> None:
    await conn.execute(text("UPDATE programme SET name = name || '.' WHERE code = :code"), {"code": code})


async def _gone(tills: Tills, pid: int) -> bool:
    async with tills.engine.connect() as conn:
        question = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
        return bool((await conn.execute(question, {"pid": pid})).scalar_one() == 0)
