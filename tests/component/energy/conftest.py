"""The energy registry on a real database, called through its operations as the gateway would.

Readings go into the store by the worker's own batch step, without the stream; the whole path is in test_process.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from services.energy.days.flusher import Flusher
from services.energy.monitoring.watch import CoverageWatch
from services.energy.readings import ranks, wire
from services.energy.readings.backlog import Settled
from services.energy.readings.batch import BatchStep, Done
from services.energy.service import Energy, serve
from shared.clock import CHINA, SteppedClock
from shared.event_log import Event, EventLog
from shared.identity import Actor
from shared.problems import Problem
from shared.rpc import Call, Operations
from tests.conftest import DatabaseFactory

PROVINCE = Actor("province-office", "province", "350000")
FUZHOU = Actor("fuzhou-office", "city", "350100")
XIAMEN = Actor("xiamen-office", "city", "350200")
FUQING = Actor("fuqing-office", "county", "350181")
MILL = Actor("mill", "enterprise", organisation="MILL")
OTHER = Actor("other", "enterprise", organisation="OTHER")
OPS = Actor("night-shift", "ops")

_STANDARD = {"edition": "GB/T 2589-2008", "valid_from": "2008-06-01", "source": "GB/T 2589-2008"}
PLAN: dict[str, Any] = {
    "plan": "fujian-2013",
    "regions": [
        {"code": "350000", "name": "福建省", "level": "province"},
        {"code": "350100", "name": "福州市", "level": "prefecture", "parent": "350000"},
        {"code": "350181", "name": "福清市", "level": "county", "parent": "350100"},
        {"code": "350182", "name": "长乐市", "level": "county", "parent": "350100"},
        {"code": "350200", "name": "厦门市", "level": "prefecture", "parent": "350000"},
        {"code": "350203", "name": "思明区", "level": "county", "parent": "350200"},
        {"code": "350527", "name": "金门县", "level": "county", "parent": "350000", "administered": False},
    ],
    "coefficients": [
        {
            "carrier": "electricity",
            "name": "电力",
            "basis": "equal",
            "unit": "kWh",
            "kgce": "0.1229",
            **_STANDARD,
        },
        {
            "carrier": "electricity",
            "name": "电力",
            "basis": "equivalent",
            "unit": "kWh",
            "kgce": "0.404",
            "provisional": True,
            **_STANDARD,
        },
        {"carrier": "raw_coal", "name": "原煤", "basis": "both", "unit": "kg", "kgce": "0.7143", **_STANDARD},
    ],
    "key_user_rules": [
        {
            "threshold_tce": "10000",
            "designated_from_tce": "5000",
            "valid_from": "2008-04-01",
            "source": "节约能源法 art. 52",
        }
    ],
    "monitoring_rules": [{"silent_after_hours": "2", "valid_from": "2013-01-01", "source": "read"}],
}


def local(text: str) -> datetime:
    """A moment in +08:00, e.g. "2013-01-15 08:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


class NothingWaits:
    """A backlog that is always worked off: readings go straight into the store here."""

    async def end(self) -> int:
        return 0

    async def worked_off(self, sequence: int) -> bool:
        return True


