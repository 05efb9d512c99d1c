"""One city's enterprise with its meter, project, report and figures, and one of another city, to be kept out."""

import pytest_asyncio

from tests.component.gateway.world import World
from tests.kit.portal import Portal


@pytest_asyncio.fixture(scope="session")
async def world(portal: Portal) -> World:
    """Made once; tests that change something make their own things in it."""
    return await World.made(portal)
