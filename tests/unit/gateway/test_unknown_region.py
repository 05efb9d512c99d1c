"""An unknown region, or a region's name where its code belongs, has one answer at every door."""

from typing import Any

import pytest

from services.gateway.contracts import contract
from services.gateway.main import create_app
from services.gateway.routes import Route, all_routes
from services.gateway.simulated_clock import ClockDoor
from shared.clock import SystemClock
from shared.identity import Actor
from shared.problems import Problem
from tests.kit.gateway import PlayedServices, caller, settings, token

REGIONS = [
    {"code": "350000", "name": "福建省", "level": "province", "parent": None},
    {"code": "350100", "name": "福州市", "level": "prefecture", "parent": "350000"},
    {"code": "350181", "name": "福清市", "level": "county", "parent": "350100"},
]


def takes_a_region(route: Route) -> bool:
    fields = contract(route.service, route.operation).request_object().get("properties", {})
    return route.operation != "get-region" and "region" in fields


ROUTES = [route for route in all_routes() if takes_a_region(route)]


async def answer(service: str, operation: str, body: dict[str, Any], actor: Actor) -> Any:
    return {"items": REGIONS if operation == "list-regions" else [], "next_cursor": None}


def app(services: PlayedServices) -> Any:
    door = ClockDoor(SystemClock(), None, None, [])  # type: ignore[arg-type]  # nobody steps it here
    return create_app(settings(), services, door)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
@pytest.mark.parametrize(
    ("given", "told"), [("999999", "GET /regions"), ("福州", "福州市 350100"), ("福清市", "福清市 350181")]
)
async def test_one_answer_everywhere(route: Route, given: str, told: str) -> None:
    services = PlayedServices(answer)
    role = "province" if "province" in route.roles else route.roles[0]
    path = route.path.replace("{region}", given).replace("{", "").replace("}", "")
    named = {} if "{region}" in route.path else {"region": given}
    async with caller(app(services), token("one", role)) as client:
        if route.method == "GET":
            refused = await client.get(path, params=named)
        else:
            refused = await client.request(route.method, path, json=named)
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["where"]) == (422, "unknown-region", "region")
    assert told in problem["remedy"]
    assert route.operation not in {operation for _, operation, _, _ in services.asked}


async def test_in_chinese_and_in_a_list_and_on_the_stream() -> None:
    services = PlayedServices(answer)
    async with caller(app(services), token("one", "province")) as client:
        listing = await client.post(
            "/matching/listings",
            json={"region": "350100", "regions": ["350181", "福州"]},
            headers={"Accept-Language": "zh-CN"},
        )
        stream = await client.get("/progress/stream", params={"region": "福州"})
    assert (listing.json()["where"], listing.json()["remedy"]) == ("regions", "请填写代码：福州市 350100。")
    assert (stream.status_code, stream.json()["code"]) == (422, "unknown-region")


async def test_without_the_list_of_regions_the_service_answers() -> None:
    async def away(service: str, operation: str, body: dict[str, Any], actor: Actor) -> Any:
        if operation == "list-regions":
            raise Problem(503, "unavailable", "Away", "Nobody answers.")
        return {"items": [], "next_cursor": None}

    async with caller(app(PlayedServices(away)), token("one", "province")) as client:
        assert (await client.get("/projects", params={"region": "350100"})).status_code == 200
