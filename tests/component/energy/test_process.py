"""The whole service on real servers: called over NATS, fed through READINGS, its log relayed to ENERGY."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from nats.js import JetStreamContext

from deploy import topology
from services.energy import worker
from services.energy.main import main, run_api
from services.energy.readings import wire
from services.energy.settings import EnergySettings
from shared import broker as nats_broker
from shared.clock import SteppedClock
from shared.envelope import Envelope
from shared.problems import Problem
from shared.rpc import Client
from shared.runtime import Runtime
from shared.settings import Settings
from tests.component.energy.conftest import FUZHOU, MILL, OPS, PLAN, PROVINCE, local
from tests.conftest import DatabaseFactory
from tests.kit.servers import Database, TestNats, wait_for


@pytest_asyncio.fixture
async def made(database: DatabaseFactory) -> Database:
    """The service's database."""
    return await database("energy")


@pytest.fixture
def settings_of(made: Database, nats_server: TestNats) -> Callable[[str], Settings]:
    """The settings of a process by its name, with its own NATS user."""

    def make(process: str) -> Settings:
        return Settings(
            environment="test",
            nats_url=nats_server.url,
            nats_user=process,
            nats_password=nats_server.passwords[process],
            database_url=made.url_of(process) if topology.process(process).service else None,
        )

    return make


@pytest_asyncio.fixture
async def client(settings_of: Callable[[str], Settings]) -> AsyncIterator[Client]:
    """A client as the gateway has it."""
    broker = await nats_broker.connect(settings_of("gateway"), "gateway")
    await broker.start()
    yield Client(broker)
    await broker.stop()


@pytest_asyncio.fixture
async def clock() -> SteppedClock:
    """Noon of 15 January 2013."""
    return SteppedClock(local("2013-01-15 12:00").astimezone(UTC))


@pytest_asyncio.fixture
async def service(settings_of: Callable[[str], Settings], clock: SteppedClock) -> AsyncIterator[Runtime]:
    """The api process and the worker, both by one clock."""
    async with (
        Runtime.start("energy", process="energy", settings=settings_of("energy")) as api,
        Runtime.start("energy", process="energy-worker", settings=settings_of("energy-worker")) as work,
    ):
        api.clock = work.clock = clock
        await run_api(api, EnergySettings())
        await worker.start(work)
        await api.broker.start()
        yield api


async def _events(js: JetStreamContext, *types: str) -> list[Envelope]:
    """The ENERGY stream, or its events of some types."""
    last = (await js.stream_info("ENERGY")).state.last_seq
    found = [Envelope.decode((await js.get_msg("ENERGY", n)).data or b"") for n in range(1, last + 1)]
    return [one for one in found if not types or one.type in types]


async def _publish(js: JetStreamContext, p: int, received: datetime, rows: list[tuple[str, float]]) -> str:
    """One POST as the intake puts it on the stream; answers with its receipt."""
    receipt = uuid4()
    post = wire.Post(
        receipt=receipt.bytes,
        enterprise="MILL",
        received_at=int(received.timestamp() * 1_000_000),
        meters=["M-1"],
        which=wire.index_column([0] * len(rows)),
        t=wire.column([int(local(t).timestamp()) for t, _ in rows]),
        v=wire.column([round(v * 10**6) for _, v in rows]),
    )
    await js.publish(wire.subject(p), wire.encode([post]), stream="READINGS")
    return str(receipt)


NOON = "2013-01-15T04:00:00Z"
REGISTER: dict[str, Any] = {
    "enterprise": "MILL",
    "name": "示例纸业",
    "region": "350181",
    "industry": "2221",
    "valid_from": "2013-01-01",
}
METER: dict[str, Any] = {
    "meter": "M-1",
    "enterprise": "MILL",
    "carrier": "electricity",
    "unit": "kWh",
    "kind": "register",
    "serial": "A1",
    "valid_from": "2013-01-01T00:00:00+08:00",
}


