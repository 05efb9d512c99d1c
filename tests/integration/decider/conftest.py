"""A till as the smallest aggregate, run by the CommandRunner on a real log."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.catalogue import Catalogue
from shared.clock import SteppedClock
from shared.database import runtime_engine
from shared.decider import CommandRunner, Decider
from shared.event_log import Event, EventLog
from shared.identity import Actor
from shared.rpc import Call, Reply
from tests.conftest import DatabaseFactory

NOON = datetime(2013, 2, 5, 4, tzinfo=UTC)
ALICE = Actor("alice", "clerk")
BOB = Actor("bob", "clerk")


@dataclass(frozen=True, slots=True)
class PaidIn:
    amount: int


@dataclass(frozen=True, slots=True)
class PaidOut:
    amount: int


@dataclass(frozen=True, slots=True)
class PayIn:
    amount: int


@dataclass(frozen=True, slots=True)
class PayOut:
    amount: int


class Refused(Exception):
    """The till's no."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = "too-little"
        self.remedy = "Pay in first."
        self.where = "amount"


def decide(command: PayIn | PayOut, held: int) -> Sequence[PaidIn | PaidOut]:
    match command:
        case PayIn(0):
            return []
        case PayIn(amount):
            return [PaidIn(amount)]
        case PayOut(amount) if amount > held:
            raise Refused(f"{amount} is more than {held}.")
        case PayOut(amount):
            return [PaidOut(amount)]


def evolve(held: int, event: PaidIn | PaidOut) -> int:
    return held + event.amount if isinstance(event, PaidIn) else held - event.amount


TILL: Decider[int, PayIn | PayOut, PaidIn | PaidOut] = Decider(0, decide, evolve)


@dataclass
class Tills:
    """A service with tills."""

    engine: AsyncEngine
    log: EventLog
    runner: CommandRunner
    pokes: list[int] = field(default_factory=list)

    async def run(self, command: Any, key: str = "k", *, actor: Actor = ALICE, **more: Any) -> Reply:
        """Carry out a command on the one till, with a body that tells what it is."""
        shown = command if isinstance(command, PayIn | PayOut) else PayIn(-1)
        body = more.pop("body", {"what": type(shown).__name__, "amount": shown.amount})
        call = Call(key, actor, "pay", body)
        return await self.runner.run(
            call, "till", TILL, command, answer=lambda held, events: {"held": held}, **more
        )

    async def events(self) -> list[Event]:
        async with self.engine.connect() as conn:
            return await self.log.read(conn, 0, 1000)


@pytest_asyncio.fixture
async def tills(database: DatabaseFactory) -> AsyncIterator[Tills]:
    """An empty till."""
    made = await database("projects")
    engine = runtime_engine(made.url, application="test", pool=10)
    clock = SteppedClock(NOON)
    log = EventLog(clock)
    pokes: list[int] = []
    runner = CommandRunner(
        engine, log, Catalogue("tills", [PaidIn, PaidOut]), clock, Refused, lambda: pokes.append(1)
    )
    yield Tills(engine, log, runner, pokes)
    await engine.dispose()
