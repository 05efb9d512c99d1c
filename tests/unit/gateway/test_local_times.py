"""Moments in answers are told in China's time, whichever service answers and in whatever form; other texts stay."""

import json
from typing import Any

import pytest

from services.gateway.contracts import contract
from services.gateway.local_times import fields_of, is_moment, local_times, moment_fields
from services.gateway.main import create_app
from services.gateway.routes import Route, all_routes
from services.gateway.simulated_clock import ClockDoor
from shared.clock import SystemClock
from shared.identity import Actor
from tests.kit.gateway import PlayedServices, caller, settings, token

NIGHT = "2013-10-01T16:30:00"
HERE = "2013-10-02T00:30:00+08:00"
ROUTES = [route for route in all_routes() if set(moment_fields(contract(route.service, route.operation)))]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (f"{NIGHT}Z", HERE),
        (f"{NIGHT}+00:00", HERE),
        ("2013-12-31T16:00:00Z", "2014-01-01T00:00:00+08:00"),
        ("2013-12-31T15:59:59.999999Z", "2013-12-31T23:59:59.999999+08:00"),
        ("2016-02-28T16:00:00Z", "2016-02-29T00:00:00+08:00"),
        ("1988-07-01T00:00:00Z", "1988-07-01T08:00:00+08:00"),
        (HERE, HERE),
        ("2013-10-01", "2013-10-01"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("0000-00-00T00:00:00Z", "0000-00-00T00:00:00Z"),
    ],
)
@pytest.mark.parametrize("space", ["", " "])
def test_a_moment_is_told_with_the_day_that_it_has_in_china(told: str, shown: str, space: str) -> None:
    raw = f'{{"items":[{{"saved_at":{space}"{told}"}}]}}'.encode()
    assert local_times("projects", "list-views", raw) == raw.replace(told.encode(), shown.encode())


def test_texts_stay_as_they_came() -> None:
    said = {
        "reason": f"{NIGHT}Z",
        "sent_time": f"{NIGHT}Z",
        "meter": json.dumps({"received_at": f"{NIGHT}Z"}),
    }
    raw = json.dumps({"items": [said]}, separators=(",", ":")).encode()
    assert local_times("energy", "list-quarantine", raw) == raw
    assert local_times("projects", "list-funds", raw) is raw


def test_no_answer_calls_a_moment_and_a_text_by_one_name() -> None:
    for route in all_routes():
        operation = contract(route.service, route.operation)
        moments = set(moment_fields(operation))
        other = {
            name
            for name, schema in fields_of(operation)
            if schema.get("type") == "string" and "format" not in schema and not is_moment(schema)
        }
        assert not moments & other, route.operation


def app(services: PlayedServices) -> Any:
    return create_app(settings(), services, ClockDoor(SystemClock(), None, None, []))  # type: ignore[arg-type]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_every_route_with_moments_tells_them_so(route: Route) -> None:
    fields = sorted(set(moment_fields(contract(route.service, route.operation))))

    async def answer(service: str, operation: str, body: dict[str, Any], actor: Actor) -> Any:
        moments = [] if operation == "list-regions" else [dict.fromkeys(fields, f"{NIGHT}Z")]
        return {"next_cursor": None, "items": moments}

    path = route.path.replace("{", "").replace("}", "")
    role = "province" if "province" in route.roles else route.roles[0]
    async with caller(app(PlayedServices(answer)), token("one", role)) as client:
        if route.method == "GET":
            answered = await client.get(path)
        else:
            answered = await client.request(route.method, path, json={})
    assert answered.status_code == route.status, answered.text
    assert answered.json()["items"] == [dict.fromkeys(fields, HERE)]


async def test_an_export_has_them_too() -> None:
    async def answer(service: str, operation: str, body: dict[str, Any], actor: Actor) -> Any:
        return {"next_cursor": None, "items": [{"import": "I-1", "opened_at": f"{NIGHT}Z"}]}

    async with caller(app(PlayedServices(answer)), token("one", "province")) as client:
        sheet = await client.get("/imports", headers={"Accept": "text/csv"})
        own = await client.get("/me")
    assert HERE in sheet.text
    assert own.json()["now"].endswith("+08:00")


async def test_an_answer_in_chinas_time_keeps_its_etag_apart() -> None:
    async def answer(service: str, operation: str, body: dict[str, Any], actor: Actor) -> Any:
        return {"next_cursor": None, "items": [{"opened_at": f"{NIGHT}Z"}]}

    async with caller(app(PlayedServices(answer)), token("one", "province")) as client:
        first = await client.get("/imports")
        again = await client.get("/imports", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
