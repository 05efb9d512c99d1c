"""The whole system on one machine: every process up, one clock, and back again after a kill."""

import signal
from datetime import datetime, timedelta

import httpx
import pytest

from cli.tokens import mint
from deploy import topology
from deploy.local.runner import LocalSystem
from tests.kit.servers import wait_for

BEGINNING = datetime.fromisoformat("2013-01-01T00:00:00+08:00")


def ops(system: LocalSystem) -> httpx.AsyncClient:
    """A client of the gateway with the rights of operations."""
    token = mint(system.secrets.signing_key, subject="test", role="ops")
    return httpx.AsyncClient(
        base_url=f"{system.urls.gateway}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30
    )


async def test_every_process_of_the_topology_is_ready(local_system: LocalSystem) -> None:
    for process in topology.PROCESSES:
        assert await local_system.supervisor.ready(process.name) is None, process.name


async def test_a_step_of_the_clock_reaches_every_process(local_system: LocalSystem) -> None:
    async with ops(local_system) as client:
        now = datetime.fromisoformat((await client.get("/clock")).raise_for_status().json()["now"])
        moment = max(now + timedelta(seconds=1), BEGINNING)
        answer = await client.post("/clock", json={"now": moment.isoformat()})
        assert answer.status_code == 200, answer.text
        assert datetime.fromisoformat(answer.json()["now"]) == moment


@pytest.mark.parametrize("name", [process.name for process in topology.PROCESSES])
async def test_a_killed_process_comes_back_ready(local_system: LocalSystem, name: str) -> None:
    before = local_system.supervisor.pid(name)
    local_system.supervisor.signal(name, signal.SIGKILL)

    async def is_back() -> bool:
        supervisor = local_system.supervisor
        return supervisor.pid(name) != before and await supervisor.ready(name) is None

    await wait_for(is_back, 60, f"{name} is back")


@pytest.mark.parametrize("server", ["nats", "postgres"])
async def test_after_a_killed_server_everything_is_ready_again(
    local_system: LocalSystem, server: str
) -> None:
    before = local_system.supervisor.pid(server)
    local_system.supervisor.signal(server, signal.SIGKILL)

    async def all_ready() -> bool:
        supervisor = local_system.supervisor
        if supervisor.pid(server) == before:
            return False
        return all([await supervisor.ready(name) is None for name in supervisor.names()])

    await wait_for(all_ready, 90, "everything is ready")
    async with ops(local_system) as client:
        # A call through NATS to a service and its database, as a person would make it again.
        async def answers() -> bool:
            return (await client.get("/projects")).status_code == 200

        await wait_for(answers, 60, "projects answers")
