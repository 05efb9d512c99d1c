"""Whatever comes in, what goes out is a problem that says what is wrong; never an error of ours."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.component.gateway.world import World, project
from tests.kit.portal import Portal, assert_problem, problem

JSON = {"Content-Type": "application/json"}
BODIES = {
    "not JSON": b"{",
    "a list": b"[]",
    "null": b"null",
    "a text": b'"x"',
    "not UTF-8": b'{"name":"\xff"}',
    "UTF-16": '{"name":"x"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NUL in a value": b'{"name":"\\u0000"}',
    "NUL in a key": b'{"a\\u0000":1}',
    "a lone surrogate": b'{"name":"\\ud800"}',
    "NaN": b'{"total_investment":NaN}',
    "Infinity": b'{"total_investment":-Infinity}',
    "a number without end": b'{"total_investment":' + b"9" * 100_000 + b"}",
    "a number out of reach": b'{"total_investment":1e999999999999}',
    "a number next to nothing": b'{"total_investment":1e-999999999999}',
    "a year of any length": b'{"planned_on":"' + b"9" * 5000 + b'-01-01"}',
    "trailing characters": b"{}x",
    "nothing": b"",
    "a field twice": b'{"name":"a","name":["b"]}',
    "types askew": b'{"name":[],"region":{},"industry":1,"programmes":"TR","total_investment":true}',
    "a text without end": json.dumps({"name": "长" * 500_000}).encode(),
    "a list without end": json.dumps({"programmes": ["TR"] * 200_000}).encode(),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_is_no_request(portal: Portal, name: str):
    answer = await portal.province.post("/projects", content=BODIES[name], headers=JSON)
    assert answer.status_code in (400, 413, 422)
    assert_problem(answer)
    stepped = await portal.ops.post("/clock", content=BODIES[name], headers=JSON)
    assert stepped.status_code in (400, 413, 422)
    assert_problem(stepped)


@pytest.mark.parametrize("depth", [25, 100, 400, *range(860, 1010, 30), 5_000, 500_000])
async def test_nesting_of_any_depth(portal: Portal, depth: int):
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        body = b'{"programmes":' + opening * depth + b"1" + closing * depth + b"}"
        answer = await portal.province.post("/projects", content=body, headers=JSON)
        assert answer.status_code in (400, 413, 422)
        assert_problem(answer)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "x" * 900]
)
async def test_a_body_of_another_kind(portal: Portal, world: World, kind: str):
    body = json.dumps(project("P-KIND", world.home)).encode()
    answer = await portal.province.post("/projects", content=body, headers={"Content-Type": kind})
    assert problem(answer, 415)["where"] == "Content-Type"
    packed = await portal.province.post(
        "/projects", content=body, headers={**JSON, "Content-Encoding": "gzip"}
    )
    assert problem(packed, 415)["where"] == "Content-Encoding"


async def test_a_body_over_the_limit_is_refused_before_it_is_there(portal: Portal):
    """Whether it says its length or not; the rest of it isn't read."""
    whole = b'{"name":"' + b"x" * 2_100_000 + b'"}'
    assert (
        problem(await portal.province.post("/projects", content=whole, headers=JSON), 413)["where"] == "body"
    )

    async def drops() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"x" * 10_000

    answer = await portal.province.post("/projects", content=drops(), headers=JSON)
    assert problem(answer, 413)["code"] == "body-too-large"


@pytest.mark.parametrize(
    "path",
    [
        "/plans/%00",
        "/plans/%ff",
        "/plans/%ED%A0%80",
        "/plans/" + "x" * 5_000,
        "/projects/%F0%9F%98%80",
        "/projects/..%2f..%2fetc",
        "/targets?region=%00",
        "/targets?region=%ff",
        "/targets?limit=1e5",
        "/targets?limit=" + "9" * 5_000,
        "/targets?limit=-1",
        "/targets?=",
        "/targets?" + "&".join(f"p{n}=1" for n in range(900)),
        "/reports/350100/2013-99",
        "/key-users/99999999999999999999",
        "/key-users/x",
        "/meters/M/energy?from=0000-00-00&to=9999-99-99",
        "/meters/M/energy?from=2000-01-01&to=2099-12-31&grain=hour",
        "/enterprises?online=perhaps",
        "/receipts?since=99999-01-01T00:00:00Z",
    ],
)
async def test_a_path_or_a_query_that_can_not_be(portal: Portal, path: str):
    answer = await portal.province.get(path)
    assert answer.status_code in (400, 404, 422), answer.text[:300]
    assert_problem(answer)


@pytest.mark.parametrize(
    "now",
    [
        "9999-12-31T23:59:59-23:59",
        "2100-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2013-03-01",
        1e300,
        None,
    ],
)
async def test_no_step_of_the_clock_to_a_time_that_can_not_be(portal: Portal, now: object):
    before = await portal.now()
    problem(await portal.ops.post("/clock", json={"now": now}), 422)
    problem(await portal.ops.post("/clock", json={"now": before.replace(year=2012).isoformat()}), 422)
    assert await portal.now() == before


async def test_a_body_that_never_ends_keeps_nobody_else_waiting(portal: Portal):
    """Half a request holds its own connection only."""
    going = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield b'{"name":'
        await going.wait()
        yield b'"x"}'

    async with httpx.AsyncClient(
        base_url=str(portal.province.base_url), headers=dict(portal.province.headers), timeout=30
    ) as slow:
        waiting = asyncio.create_task(slow.post("/projects", content=half(), headers=JSON))
        for _ in range(5):
            assert (await portal.province.get("/plans")).status_code == 200
        going.set()
        problem(await waiting, 422)
