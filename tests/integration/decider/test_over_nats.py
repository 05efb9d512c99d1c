"""Commands over the real nats-server, by the users that the processes have: repeated, lost, nobody there."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial

import pytest
import pytest_asyncio
from pydantic import BaseModel, SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared import broker as nats_broker
from shared.broker import GuardedBroker
from shared.deadline import until
from shared.identity import Actor
from shared.problems import Problem
from shared.rpc import Call, Client, Operations, Reply
from shared.settings import Settings
from tests.integration.decider.conftest import TILL, PayIn, Tills
from tests.kit.servers import TestNats, wait_for

ALICE = Actor("alice", "clerk")


class Amount(BaseModel):
    amount: int


class Held(BaseModel):
    held: int


class Slow(BaseModel):
    seconds: float


@dataclass
class Counter:
    """The tills behind their operations. `swallow` so many answers on their way back."""

    tills: Tills
    calls: int = 0
    swallow: int = 0
    asked: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def operations(self) -> Operations:
        ops = _Lossy("projects", self)

        @ops.query("count", request=Slow, response=Held, summary="Count, slowly, in the database")
        async def count(call: Call, body: Slow) -> dict[str, int]:
            self.asked += 1
            self.begun.set()
            try:
                async with self.tills.engine.connect() as conn:
                    await conn.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": body.seconds})
            finally:
                self.ended.set()
            return {"held": self.asked}

        @ops.command("pay-in", request=Amount, response=Held, summary="Pay in")
        async def pay_in(call: Call, body: Amount) -> Reply:
            self.calls += 1
            self.begun.set()
            return await self.tills.runner.run(
                call, "till", TILL, PayIn(body.amount), answer=lambda held, events: {"held": held}
            )

        return ops


class _Lossy(Operations):
    """Operations whose answers get lost on the way, as often as the counter says."""

    def __init__(self, service: str, counter: Counter) -> None:
        super().__init__(service)
        self._counter = counter

    async def answer(self, raw: bytes) -> bytes:
        reply = await super().answer(raw)
        if self._counter.swallow:
            self._counter.swallow -= 1
            await self._counter.over.wait()
        return reply


async def connected(nats: TestNats, user: str) -> GuardedBroker:
    settings = Settings(
        environment="test",
        nats_url=nats.url,
        nats_user=user,
        nats_password=SecretStr(nats.passwords[user]),
    )
    return await nats_broker.connect(settings, user)


@pytest_asyncio.fixture
async def client(bare_nats: TestNats) -> AsyncIterator[Client]:
    """The gateway's client."""
    broker = await connected(bare_nats, "gateway")
    await broker.start()
    yield Client(broker)
    await broker.stop()


@pytest_asyncio.fixture
async def served(bare_nats: TestNats, tills: Tills) -> AsyncIterator[Counter]:
    """The service, answering."""
    counter = Counter(tills)
    broker = await connected(bare_nats, "projects")
    counter.operations().bind(broker)
    await broker.start()
    yield counter
    counter.over.set()
    await broker.stop()


async def test_a_command_is_carried_out_and_answered(client: Client, served: Counter) -> None:
    reply = await client.call("projects", "pay-in", {"amount": 5}, ALICE)
    assert reply == {"data": {"held": 5}, "source": "tills", "position": 1}


async def test_a_lost_answer_is_asked_for_again_under_the_same_id_and_the_service_acts_once(
    client: Client, served: Counter
) -> None:
    served.swallow = 1
    reply = await client.call("projects", "pay-in", {"amount": 5}, ALICE, timeout=8)
    assert reply["data"] == {"held": 5}
    assert served.calls == 2  # the second finds the stored answer
    assert len(await served.tills.events()) == 1


async def test_a_query_that_lasts_longer_than_a_silence_is_worked_on_once(
    client: Client, served: Counter
) -> None:
    answer = await client.query("projects", "count", {"seconds": 3.5}, ALICE)
    assert (json.loads(answer.data), served.asked) == ({"held": 1}, 1)


async def test_a_lost_answer_to_a_query_comes_with_the_repeat(client: Client, served: Counter) -> None:
    served.swallow = 1
    answer = await client.query("projects", "count", {"seconds": 0}, ALICE, timeout=8)
    assert json.loads(answer.data) == {"held": 2}


