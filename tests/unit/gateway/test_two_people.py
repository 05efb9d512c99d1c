"""Equal questions at one moment: nobody gets an answer that was made for somebody else."""

import asyncio
from typing import Any

import httpx
import pytest

from services.gateway.main import create_app
from services.gateway.routes import Route, all_routes
from services.gateway.simulated_clock import ClockDoor
from shared.clock import SystemClock
from shared.identity import Actor
from tests.kit.gateway import PlayedServices, caller, settings, token

QUERIES = [route for route in all_routes() if route.method == "GET"]
PEOPLE = 3


def door() -> ClockDoor:
    return ClockDoor(SystemClock(), None, None, [])  # type: ignore[arg-type]  # nobody steps it here


async def asked_at_once(route: Route, role: str) -> tuple[list[httpx.Response], PlayedServices]:
    """The same question by people of one role and area, while the first one's is being answered."""
    going = asyncio.Event()

    async def answer(service: str, operation: str, body: dict[str, Any], actor: Actor) -> Any:
        if operation == "list-regions" != route.operation:
            return {"items": [], "next_cursor": None}
        await going.wait()
        return {"items": [], "next_cursor": None, "content": actor.subject, "asked_by": actor.subject}

    services = PlayedServices(answer)
    app = create_app(settings(), services, door())
    path = route.path.replace("{", "").replace("}", "")
    clients = [caller(app, token(f"person-{number}", role)) for number in range(PEOPLE)]
    asking = [asyncio.create_task(client.get(path)) for client in clients]
    for _ in range(200):
        await asyncio.sleep(0)  # everybody has asked, and nobody has been answered
    going.set()
    answers = await asyncio.gather(*asking)
    for client in clients:
        await client.aclose()
    return answers, services


@pytest.mark.parametrize("route", QUERIES, ids=lambda route: route.path)
async def test_an_answer_is_for_whoever_asked_or_was_asked_in_nobodys_name(route: Route) -> None:
    """58 of 200 pairs saw the other's private views: equal questions were answered by role and area."""
    role = route.roles[0]
    answers, services = await asked_at_once(route, role)
    assert [answer.status_code for answer in answers] == [200] * PEOPLE, answers[0].text
    askers = [actor.subject for _, operation, _, actor in services.asked if operation == route.operation]
    if route.shared:
        assert set(askers) == {"nobody"}
        assert len(askers) < PEOPLE, "those who ask at once share an answer"
    else:
        assert len(set(askers)) == PEOPLE
        got = [
            answer.text if route.media != "application/json" else answer.json()["asked_by"]
            for answer in answers
        ]
        assert got == askers
