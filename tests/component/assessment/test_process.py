"""The whole process on real servers: called over NATS, its log relayed into ASSESSMENT."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from nats.js import JetStreamContext

from services.assessment.main import main
from shared import broker as nats_broker
from shared.envelope import Envelope
from shared.problems import Problem
from shared.rpc import Client
from shared.settings import Settings
from tests.component.assessment.conftest import FUZHOU, OPS, PROVINCE
from tests.conftest import DatabaseFactory
from tests.kit.servers import TestNats, wait_for


@pytest_asyncio.fixture
async def client(
    database: DatabaseFactory, nats_server: TestNats, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Client]:
    """A client as the gateway has it, with the service running as its own user."""
    own = {
        "SHENGJI_ENVIRONMENT": "test",
        "SHENGJI_NATS_URL": nats_server.url,
        "SHENGJI_NATS_USER": "assessment",
        "SHENGJI_NATS_PASSWORD": nats_server.passwords["assessment"],
        "SHENGJI_DATABASE_URL": (await database("assessment")).url,
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


async def test_the_plan_is_loaded_over_nats_and_every_event_stands_in_the_stream_at_its_position(
    client: Client, js: JetStreamContext, fujian: dict[str, Any]
) -> None:
    reply = await client.call("assessment", "load-plan", fujian, OPS, command_id="load-1")
    count = 3 + len(fujian["targets"])
    assert (reply["source"], reply["position"]) == ("assessment", count)
    assert await client.call("assessment", "load-plan", fujian, OPS, command_id="load-1") == reply

    async def last() -> bool:
        return (await js.stream_info("ASSESSMENT")).state.last_seq == count

    await wait_for(last, what="the whole log in the stream")
    first = Envelope.decode((await js.get_msg("ASSESSMENT", 1)).data or b"")
    assert (first.type, first.subject, first.sequence) == ("PlanPublished", "plan:fujian-2013", 1)
    whole = Envelope.decode((await js.get_msg("ASSESSMENT", 4)).data or b"")
    assert (whole.type, whole.data["target"], whole.data["value"]) == ("TargetSet", "TR-1", "2600")
    assert whole.correlationid == "load-1"

    with pytest.raises(Problem) as caught:
        await client.call("assessment", "load-plan", {**fujian, "title": "x"}, OPS, command_id="load-1")
    assert (caught.value.status, caught.value.code) == (422, "idempotency-key-reused")
    with pytest.raises(Problem, match="decided by the province"):
        await client.call("assessment", "load-plan", fujian, FUZHOU)
    page = await client.call("assessment", "list-targets", {"row": "TR-6"}, PROVINCE)
    assert len(page["data"]["items"]) == 9
