"""The whole process on real servers: called over NATS, its log relayed, the plan's targets followed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from nats.js import JetStreamContext
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.projects.assessed.tables import TARGET
from services.projects.main import main
from shared import broker as nats_broker
from shared.envelope import Envelope
from shared.problems import Problem
from shared.rpc import Client
from shared.settings import Settings
from tests.component.projects.conftest import FUZHOU, OPS, PLAN, PROVINCE
from tests.conftest import DatabaseFactory
from tests.kit.servers import TestNats, wait_for


@pytest_asyncio.fixture
async def engine(database: DatabaseFactory) -> AsyncIterator[AsyncEngine]:
    """The service's database."""
    made = (await database("projects")).engine()
    yield made
    await made.dispose()


@pytest_asyncio.fixture
async def client(
    engine: AsyncEngine, nats_server: TestNats, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Client]:
    """A client as the gateway has it, with the service running as its own user."""
    own = {
        "SHENGJI_ENVIRONMENT": "test",
        "SHENGJI_NATS_URL": nats_server.url,
        "SHENGJI_NATS_USER": "projects",
        "SHENGJI_NATS_PASSWORD": nats_server.passwords["projects"],
        "SHENGJI_DATABASE_URL": engine.url.render_as_string(hide_password=False),
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    gateway = Settings(nats_user="gateway", nats_password=nats_server.passwords["gateway"])
    broker = await nats_broker.connect(gateway, "gateway")
    await broker.start()
    running = asyncio.create_task(main())
    yield Client(broker)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await broker.stop()


def target(value: str) -> Envelope:
    """Fuzhou's target of 2013 as assessment publishes it."""
    now = datetime(2013, 1, 27, tzinfo=UTC)
    return Envelope(
        specversion="1.0",
        id="1-x",
        source="assessment",
        type="TargetSet",
        subject="target:fujian-2013:TR-6a",
        time=now,
        datacontenttype="application/json",
        schemaversion=1,
        sequence=1,
        streamversion=1,
        recordedtime=now,
        hash="ab" * 32,
        previoushash="",
        simulated=False,
        data={
            "plan": "fujian-2013",
            "target": "TR-6a",
            "measure": "tech_renovation_investment",
            "region": "350100",
            "period": "2013",
            "value": value,
            "unit": "CNY_1e8",
        },
    )


async def test_a_plan_is_loaded_relayed_and_a_report_over_the_years_target_is_asked_back(
    client: Client, engine: AsyncEngine, js: JetStreamContext
) -> None:
    reply = await client.call("projects", "load-plan", PLAN, OPS)
    assert reply["source"] == "projects"
    await wait_for(lambda: _holds(js, "PROJECTS", reply["position"]), what="the plan's events in the stream")
    stored = Envelope.decode((await js.get_msg("PROJECTS", reply["position"])).data or b"")
    assert (stored.type, stored.sequence) == ("TagsLoaded", reply["position"])

    await js.publish("assessment.TargetSet", target("660").encode(), stream="ASSESSMENT")
    await wait_for(lambda: _targets(engine), what="the target has reached the service")
    report = {"region": "350100", "month": "2013-01", "investment": "66000000000.01"}
    consent = {"month": "2013-01", "until": "9999-12-31", "reason": "补报"}
    await client.call("projects", "reopen-reporting-month", consent, PROVINCE)
    with pytest.raises(Problem, match="12 times a twelfth of the year's target, 5500000000") as caught:
        await client.call("projects", "file-report", report, FUZHOU)
    assert caught.value.code == "confirm-amount"
    # By the machine's own time that report comes years late; it is taken with the province's consent, and marked so.
    filed = await client.call("projects", "file-report", {**report, "investment": "5500000000"}, FUZHOU)
    assert filed["data"]["late"] is True


async def _holds(js: JetStreamContext, stream: str, position: int) -> bool:
    return (await js.stream_info(stream)).state.last_seq >= position  # the duty watch may have written too


async def _targets(engine: AsyncEngine) -> int:
    async with engine.connect() as conn:
        return len((await conn.execute(select(TARGET))).all())