async def test_from_registration_and_readings_to_the_energy_stream(
    client: Client, service: Runtime, clock: SteppedClock, js: JetStreamContext, made: Database
) -> None:
    await client.call("energy", "load-plan", PLAN, OPS)
    await client.call("energy", "register-enterprise", REGISTER, FUZHOU)
    listed = {
        "year": 2013,
        "basis": "equivalent",
        "source": "27号",
        "enterprises": [{"enterprise": "MILL", "tce": "12120"}],
    }
    await client.call("energy", "designate-key-users", listed, PROVINCE)

    # Readings of a meter that nobody knows yet wait in quarantine, with a receipt that says so.
    p = await _partition(made)
    rows = [("2013-01-15 00:00", 1000.0), ("2013-01-15 06:00", 1600.0), ("2013-01-15 12:00", 2200.0)]
    receipt = await _publish(js, p, clock.now(), rows)
    asked = {"enterprise": "MILL", "receipt": receipt}
    outcome = await wait_for(lambda: _found(client, asked), what="the receipt")
    assert outcome["counts"]["quarantined"] == 3

    # The registration lets them in, with the time at which they came first.
    reply = await client.call("energy", "register-meter", METER, FUZHOU)
    await wait_for(lambda: _released(client, asked, 3), what="the release")
    live = (await client.call("energy", "enterprise-live", {"enterprise": "MILL"}, MILL))["data"]
    assert live["carriers"][0]["periods"][0]["native"] == "1200"
    assert await _events(js, "EnterpriseDayMeasured") == []

    # At the day's close its figure leaves, and the verdict on the day.
    clock.set(local("2013-01-16 00:00"))
    (measured,) = await wait_for(lambda: _events(js, "EnterpriseDayMeasured"), what="the day's figure")
    assert measured.data["carriers"][0]["native"] == "1200"
    assert (measured.sequence > reply["position"], measured.simulated) == (True, True)
    assert await wait_for(lambda: _verdicts(js, "2013-01-15"), what="the day's verdict") == [True]

    # Data of that day which arrive now make a revision and leave the verdict as it is.
    late = await _publish(js, p, clock.now(), [("2013-01-16 00:00", 2500.0)])
    await wait_for(lambda: _found(client, {**asked, "receipt": late}), what="the late data")
    clock.set(local("2013-01-16 00:06"))
    _, revised = await wait_for(lambda: _two(js), what="the revision")
    assert (revised.data["revision"], revised.data["carriers"][0]["native"]) == (2, "1500")
    assert [
        e.data["online"] for e in await _events(js, "CoverageChanged") if e.data["day"] == "2013-01-15"
    ] == [True]

    # Silent since noon when the clock stepped over midnight; heard again; silent again two hours later.
    clock.set(local("2013-01-16 02:00"))
    feed = await wait_for(lambda: _feed(js, 3), what="the second silence")
    assert [one.type for one in feed] == ["FeedSilent", "FeedResumed", "FeedSilent"]
    assert [one.data["since"] for one in feed] == [NOON, NOON, "2013-01-15T16:00:00Z"]
    assert (await service.health.report())["status"] == "ok"


async def test_the_process_starts_by_its_role_and_answers(
    client: Client, settings_of: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = settings_of("energy")
    values = {
        "ENVIRONMENT": "test",
        "NATS_URL": own.nats_url,
        "NATS_USER": "energy",
        "NATS_PASSWORD": own.nats_password.get_secret_value() if own.nats_password else "",
        "DATABASE_URL": own.database_url.get_secret_value() if own.database_url else "",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"SHENGJI_{name}", value)
    running = asyncio.create_task(main("api"))
    try:
        listed = await client.call("energy", "list-enterprises", {}, OPS)
        assert listed["data"] == {"items": [], "next_cursor": None}
        with pytest.raises(Problem) as refused:
            await client.call("energy", "get-meter", {"meter": "NONE"}, OPS)
        assert refused.value.status == 404
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def test_an_unknown_role_is_named() -> None:
    with pytest.raises(SystemExit, match=r"api \| intake \| worker"):
        await main("nonsense")


async def _partition(made: Database) -> int:
    return int(await _one(made, "SELECT p FROM feed WHERE enterprise = 'MILL'"))


async def _found(client: Client, asked: dict[str, Any]) -> Any:
    try:
        return (await client.call("energy", "receipt", asked, MILL))["data"]
    except Problem as problem:
        if problem.status == 404:
            return None
        raise


async def _released(client: Client, asked: dict[str, Any], count: int) -> bool:
    return len((await client.call("energy", "receipt", asked, MILL))["data"]["released"]) == count


async def _one(made: Database, query: str) -> Any:
    conn = await asyncpg.connect(made.dsn)
    try:
        return await conn.fetchval(query)
    finally:
        await conn.close()


async def _verdicts(js: JetStreamContext, day: str) -> list[bool]:
    return [e.data["online"] for e in await _events(js, "CoverageChanged") if e.data["day"] == day]


async def _feed(js: JetStreamContext, count: int) -> list[Envelope] | None:
    found = await _events(js, "FeedSilent", "FeedResumed")
    return found if len(found) == count else None


async def _two(js: JetStreamContext) -> list[Envelope] | None:
    found = await _events(js, "EnterpriseDayMeasured")
    return found if len(found) == 2 else None