async def test_the_work_of_a_query_that_is_given_up_ends_down_to_the_database(
    client: Client, served: Counter
) -> None:
    """Nobody waits: the handler is cancelled, and so is its statement."""
    asked = asyncio.create_task(client.query("projects", "count", {"seconds": 60}, ALICE))
    await served.begun.wait()
    asked.cancel()
    async with asyncio.timeout(5):
        await served.ended.wait()
    await wait_for(partial(_nobody_sleeps, served), 5, "the database to have ended the statement")


async def test_when_the_time_is_up_the_work_ends(client: Client, served: Counter) -> None:
    with pytest.raises(Problem) as caught:
        await client.query("projects", "count", {"seconds": 60}, ALICE, timeout=1)
    assert caught.value.status == 503
    async with asyncio.timeout(5):
        await served.ended.wait()
    await wait_for(partial(_nobody_sleeps, served), 5, "the database to have ended the statement")


async def test_the_database_is_told_how_long_the_answer_is_waited_for(served: Counter, tills: Tills) -> None:
    """Also where this process dies at it: no statement outlives the question."""
    with until(time.monotonic() + 0.2):
        async with tills.engine.connect() as conn:
            with pytest.raises(DBAPIError, match="statement timeout"):
                await conn.execute(text("SELECT pg_sleep(30)"))
    async with tills.engine.connect() as conn:
        assert (await conn.execute(text("SHOW statement_timeout"))).scalar_one() == "30s"


async def test_a_command_that_was_begun_is_carried_out_whoever_leaves(
    client: Client, served: Counter
) -> None:
    served.swallow = 1
    asked = asyncio.create_task(client.call("projects", "pay-in", {"amount": 5}, ALICE))
    await served.begun.wait()
    asked.cancel()
    await wait_for(served.tills.events, 5, "the money to be paid in")


async def _nobody_sleeps(served: Counter) -> bool:
    async with served.tills.engine.connect() as conn:
        found = await conn.execute(
            text("""
                SELECT count(*) FROM pg_stat_activity
                WHERE state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()
            """)
        )
    return found.scalar_one() == 0


async def test_nobody_there_is_a_503_with_the_id_to_repeat(client: Client) -> None:
    with pytest.raises(Problem) as caught:
        await client.call("projects", "pay-in", {"amount": 5}, ALICE, command_id="k-7", timeout=0.3)
    assert (caught.value.status, caught.value.extra["command_id"]) == (503, "k-7")
    assert caught.value.retry_after == 1


async def test_a_service_that_starts_within_the_time_still_answers(
    bare_nats: TestNats, client: Client, tills: Tills
) -> None:
    asked = asyncio.create_task(client.call("projects", "pay-in", {"amount": 5}, ALICE))
    broker = await connected(bare_nats, "projects")
    Counter(tills).operations().bind(broker)
    assert not asked.done()
    await broker.start()
    assert (await asked)["data"] == {"held": 5}
    await broker.stop()


async def test_a_problem_crosses_as_one(client: Client, served: Counter) -> None:
    with pytest.raises(Problem) as caught:
        await client.call("projects", "pay-in", {"amount": "much"}, ALICE)
    assert (caught.value.status, caught.value.where) == (422, "amount")


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\x00", b"[1]", b"plain text"])
async def test_any_bytes_get_a_reply(
    client: Client, served: Counter, bare_nats: TestNats, raw: bytes
) -> None:
    gateway = await bare_nats.connect("gateway")
    message = await gateway.request("rpc.projects.pay-in", raw, timeout=5)
    assert json.loads(message.data)["problem"]["code"] == "malformed-call"


async def test_a_request_over_the_limit_is_told_so_and_not_tried_for_ever(
    client: Client, served: Counter
) -> None:
    with pytest.raises(Problem) as caught:
        await client.call("projects", "pay-in", {"amount": 1, "padding": "x" * 20_000_000}, ALICE)
    assert (caught.value.status, caught.value.code) == (413, "request-too-large")


async def test_two_replicas_share_the_calls_and_each_is_carried_out_once(
    bare_nats: TestNats, client: Client, served: Counter
) -> None:
    other = Counter(served.tills)
    broker = await connected(bare_nats, "projects")
    other.operations().bind(broker)
    await broker.start()
    for number in range(40):
        await client.call("projects", "pay-in", {"amount": 1}, ALICE, command_id=f"k{number}")
    assert served.calls + other.calls == 40
    assert served.calls > 0
    assert other.calls > 0
    assert len(await served.tills.events()) == 40
    await broker.stop()