@dataclass
class Service:
    """One energy service without a network: requests go in as bytes, replies come out as bytes."""

    engine: AsyncEngine
    clock: SteppedClock
    energy: Energy
    operations: Operations
    connection: asyncpg.Connection
    owner_dsn: str
    steps: dict[int, BatchStep] = field(default_factory=dict)
    sequence: int = 0

    @property
    def flusher(self) -> Flusher:
        return Flusher(self.energy, Settled(NothingWaits(), self.clock))

    @property
    def watch(self) -> CoverageWatch:
        return CoverageWatch(self.energy, Settled(NothingWaits(), self.clock))

    async def call(self, actor: Actor, operation: str, /, *, key: Any = "", **body: Any) -> dict[str, Any]:
        """The whole reply of an operation. Raises Problem as the gateway's client would."""
        call = Call(key or uuid4().hex, actor, operation, body)
        reply: dict[str, Any] = msgspec.json.decode(await self.operations.answer(call.encode()))
        if "problem" in reply:
            raise Problem.from_dict(reply["problem"])
        return reply

    async def ask(self, actor: Actor, operation: str, /, *, key: Any = "", **body: Any) -> Any:
        """The data of the reply."""
        return (await self.call(actor, operation, key=key, **body))["data"]

    async def refused(self, actor: Actor, operation: str, /, *, key: Any = "", **body: Any) -> Problem:
        """The problem that an operation must answer with."""
        try:
            reply = await self.call(actor, operation, key=key, **body)
        except Problem as problem:
            return problem
        raise AssertionError(f"{operation} was not refused: {reply}")

    async def events(self, *types: str) -> list[Event]:
        """The log, or its events of some types."""
        async with self.engine.connect() as conn:
            found = await self.energy.log.read(conn, 0, 10_000)
        return [event for event in found if not types or event.type in types]

    async def measured(self, day: str = "2013-01-14") -> list[dict[str, Any]]:
        """The data of the day's `EnterpriseDayMeasured`."""
        events = await self.events("EnterpriseDayMeasured")
        return [event.data for event in events if event.data["day"] == day]

    async def enterprise(self, enterprise: str = "MILL", actor: Actor = OPS, /, **changes: Any) -> Any:
        """Register a paper mill in Fuqing."""
        body = {
            "enterprise": enterprise,
            "name": f"示例纸业 {enterprise}",
            "region": "350181",
            "industry": "2221",
            "valid_from": "2013-01-01",
        }
        return await self.ask(actor, "register-enterprise", **{**body, **changes})

    async def meter(self, meter: str = "M-1", actor: Actor = OPS, /, **changes: Any) -> Any:
        """Register an electricity counter of the mill, from 2013 on."""
        body = {
            "meter": meter,
            "enterprise": "MILL",
            "carrier": "electricity",
            "unit": "kWh",
            "kind": "register",
            "serial": "A1",
            "register_digits": 6,
            "capacity": "4000",
            "valid_from": "2013-01-01T00:00:00+08:00",
        }
        return await self.ask(actor, "register-meter", **{**body, **changes})

    async def key_users(self, year: int = 2013, /, **tce: str) -> Any:
        """Designate the enterprises named, each with its tce."""
        listed = [{"enterprise": name, "tce": value, "reason": "省定"} for name, value in tce.items()]
        return await self.ask(
            PROVINCE,
            "designate-key-users",
            year=year,
            basis="equivalent",
            source="闽经贸能源〔2013〕27号",
            enterprises=listed,
        )

    async def push(
        self,
        readings: Sequence[tuple[str, float]],
        *,
        meter: str = "M-1",
        enterprise: str = "MILL",
        received: str | None = None,
    ) -> Done:
        """Readings (local time, register value) as one POST, worked off at once; `received` or now by the Clock."""
        moment = local(received) if received else self.clock.now()
        post = wire.Post(
            receipt=uuid4().bytes,
            enterprise=enterprise,
            received_at=int(moment.timestamp() * 1_000_000),
            meters=[meter],
            which=wire.index_column([0] * len(readings)),
            t=wire.column([int(local(t).timestamp()) for t, _ in readings]),
            v=wire.column([round(v * 10**6) for _, v in readings]),
        )
        p = await self.connection.fetchval("SELECT p FROM feed WHERE enterprise = $1", enterprise)
        self.sequence += 1
        wire.stamp([post], ranks.place(0, self.sequence))
        step = self.steps.setdefault(p, BatchStep(p))
        return await step.run(self.connection, [post], self.clock.now())

    async def day_of_readings(self, day: str, start: float, each: float, **options: Any) -> Done:
        """A whole day of quarter-hours: 97 readings from 00:00 to 24:00, `each` more every time."""
        begin = local(f"{day} 00:00")
        rows = [
            ((begin + timedelta(minutes=15 * n)).strftime("%Y-%m-%d %H:%M"), start + each * n)
            for n in range(97)
        ]
        return await self.push(rows, **options)


@pytest_asyncio.fixture
async def bare_service(database: DatabaseFactory) -> AsyncIterator[Service]:
    """The service before any plan is loaded, on 15 January 2013 at noon."""
    made = await database("energy")
    engine = made.engine()
    connection = await asyncpg.connect(made.dsn)
    clock = SteppedClock(local("2013-01-15 12:00").astimezone(UTC))
    energy = Energy(engine, EventLog(clock), clock)
    yield Service(engine, clock, energy, serve(energy), connection, made.owner_dsn)
    await connection.close()
    await engine.dispose()


@pytest_asyncio.fixture
async def service(bare_service: Service) -> Service:
    """The service with a small plan."""
    await bare_service.ask(OPS, "load-plan", **PLAN)
    return bare_service


@pytest_asyncio.fixture
async def mill(service: Service) -> Service:
    """The service with a key user, MILL in Fuqing, and its one meter."""
    await service.enterprise()
    await service.meter()
    await service.key_users(MILL="12120")
    return service


def day(text: str) -> date:
    return date.fromisoformat(text)
