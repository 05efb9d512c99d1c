"""A second system for what needs the real time: files of past years come in on the machine's own clock."""

from collections.abc import AsyncIterator

import pytest_asyncio

from deploy.local.ports import free_port
from deploy.local.runner import LocalSystem
from deploy.local.settings import LocalSettings
from tests.kit.portal import Portal
from tests.kit.servers import server_folder

_ENERGY_ONLY = ("provisioner", "assessment", "energy", "energy-worker", "energy-intake", "gateway")


@pytest_asyncio.fixture(scope="module")
async def in_real_time() -> AsyncIterator[Portal]:
    """The energy service behind both doors, on the system's clock, with the plan's coefficients loaded."""
    with server_folder("real-time") as folder:
        settings = LocalSettings(
            data=folder / "data",
            gateway_port=free_port(),
            intake_port=free_port(),
            environment="test",
            processes=_ENERGY_ONLY,
            small=True,
        )
        async with LocalSystem(settings) as system:
            portal = Portal(system)
            await portal.load_part("energy")
            yield portal
            await portal.close()
