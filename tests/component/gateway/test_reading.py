"""Reading through the gateway: conditional requests, pages to the end, and questions that can't be answered."""

import base64
from typing import Any

import pytest

from services.gateway.contracts import contract
from services.gateway.routes import all_routes
from tests.component.gateway.authorisation import SAMPLES
from tests.component.gateway.world import World
from tests.kit.portal import PLAN, Portal, ok, problem
from tests.kit.servers import wait_for


def routes_with(parameter: str) -> list[str]:
    """Every GET route that takes this parameter in its query."""
    return [
        f"GET {route.path}"
        for route in all_routes()
        if route.method == "GET"
        and parameter in contract(route.service, route.operation).request_object().get("properties", {})
        and parameter not in route.path_parameters
    ]


async def test_an_answer_that_the_caller_has_is_not_sent_again(portal: Portal):
    path = f"/plans/{PLAN}/targets/TR-6a"
    first = await portal.province.get(path)
    ok(first)
    etag = first.headers["etag"]
    assert "Authorization" in first.headers["vary"]
    for given in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await portal.province.get(path, headers={"If-None-Match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag), given
    changed = await portal.province.get(path, headers={"If-None-Match": '"another"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, etag)
    other = await portal.province.get(f"/plans/{PLAN}/targets/TR-6b")
    assert other.headers["etag"] != etag


@pytest.mark.parametrize("path", ["/progress/board", "/progress/figures", "/progress/targets"])
async def test_progress_on_which_nothing_moved_is_not_sent_again(portal: Portal, path: str):
    """Its moment and its age move with every question; who polls needs neither to the second."""
    held = (await portal.province.get(path)).headers["etag"]
    assert held.startswith('W/"')

    async def not_sent() -> bool:
        nonlocal held
        again = await portal.province.get(path, headers={"If-None-Match": held})
        held = again.headers["etag"]
        return again.status_code == 304 and again.content == b""

    await wait_for(not_sent, 10, "a 304: at the turn of a minute it takes a second question")


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/regions", {}, "code"),
        ("/targets", {}, "target"),
        ("/progress/figures", {}, "id"),
        ("/progress/targets", {}, "figure"),
        ("/coefficients", {"on": "2013-02-01"}, None),
        ("/enterprises", {}, "enterprise"),
        ("/meters", {}, "meter"),
        ("/key-users/2014", {}, "enterprise"),
    ],
)
async def test_a_list_is_read_page_by_page_to_its_end(
    world: World, path: str, query: dict[str, str], field: str | None
):
    """Nothing twice, nothing left out, whatever the size of the page."""
    if path == "/meters":
        await world.new_meter()

    async def read(limit: int) -> list[Any]:
        found: list[Any] = []
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = ok(await world.portal.province.get(path, params={**query, **more, "limit": limit}))
            assert len(page["items"]) <= limit
            found += [item[field] if field else repr(item) for item in page["items"]]
            if not (cursor := page["next_cursor"]):
                return found
            assert page["items"]

    few, many = await read(7 if path != "/key-users/2014" else 1), await read(200)
    assert few == many
    assert len(set(few)) == len(few) > 1


BAD_CURSORS = (
    "garbage",
    "",
    "\0",
    "€",
    "%",
    "=" * 60,
    "x" * 10_000,
    base64.urlsafe_b64encode(b'["a", 1e999, null]').decode(),
    base64.urlsafe_b64encode(b"[" * 1000).decode(),
    "9" * 40,
    "'; DROP TABLE event; --",
)


@pytest.mark.parametrize("route", routes_with("cursor"))
async def test_a_cursor_that_nobody_gave_out(world: World, route: str):
    """Refused, or read as a place in the order: never an error of ours."""
    ask = await SAMPLES[route](world)
    path = route.split()[1].format(**ask.path)
    for cursor in BAD_CURSORS:
        answer = await world.portal.province.get(path, params={**ask.query, "cursor": cursor})
        if answer.status_code != 200:
            assert answer.status_code in (400, 422), f"{cursor[:40]!r}: {answer.text[:300]}"
            problem(answer, answer.status_code)


BAD_MOMENTS = (
    "yesterday",
    "",
    "2013-13-01",
    "2013-02-30T00:00:00Z",
    "2013-02-01T00:00:00",
    "2013-02-01T00:00:00+99:00",
    "0000-01-01T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "\0",
    "9" * 400,
)
EXTREME_MOMENTS = (
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "1970-01-01T00:00:00Z",
    "-1",
    "1e999",
    "NaN",
)


@pytest.mark.parametrize("route", routes_with("as_of"))
async def test_a_moment_that_is_none(world: World, route: str):
    ask = await SAMPLES[route](world)
    path = route.split()[1].format(**ask.path)
    for moment in BAD_MOMENTS:
        answer = await world.portal.province.get(path, params={**ask.query, "as_of": moment})
        assert problem(answer, 422)["where"] == "as_of", moment
    for moment in EXTREME_MOMENTS:
        answer = await world.portal.province.get(path, params={**ask.query, "as_of": moment})
        assert answer.status_code in (200, 404, 422), f"{moment}: {answer.text[:300]}"


@pytest.mark.parametrize("route", routes_with("at_least"))
async def test_a_position_token_that_the_gateway_did_not_make(world: World, route: str):
    ask = await SAMPLES[route](world)
    path = route.split()[1].format(**ask.path)
    real = base64.urlsafe_b64encode(b"projects:1." + b"\0" * 16).decode().rstrip("=")
    for token in ("x", "AAAA", "a" * 5000, real, "=", "%00", "projects:1"):
        headers = {"Position-Token": token}
        refused = problem(await world.portal.province.get(path, params=ask.query, headers=headers), 400)
        assert refused["code"] == "bad-position-token", token
    latin = {b"Position-Token": "é".encode("latin-1")}
    problem(await world.portal.province.get(path, params=ask.query, headers=latin), 400)
    # A field that only the gateway fills in can't be brought by the caller.
    problem(await world.portal.province.get(path, params={**ask.query, "at_least": "1"}), 422)


async def test_a_parameter_that_is_not_known_is_named(portal: Portal):
    refused = problem(await portal.province.get("/targets", params={"regoin": "350100"}), 422)
    assert refused["where"] == "regoin"
    assert "region" in refused["remedy"]
    twice = problem(await portal.province.get("/targets?region=350100&region=350200"), 422)
    assert twice["where"] == "region"
    written = await portal.province.post("/projects?region=350100", json={})
    assert problem(written, 422)["where"] == "query"


async def test_what_is_not_there_and_what_may_not_be_done_say_so(portal: Portal):
    for path in ("/nothing", "/plans/fujian-2013/nothing", "/..%2f..%2fetc/passwd", "/plans/"):
        answer = await portal.province.get(path, follow_redirects=False)
        assert problem(answer, 404)["code"] == "not-found", path
    for method, path, allowed in (
        ("DELETE", "/plans", {"GET"}),
        ("PUT", "/projects", {"GET", "POST"}),
        ("PATCH", "/reports/350100/2013-01", {"GET"}),
        ("GET", "/reports/350100/2013-01/corrections", {"POST"}),
    ):
        answer = await portal.province.request(method, path)
        assert problem(answer, 405)["code"] == "method-not-allowed"
        assert set(answer.headers["allow"].split(", ")) == allowed, (method, path)
    for path, where in (("/plans/none-such", "plan"), ("/projects/none-such", "project")):
        assert problem(await portal.province.get(path), 404)["where"] == where
