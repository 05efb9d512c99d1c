"""Live streams: opening and catching up are shared and counted, and a browser opens one with a ticket."""

import asyncio
import time
from typing import Any

import pytest

from services.gateway.main import create_app
from services.gateway.revocations import Revocations
from services.gateway.simulated_clock import ClockDoor
from shared.clock import SystemClock
from shared.identity import Actor
from tests.kit.gateway import PlayedServices, caller, settings, token
from tests.kit.portal import problem
from tests.unit.gateway.test_revocations import event, person


class Progress:
    """A history of `left` pages that a reader has missed; each is answered when the test lets it."""

    def __init__(self, left: int) -> None:
        self.left = left

    async def __call__(self, service: str, operation: str, body: dict[str, Any], actor: Actor) -> Any:
        await asyncio.sleep(0)
        at = int(str(body["after"]).rpartition(":")[2])
        more = at < self.left
        items = [{"id": f"v1:{at + 1}", "region": "350100"}] if more else []
        return {"reset": False, "items": items, "last": f"v1:{at + more}", "more": more}


def made(
    progress: Progress, revocations: Revocations | None = None, **more: Any
) -> tuple[Any, PlayedServices]:
    door = ClockDoor(SystemClock(), None, None, [])  # type: ignore[arg-type]  # nobody steps it here
    services = PlayedServices(progress)
    return create_app(settings(**more), services, door, revocations=revocations), services


async def settled(times: int = 400) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def test_streams_of_one_scope_catch_up_together() -> None:
    """Twenty streams from one old id took 11.6 s of progress's CPU in 15 s: each asked for every page itself."""
    app, services = made(Progress(30))
    people = [caller(app, token(f"person-{number}")) for number in range(20)]
    reading = [asyncio.create_task(one.get("/progress/stream?last_event_id=v1:0")) for one in people]
    await settled(2_000)
    asked = [body["after"] for _, operation, body, _ in services.asked if operation == "changes"]
    assert "v1:30" in asked, "they have caught up"
    assert len(asked) <= 31 * 2
    assert {actor.subject for _, _, _, actor in services.asked} == {"nobody"}
    for one in reading:
        one.cancel()
    await asyncio.gather(*reading, return_exceptions=True)
    for each in people:
        await each.aclose()


async def test_catching_up_is_counted_and_goes_on_at_its_pace() -> None:
    app, services = made(Progress(1_000), catch_up_burst=10, catch_up_per_second=0.001)
    async with caller(app, token("greedy")) as greedy, caller(app, token("other", "city")) as other:
        reading = asyncio.create_task(greedy.get("/progress/stream?last_event_id=v1:0"))
        await settled(3_000)
        assert len(services.asked) == 10
        assert problem(await greedy.get("/progress/stream?last_event_id=v1:5"), 429)["retry_after"] > 0
        too = asyncio.create_task(other.get("/progress/stream?last_event_id=v1:999"))
        await settled()
        assert services.asked[-1][3].role == "city"
        for one in (reading, too):
            one.cancel()
        await asyncio.gather(reading, too, return_exceptions=True)


async def test_a_browser_opens_the_stream_with_a_ticket_and_no_header() -> None:
    revocations = Revocations(complete=True)
    app, services = made(Progress(1), revocations)
    async with caller(app, token("reader", "city")) as reader, caller(app) as browser:
        answer = await reader.post("/progress/stream-tickets")
        assert answer.status_code == 201
        ticket = answer.json()["ticket"]
        reading = asyncio.create_task(browser.get(f"/progress/stream?ticket={ticket}&last_event_id=v1:0"))
        await settled()
        assert (services.asked[0][3].role, services.asked[0][3].area) == ("city", "350100")
        revocations.take(event(person("reader"), int(time.time()) + 1))
        refused = problem(await browser.get(f"/progress/stream?ticket={ticket}"), 401)
        assert refused["code"] == "revoked", "a ticket ends with the access"
        async with asyncio.timeout(5):
            assert "event: end" in (await reading).text
        problem(await browser.get(f"/projects?ticket={ticket}"), 401)


@pytest.mark.parametrize("ticket", ["", "x", "A" * 200, "é", "AAAA.BBBB"])
async def test_an_invented_ticket_opens_nothing(ticket: str) -> None:
    app, services = made(Progress(1))
    async with caller(app) as browser:
        refused = problem(await browser.get("/progress/stream", params={"ticket": ticket}), 401)
    assert refused["code"] == "bad-ticket"
    assert services.asked == []


async def test_a_ticket_opens_streams_for_a_minute() -> None:
    later = [time.time()]
    door = ClockDoor(SystemClock(), None, None, [])  # type: ignore[arg-type]
    app = create_app(settings(), PlayedServices(Progress(1)), door, now=lambda: later[0])
    async with caller(app, token("reader")) as reader, caller(app) as browser:
        ticket = (await reader.post("/progress/stream-tickets")).json()["ticket"]
        later[0] += 61
        assert "over" in problem(await browser.get(f"/progress/stream?ticket={ticket}"), 401)["detail"]
