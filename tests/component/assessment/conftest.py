"""The assessment service on a real database, called through its operations as the gateway would."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from plans.loader import load_plan
from services.assessment.service import serve
from shared.clock import SteppedClock
from shared.event_log import Event, EventLog
from shared.identity import Actor
from shared.problems import Problem
from shared.rpc import Call, Operations
from tests.conftest import DatabaseFactory

PROVINCE = Actor("province-office", "province", "350000")
FUZHOU = Actor("fuzhou-office", "city", "350100")
XIAMEN = Actor("xiamen-office", "city", "350200")
FUQING = Actor("fuqing-office", "county", "350181")
MILL = Actor("mill", "enterprise", "350181", "E-1")
OPS = Actor("night-shift", "ops")

ENERGY: dict[str, Any] = {
    "indicator": "total_energy",
    "region": "350100",
    "period": "2012",
    "value": "19864000",
    "unit": "tce",
    "source": "bulletin",
}


@dataclass
class Service:
    """One assessment service without a network: requests go in as bytes, replies come out as bytes."""

    engine: AsyncEngine
    clock: SteppedClock
    operations: Operations
    log: EventLog
    plan: dict[str, Any]
    attached: dict[str, Any] = field(default_factory=dict)

    async def call(self, actor: Actor, operation: str, /, *, key: Any = "", **body: Any) -> dict[str, Any]:
        """The whole reply of an operation. Raises Problem as the gateway's client would."""
        call = Call(key or uuid4().hex, actor, operation, body, attached=self.attached)
        reply: dict[str, Any] = msgspec.json.decode(await self.operations.answer(call.encode()))
        if "problem" in reply:
            raise Problem.from_dict(reply["problem"])
        return reply

    async def ask(self, actor: Actor, operation: str, /, *, key: Any = "", **body: Any) -> Any:
        """The data of the reply, which must be as the operation's response model says."""
        data = (await self.call(actor, operation, key=key, **body))["data"]
        self.operations.get(operation).response.model_validate(data, extra="forbid")
        return data

    async def refused(self, actor: Actor, operation: str, /, *, key: Any = "", **body: Any) -> Problem:
        """The problem that an operation must answer with."""
        try:
            reply = await self.call(actor, operation, key=key, **body)
        except Problem as problem:
            return problem
        raise AssertionError(f"{operation} was not refused: {reply}")

    async def events(self) -> list[Event]:
        """The whole log."""
        async with self.engine.connect() as conn:
            return await self.log.read(conn, 0, 10_000)


@pytest.fixture(scope="session")
def fujian() -> dict[str, Any]:
    """The plan as `shengji plan load` sends it."""
    return load_plan("fujian-2013").parts()["assessment"]


@pytest_asyncio.fixture
async def bare_service(database: DatabaseFactory, fujian: dict[str, Any]) -> AsyncIterator[Service]:
    """The service before any plan is loaded, on 5 March 2013."""
    engine = (await database("assessment")).engine()
    clock = SteppedClock(datetime(2013, 3, 5, 2, tzinfo=UTC))
    log = EventLog(clock)
    operations = serve(engine, log, clock)
    yield Service(engine, clock, operations, log, fujian)
    await engine.dispose()


@pytest_asyncio.fixture
async def service(bare_service: Service) -> Service:
    """The service with the plan of 2013."""
    await bare_service.ask(OPS, "load-plan", **bare_service.plan)
    return bare_service
