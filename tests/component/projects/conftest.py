"""The projects service on a real database, called through its operations as the gateway would."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from plans.loader import load_plan
from services.projects.service import app_on, serve
from shared.clock import SteppedClock
from shared.event_log import Event, EventLog
from shared.identity import Actor
from shared.problems import Problem
from shared.rpc import Call, Operations
from tests.conftest import DatabaseFactory

PROVINCE = Actor("province-office", "province", "350000")
TREASURY = Actor("province-treasury", "province", "350000")
FUZHOU = Actor("fuzhou-office", "city", "350100")
XIAMEN = Actor("xiamen-office", "city", "350200")
FUQING = Actor("fuqing-office", "county", "350181")
MILL = Actor("mill", "enterprise", organisation="E-1")
OPS = Actor("night-shift", "ops")

_DUTY = {"kind": "report", "who": "prefecture_governments", "source": "the plan", "confidence": "S"}
PLAN: dict[str, Any] = {
    "plan": "fujian-2013",
    "regions": [
        {"code": "350000", "name": "福建省", "level": "province"},
        {"code": "350100", "name": "福州市", "level": "prefecture", "parent": "350000"},
        {"code": "350181", "name": "福清市", "level": "county", "parent": "350100"},
        {"code": "350182", "name": "长乐市", "level": "county", "parent": "350100"},
        {"code": "350200", "name": "厦门市", "level": "prefecture", "parent": "350000"},
        {"code": "350203", "name": "思明区", "level": "county", "parent": "350200"},
        {
            "code": "PT",
            "name": "平潭综合实验区",
            "level": "zone",
            "parent": "350000",
            "relations": [{"kind": "part_of", "to": "350100", "valid_from": "2010-01-01"}],
        },
    ],
    "programmes": load_plan("fujian-2013").parts()["projects"]["programmes"],
    "registers": [
        {"register": "city_key", "name": "City key", "term": "市级重点项目", "level": "prefecture"},
        {"register": "provincial_key", "name": "Provincial key", "term": "百项千亿", "level": "province"},
        {"register": "national_plan", "name": "National plan", "term": "国家计划", "level": "nation"},
        {"register": "reserve_county", "name": "County reserve", "term": "县级储备库", "level": "county"},
        {"register": "reserve_city", "name": "City reserve", "term": "市级储备库", "level": "prefecture"},
        {"register": "reserve_provincial", "name": "Reserve", "term": "省级储备库", "level": "province"},
    ],
    "duties": [
        {
            **_DUTY,
            "duty": "TR-12",
            "rows": ["TR-12"],
            "name": "Monthly report",
            "term": "每月5日前报送",
            "regions": ["prefecture"],
            "recurrence": "monthly",
            "first_period": "2013-01",
            "last_period": "2013-12",
            "due": {"rule": "day_of_next_month", "day": 5},
            "carried_by": "monthly_report",
            "follow_up": {
                "remind_days": [5, 1],
                "missing_in_a_row": 3,
                "consequence": "named_in_bulletin",
            },
        },
        {
            **_DUTY,
            "duty": "TR-18",
            "rows": ["TR-18"],
            "name": "Quarterly update of the reserve library",
            "term": "按季度对项目储备库进行更新",
            "regions": ["prefecture"],
            "recurrence": "quarterly",
            "first_period": "2013-Q1",
            "last_period": "2013-Q4",
            "due": {"rule": "end_of_period"},
            "carried_by": "reserve_update",
        },
        {
            **_DUTY,
            "duty": "TR-22",
            "rows": ["TR-22"],
            "name": "Refer projects to the banks",
            "term": "定期推介",
            "regions": ["province", "prefecture"],
            "recurrence": "regular",
            "due": {"rule": "configuration"},
        },
    ],
    "rules": load_plan("fujian-2013").parts()["projects"]["rules"],
    "tags": load_plan("fujian-2013").parts()["projects"]["tags"],
}


def local(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """That hour of Fujian's day, as the Clock has it."""
    return datetime(year, month, day, hour - 8, tzinfo=UTC)


@dataclass
class Service:
    """One projects service without a network: requests go in as bytes, replies come out as bytes."""

    engine: AsyncEngine
    clock: SteppedClock
    operations: Operations
    log: EventLog

    registry: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the registry of enterprises knows, by id: the door brings it along for an enterprise's commands."""
    attached: dict[str, Any] = field(default_factory=dict)
    """What the door brings along with a call."""

    async def call(self, actor: Actor, operation: str, /, *, key: Any = "", **body: Any) -> dict[str, Any]:
        """The whole reply of an operation. Raises Problem as the gateway's client would."""
        own = self.registry.get(actor.organisation or "", {}) if actor.role == "enterprise" else {}
        attached = self.attached or own
        call = Call(key or uuid4().hex, actor, operation, body, attached=attached)
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

    async def events(self) -> list[Event]:
        """The whole log."""
        async with self.engine.connect() as conn:
            return await self.log.read(conn, 0, 10_000)

    async def project(self, project: str | None = "P-1", actor: Actor = FUZHOU, /, **changes: Any) -> Any:
        """Register a project in Fuqing, of 1.2 亿元."""
        body = {
            "project": project,
            "name": "纺织技改项目",
            "region": "350181",
            "industry": "1751",
            "total_investment": "120000000",
            "equipment_investment": "83500000",
            "planned_on": "2013-01-10",
        }
        return await self.ask(actor, "register-project", **{**body, **changes})

    async def report(self, month: str, investment: str, actor: Actor = FUZHOU, /, **changes: Any) -> Any:
        """File a city's report."""
        body = {"region": actor.area, "month": month, "investment": investment}
        return await self.ask(actor, "file-report", **{**body, **changes})


@pytest_asyncio.fixture
async def bare_service(database: DatabaseFactory) -> AsyncIterator[Service]:
    """The service before any plan is loaded, on 15 January 2013."""
    engine = (await database("projects")).engine()
    clock = SteppedClock(local(2013, 1, 15))
    log = EventLog(clock)
    operations = serve(app_on(engine, log, clock))
    yield Service(engine, clock, operations, log)
    await engine.dispose()


@pytest_asyncio.fixture
async def service(bare_service: Service) -> Service:
    """The service with a small plan."""
    await bare_service.ask(OPS, "load-plan", **PLAN)
    return bare_service


def day(text: str) -> date:
    return date.fromisoformat(text)
