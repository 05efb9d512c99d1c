"""Role × route × region: every cell of the tables in `authorisation/`, through the real gateway and services."""

import httpx
import pytest

from services.gateway.routes import all_routes
from tests.component.gateway.authorisation import CALLERS, ROWS, SAMPLES, client
from tests.component.gateway.world import World
from tests.kit.portal import API, Portal, assert_problem, ok, problem

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


async def call(door: httpx.AsyncClient, world: World, route: str) -> tuple[httpx.Response, str]:
    """The answer to a valid request for that route; of a stream only its beginning."""
    method, path = route.split()
    ask = await SAMPLES[route](world)
    request = door.build_request(
        method,
        path.format(**ask.path),
        params=ask.query or None,
        json=ask.body if method == "POST" else None,
    )
    response = await door.send(request, stream=True)
    try:
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            return response, ""
        return response, (await response.aread()).decode(errors="replace")  # a workbook is no text
    finally:
        await response.aclose()


def test_every_row_of_the_route_table_is_in_the_authorisation_table():
    routes = {f"{route.method} {route.path}" for route in all_routes()}
    assert routes <= ROWS.keys(), f"routes that nobody has said who may use: {routes - ROWS.keys()}"


async def test_every_route_of_the_living_gateway_is_in_the_authorisation_table(portal: Portal):
    """The live stream and the clock too, and whatever else might be mounted beside the route table."""
    async with httpx.AsyncClient(base_url=portal.gateway) as anyone:
        paths = ok(await anyone.get("/openapi.json"))["paths"]
    served = {
        f"{method.upper()} {path.removeprefix(API)}"
        for path, methods in paths.items()
        for method in methods
        if method in METHODS
    }
    assert served == ROWS.keys()
    assert SAMPLES.keys() == ROWS.keys()


@pytest.mark.parametrize("route", ROWS)
async def test_who_may(world: World, route: str):
    for caller in CALLERS:
        response, text = await call(client(world, caller), world, route)
        assert response.status_code == ROWS[route][caller], f"{caller}: {text[:500]}"
        if response.is_error:
            assert_problem(response)


@pytest.mark.parametrize("route", ROWS)
async def test_nobody_gets_in_without_a_token(portal: Portal, route: str):
    method, path = route.split()
    filled = path.replace("{", "").replace("}", "")
    async with httpx.AsyncClient(base_url=portal.gateway + API) as stranger:
        refused = problem(await stranger.request(method, filled), 401)
        assert refused["code"] == "unauthenticated"
        forged = {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJyb2xlIjoicHJvdmluY2UifQ."}
        answer = await stranger.request(method, filled, headers=forged)
        assert problem(answer, 401)["code"] == "unauthenticated"
        assert "Bearer" in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("caller", "path", "field"),
    [
        ("city'", "/projects", "project"),
        ("county'", "/projects", "project"),
        ("enterprise'", "/projects", "project"),
        ("city'", "/enterprises", "enterprise"),
        ("county'", "/enterprises", "enterprise"),
        ("enterprise'", "/enterprises", "enterprise"),
        ("city'", "/meters", "meter"),
        ("county'", "/meters", "meter"),
        ("enterprise'", "/meters", "meter"),
        ("city'", "/key-users/2014", "enterprise"),
        ("enterprise'", "/key-users/2014", "enterprise"),
    ],
)
async def test_a_list_without_a_filter_is_narrowed_to_the_caller(
    world: World, caller: str, path: str, field: str
):
    """What a filter may not name, its absence must not show."""
    mine = {world.home, world.meter, world.project}
    assert mine & await everything(client(world, caller.removesuffix("'")), path, field)
    assert not mine & await everything(client(world, caller), path, field)


async def everything(door: httpx.AsyncClient, path: str, field: str) -> set[str]:
    """That field of every item of every page."""
    found: set[str] = set()
    cursor = None
    while True:
        page = ok(await door.get(path, params={"cursor": cursor} if cursor else {}))
        found |= {item[field] for item in page["items"]}
        if not (cursor := page["next_cursor"]):
            return found
