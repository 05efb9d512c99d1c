"""A database that refuses the login, or goes away: not ready, 503 to callers, and the reason in one line."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
import pytest_asyncio
import structlog
from pydantic import BaseModel, SecretStr
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from deploy.local.ports import free_port
from shared.database import runtime_engine
from shared.database_check import DatabaseCheck
from shared.health import OK
from shared.identity import Actor
from shared.rpc import Call, Operations
from shared.runtime import Runtime
from shared.settings import Settings
from tests.conftest import DatabaseFactory
from tests.kit.servers import Database, TestCluster, TestNats
from tests.unit.shared.messaging.test_logs import lines, read

__all__ = ["lines"]


class Nothing(BaseModel):
    pass


@pytest_asyncio.fixture
async def made(database: DatabaseFactory) -> Database:
    return await database("projects")


@pytest.fixture
def wrong_url(made: Database) -> str:
    """The database with a wrong password."""
    return make_url(made.url).set(password="wrong").render_as_string(hide_password=False)


@pytest_asyncio.fixture
async def wrong(wrong_url: str) -> AsyncIterator[AsyncEngine]:
    engine = runtime_engine(wrong_url, application="t")
    yield engine
    await engine.dispose()


async def test_a_process_with_a_wrong_password_is_never_ready(nats_server: TestNats, wrong_url: str) -> None:
    settings = Settings(
        environment="test",
        nats_url=nats_server.url,
        nats_user="projects",
        nats_password=SecretStr(nats_server.passwords["projects"]),
        database_url=SecretStr(wrong_url),
        health_port=free_port(),
    )
    async with Runtime.start("projects", process="projects", settings=settings), httpx.AsyncClient() as http:
        answer = await http.get(f"http://127.0.0.1:{settings.health_port}/ready")
    assert answer.status_code == 503
    told = answer.json()["checks"]["database"]["detail"]
    assert "password authentication failed" in told
    assert "SHENGJI_DATABASE_URL" in told
    assert "\n" not in told


async def test_a_request_is_told_to_come_again_and_the_log_has_one_line(wrong: AsyncEngine) -> None:
    operations = Operations("projects")

    @operations.query("list_things", request=Nothing, response=Nothing, summary="Things")
    async def list_things(call: Call, request: Nothing) -> Nothing:
        """Things."""
        async with wrong.connect() as conn:
            await conn.execute(text("SELECT 1"))
        return Nothing()

    with capture_logs() as told:
        call = Call("1", Actor("p", "province", "350000"), "list_things", {})
        reply = msgspec.json.decode(await operations.answer(call.encode()))
    assert reply["problem"]["status"] == 503
    [line] = told
    assert line["error"].startswith("InvalidPasswordError: password authentication failed")
    assert "exc_info" not in line


async def test_an_outage_is_logged_without_its_stack(lines: Path, wrong: AsyncEngine) -> None:
    try:
        await wrong.connect()
    except Exception:
        structlog.get_logger("sweep").exception("sweep failed")
    [line] = read(lines)
    assert "exception" not in line
    assert str(line["outage"]).startswith("InvalidPasswordError: ")
    assert "Traceback" not in json.dumps(line)


@pytest.mark.parametrize("away", ["failing", "degraded"])
async def test_a_database_that_goes_away_is_seen_at_the_next_look(
    made: Database, cluster: TestCluster, away: str
) -> None:
    engine = runtime_engine(made.url, application="t")
    check = DatabaseCheck(engine, away=away)  # type: ignore[arg-type]
    try:
        assert await check() == OK
        async with TestCluster._connected(cluster.server) as admin:
            await admin.execute(f'ALTER DATABASE "{made.name}" ALLOW_CONNECTIONS false')
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", made.name
            )
            found = await check()
            assert found.status == away
            assert found.detail
            await admin.execute(f'ALTER DATABASE "{made.name}" ALLOW_CONNECTIONS true')
        assert await check() == OK
    finally:
        await engine.dispose()


async def test_a_pool_in_full_use_is_late_and_not_away(made: Database) -> None:
    engine = runtime_engine(made.url, application="t", pool=1)
    check = DatabaseCheck(engine)
    try:
        assert await check() == OK
        async with engine.connect():
            assert (await check()).status == "degraded"
    finally:
        await engine.dispose()
