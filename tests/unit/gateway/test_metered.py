"""Every answer is counted, also those to requests that no route takes; what is over waits."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.gateway.main import create_app
from services.gateway.simulated_clock import ClockDoor
from shared.clock import SystemClock
from shared.identity import Actor
from tests.kit.gateway import PlayedServices, caller, settings, token
from tests.kit.portal import problem


async def nothing(service: str, operation: str, body: dict[str, Any], actor: Actor) -> Any:
    return {"items": [], "next_cursor": None}


def app(**more: Any) -> Any:
    door = ClockDoor(SystemClock(), None, None, [])  # type: ignore[arg-type]  # nobody steps it here
    return create_app(settings(**more), PlayedServices(nothing), door)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no-such-thing", 404),
        ("GET", "/projects/P-1/no-such-thing", 404),
        ("DELETE", "/projects", 405),
        ("OPTIONS", "/progress/board", 405),
        ("GET", "/progress/board", 401),
        ("GET", "http://gateway/nowhere", 404),
        ("GET", "http://gateway/openapi.json", 200),
        ("HEAD", "http://gateway/docs", 405),
    ],
)
async def test_what_needs_no_token_counts_against_the_address(method: str, path: str, status: int) -> None:
    """404 and 405 cost more than a board and were counted nowhere."""
    async with caller(app(anonymous_burst=3, anonymous_per_second=0.001)) as stranger:
        assert [(await stranger.request(method, path)).status_code for _ in range(3)] == [status] * 3
        refused = await stranger.request(method, path)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("path", "status"), [("/projects", 200), ("/projects?nonsense=1", 422), ("/people/p-x", 403)]
)
async def test_what_a_person_asks_counts_for_the_person(path: str, status: int) -> None:
    made = app(rate_burst=3, rate_per_second=0.001)
    async with caller(made, token("one")) as one, caller(made, token("another")) as another:
        assert [(await one.get(path)).status_code for _ in range(4)] == [status] * 3 + [429]
        assert (await another.get(path)).status_code == status


async def test_bodies_that_never_end_keep_only_their_sender_waiting() -> None:
    made, never = app(bodies_of_one=2, body_timeout=600), asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield b"{"
        await never.wait()
        yield b"}"

    async with caller(made, token("slow")) as slow, caller(made, token("good")) as good:
        held = [asyncio.create_task(slow.post("/projects", content=half())) for _ in range(2)]
        for _ in range(50):
            await asyncio.sleep(0)
        refused = problem(await slow.post("/projects", json={}), 429)
        assert (refused["code"], refused["retry_after"]) == ("too-much-at-once", 1)
        assert (await good.post("/projects", json={})).status_code == 201
        never.set()
        assert [(await one).status_code for one in held] == [201, 201]
        assert (await slow.post("/projects", json={})).status_code == 201
