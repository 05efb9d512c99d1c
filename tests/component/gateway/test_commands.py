"""Writing through the gateway: once whatever happens on the way, and seen by who wrote it."""

import asyncio

import pytest

from tests.component.gateway.world import CITY, World, project
from tests.kit.portal import Portal, ok, problem, unique


async def test_the_same_command_again_gets_the_same_answer(world: World):
    name = unique("P-ONCE")
    body, city = project(name, world.home), world.portal.city(CITY)
    headers = {"Idempotency-Key": f"key-{name}"}
    first = await city.post("/projects", json=body, headers=headers)
    ok(first)
    assert first.status_code == 201
    assert first.headers["idempotency-key"] == headers["Idempotency-Key"]
    for reordered in (body, dict(reversed(body.items()))):
        again = await city.post("/projects", json=reordered, headers=headers)
        assert again.status_code == 201
        assert again.json() == first.json()
        assert again.headers["position-token"] == first.headers["position-token"]


async def test_many_at_once_under_one_key_are_one(world: World):
    name = unique("P-RACE")
    body, city = project(name, world.home), world.portal.city(CITY)
    headers = {"Idempotency-Key": f"key-{name}"}
    answers = await asyncio.gather(*(city.post("/projects", json=body, headers=headers) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.headers["position-token"] for answer in answers}) == 1


async def test_the_same_key_with_another_body_is_refused(world: World):
    name = unique("P-KEY")
    city, headers = world.portal.city(CITY), {"Idempotency-Key": f"key-{name}"}
    ok(await city.post("/projects", json=project(name, world.home), headers=headers))
    other = {**project(name, world.home), "name": "另一个项目"}
    problem(await city.post("/projects", json=other, headers=headers), 422)
    # Another caller's keys are its own.
    theirs = project(unique("P-KEY"), world.home)
    ok(await world.portal.province.post("/projects", json=theirs, headers=headers))


async def test_a_refusal_is_no_answer_that_sticks(world: World):
    """What was refused may be mended and sent again under the same key."""
    name = unique("P-MEND")
    city, headers = world.portal.city(CITY), {"Idempotency-Key": f"key-{name}"}
    body = project(name, world.home)
    problem(await city.post("/projects", json={**body, "industry": "nonsense"}, headers=headers), 422)
    ok(await city.post("/projects", json=body, headers=headers))


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "tab\there"])
async def test_a_key_that_is_none(world: World, key: str):
    answer = await world.portal.city(CITY).post("/projects", json={}, headers={"Idempotency-Key": key})
    assert problem(answer, 422)["where"] == "Idempotency-Key"


async def test_without_a_key_one_is_made(world: World):
    city = world.portal.city(CITY)
    answers = [await city.post("/projects", json=project(unique("P-NOKEY"), world.home)) for _ in range(2)]
    assert len({answer.headers["idempotency-key"] for answer in answers}) == 2


async def test_who_has_written_reads_what_it_has_written(world: World):
    """The command's token makes the board wait until the projection is there: no sleep, no stale figure."""
    portal = world.portal
    city = portal.city("350700")
    body = {"region": "350700", "month": "2013-01", "investment": "310000000"}
    token = ""
    for amount in ("310000000", "320000000", "330000000"):
        if not token:
            answer = await city.post("/reports", json=body)
        else:
            correction = {"investment": amount, "reason": "made for a test"}
            answer = await city.post("/reports/350700/2013-01/corrections", json=correction)
        ok(answer)
        token = answer.headers["position-token"]
        board = ok(await city.get("/progress/board", headers={"Position-Token": token}))
        (row,) = [each for each in board["rows"] if each["region"] == "350700"]
        assert float(row["investment"]["value"]) == float(amount) / 1e8


async def test_the_second_of_two_clerks_gets_both_versions(world: World):
    city, province, name = world.portal.city(CITY), world.portal.province, await world.new_project()
    version = ok(await city.get(f"/projects/{name}"))["version"]
    edit = {"version": version, "reason": "made for a test"}
    ok(await city.post(f"/projects/{name}/changes", json={**edit, "name": "甲"}))
    late = problem(await province.post(f"/projects/{name}/changes", json={**edit, "name": "乙"}), 409)
    assert late["code"] == "edited-meanwhile"
    assert (late["yours"]["name"], late["current"]["name"], late["version"]) == ("乙", "甲", version + 1)
    (change,) = late["changes"]
    assert change["event"] == "ProjectChanged"
    assert change["by"]
    assert change["at"]


async def test_a_closed_month_says_whom_to_ask_and_opens_by_consent(world: World):
    city, province = world.portal.city("350400"), world.portal.province
    report = {"region": "350400", "month": "2013-02", "investment": "2700000000"}
    ok(await province.post("/reports/months/2013-02/closing", json={"reason": "made for a test"}))
    closed = problem(await city.post("/reports", json=report), 409)
    assert (closed["code"], closed["where"]) == ("closed-month", "month")
    consent = {"until": "2014-12-31", "reason": "made for a test"}
    ok(await province.post("/reports/months/2013-02/reopenings", json=consent))
    ok(await city.post("/reports", json=report))


async def test_a_service_that_is_down_is_said_and_the_command_can_be_repeated(world: World):
    """503 with when and under which id to repeat; the repeat is carried out once, and others aren't touched."""
    portal, name = world.portal, unique("P-DOWN")
    city, headers = portal.city(CITY), {"Idempotency-Key": f"key-{name}"}
    body = project(name, world.home)
    supervisor = portal.system.supervisor
    await supervisor.stop_one("projects")
    try:
        waiting = asyncio.create_task(city.post("/projects", json=body, headers=headers))
        ok(await city.get("/plans"))
        ok(await city.get("/progress/board"))
        answer = await waiting
    finally:
        await supervisor.start_one("projects")
    refused = problem(answer, 503)
    assert refused["command_id"] == headers["Idempotency-Key"]
    assert int(answer.headers["retry-after"]) >= 1
    first = await city.post("/projects", json=body, headers=headers)
    assert first.status_code == 201
    again = await city.post("/projects", json=body, headers=headers)
    assert again.headers["position-token"] == first.headers["position-token"]
    stages = ok(await city.get(f"/projects/{name}"))
    assert stages["project"] == name


async def test_a_command_waits_for_a_service_that_is_starting(portal: Portal, world: World):
    """A restart within the time of a call is not seen by the caller at all."""
    supervisor = portal.system.supervisor
    await supervisor.stop_one("projects")
    body = project(unique("P-WAIT"), world.home)
    starting = asyncio.create_task(supervisor.start_one("projects"))
    try:
        answer = await portal.city(CITY).post("/projects", json=body)
    finally:
        await starting
    # On a slow machine the start may take longer than a call waits: then the caller is told to repeat.
    assert answer.status_code in (201, 503)
