"""The process as it is shipped: its own NATS user, its own database role, questions by NATS, a rebuild beside it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local.ports import free_port
from services.progress.common import rules
from services.progress.measures.store.read_model import ReadModel
from shared import broker as nats_broker
from shared.clock import SystemClock
from shared.identity import Actor
from shared.problems import Problem
from shared.rpc import Client
from shared.settings import Settings
from tests.component.progress.world import Sources, moment
from tests.conftest import DatabaseFactory
from tests.kit.servers import PATIENCE_S, Database, TestNats, wait_for

PROVINCE = Actor("p", "province", "350000")


@pytest_asyncio.fixture
async def progress_database(database: DatabaseFactory) -> Database:
    return await database("progress")


@pytest.fixture
def environment(nats_server: TestNats, progress_database: Database) -> dict[str, str]:
    """What the supervisor gives the process."""
    return {
        **os.environ,
        "SHENGJI_ENVIRONMENT": "test",
        "SHENGJI_NATS_URL": nats_server.url,
        "SHENGJI_NATS_USER": "progress",
        "SHENGJI_NATS_PASSWORD": nats_server.passwords["progress"],
        "SHENGJI_DATABASE_URL": progress_database.url,
        "SHENGJI_HEALTH_PORT": str(free_port()),
    }


@pytest_asyncio.fixture
async def process(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.progress.main", env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    yield running
    if running.returncode is None:
        running.terminate()
        await asyncio.wait_for(running.wait(), 20)


@pytest_asyncio.fixture
async def gateway(nats_server: TestNats) -> AsyncIterator[Client]:
    settings = Settings(
        environment="test",
        nats_url=nats_server.url,
        nats_user="gateway",
        nats_password=nats_server.passwords["gateway"],
    )
    broker = await nats_broker.connect(settings, "gateway")
    yield Client(broker)
    await broker.stop()


async def test_from_stream_to_answer_through_a_rebuild_to_a_clean_end(
    nats_server: TestNats,
    progress_database: Database,
    environment: dict[str, str],
    process: asyncio.subprocess.Process,
    gateway: Client,
):
    hints: list[str] = []

    async def hinted(message) -> None:
        hints.append(json.loads(message.data)["last"])

    await (await nats_server.connect("gateway")).subscribe("hint.progress", cb=hinted)
    sources = Sources(await nats_server.jetstream())
    await sources.plan()
    await sources.report("350100", "2013-01", 50, moment("2013-02-04"))
    await sources.live("steel", "350102", "2013-02-06", "1")

    async def ask(operation: str, **body: object) -> dict[str, Any]:
        return (await gateway.call("progress", operation, body, PROVINCE, timeout=30))["data"]

    async def caught_up() -> bool:
        try:
            await ask("board", at_least=sources.positions)
        except Problem as problem:
            if problem.status != 503:
                raise
            return False
        return True

    await wait_for(caught_up, timeout=60)
    figure = (await ask("figure", target="TR-6a"))["figure"]
    assert figure["value"] == "50.0000"
    assert await wait_for(lambda: [hint for hint in hints if hint.startswith("v1:")])

    rebuilding = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.progress.rebuild",
        env={**environment, "SHENGJI_OWNER_DATABASE_URL": progress_database.owner_url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await asyncio.wait_for(rebuilding.communicate(), 60)
    assert rebuilding.returncode == 0, errors.decode()
    assert "progress_v2 serves" in output.decode()

    async def switched() -> bool:
        return (await ask("board"))["version"] == 2

    await wait_for(switched, timeout=20)
    assert (await ask("figure", target="TR-6a"))["figure"]["value"] == "50.0000"

    async with httpx.AsyncClient() as http:
        ready = await http.get(f"http://127.0.0.1:{environment['SHENGJI_HEALTH_PORT']}/ready")
    assert ready.status_code == 200
    assert {name for name in ready.json()["checks"] if "progress_v" in name} == {
        f"consumer progress_v2 < {source}" for source in ("assessment", "projects", "energy")
    }
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_it_may_not_write_anybodys_events(nats_server: TestNats):
    """Least privilege: progress reads the domain streams and writes none."""
    js = await nats_server.jetstream("progress", timeout=0.5)
    for subject in ("projects.MonthlyReportFiled", "energy.FeedSilent", "live.energy.x", "readings.0"):
        with pytest.raises(Exception, match=r"timeout|no response|permissions"):
            await js.publish(subject, b"{}", timeout=0.5)
    for stream in ("PROJECTS", "ENERGY", "LIVE", "READINGS"):
        info = await (await nats_server.jetstream()).stream_info(stream)
        assert info.state.messages == 0


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("DELETE FROM progress_v1.counting WHERE definition LIKE '%project:underway%'", "project:underway"),
        ("UPDATE serving SET shape = 1", "has shape 1"),
    ],
    ids=["before a rule asked for more", "by another release"],
)
async def test_a_read_model_that_wants_a_rebuild_is_told_in_a_line_that_a_rebuild_makes_good(
    progress_database: Database, nats_server: TestNats, environment: dict[str, str], before: str, told: str
) -> None:
    """The process can't rebuild: its role makes no tables. It came with twenty lines of stack."""
    await Sources(await nats_server.jetstream()).plan()
    owner = await asyncpg.connect(progress_database.owner_dsn)
    await owner.execute(before)
    await owner.close()
    code, output = await _run("services.progress.main", environment)
    assert code == 1
    assert "Traceback" not in output
    # The supervisor shows the last five lines of a process that ended.
    [why] = [line for line in output.splitlines()[-5:] if "the read-model wants a rebuild" in line]
    assert told in why
    assert "python -m services.progress.rebuild" in why
    as_owner = {**environment, "SHENGJI_OWNER_DATABASE_URL": progress_database.owner_url}
    code, output = await _run("services.progress.rebuild", as_owner, "--accept-differences")
    assert code == 0, output
    model = ReadModel(progress_database.url, SystemClock(), rules.load(), application="test", pool=1)
    engine = create_async_engine(progress_database.url)
    async with engine.connect() as conn:
        assert await model.open(conn)
    assert model.version == 2
    await model.close()
    await engine.dispose()


async def _run(module: str, environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Exit code and output of a program that ends by itself."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(running.communicate(), PATIENCE_S)
    return await running.wait(), output.decode()
