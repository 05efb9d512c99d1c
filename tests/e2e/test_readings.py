"""From a meter to the province's figure: registered, pushed, summed, on the board, closed, counted, evidenced."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.kit.portal import Portal, ok, problem
from tests.kit.servers import wait_for
from tests.kit.works import Works, batch, register

COUNTY, CITY, PROVINCE = "350981", "350900", "350000"


async def row(portal: Portal, region: str) -> dict[str, Any]:
    """A region's row of the board."""
    rows = ok(await portal.province.get("/progress/board"))["rows"]
    found: dict[str, Any] = next(each for each in rows if each["region"] == region)
    return found


async def designate(portal: Portal, *works: Works) -> None:
    """Make these the key users of the year, and nobody else."""
    year = (await portal.now()).year
    lines = [{"enterprise": each.enterprise, "tce": "12000"} for each in works]
    body = {"basis": "equivalent", "source": "示例", "enterprises": lines, "revision_reason": "for a test"}
    ok(await portal.province.post(f"/key-users/{year}", json=body))


async def test_readings_become_the_coverage_figure_and_its_evidence(portal: Portal):
    """EN-14: of the two key users one sends in time and one sends nothing, so the coverage is a half."""
    online, offline = await Works.registered(portal, COUNTY), await Works.registered(portal, COUNTY)
    meter = await online.meter()
    await offline.meter()
    await designate(portal, online, offline)
    day = await portal.next_day()
    await portal.step(day + timedelta(hours=12))

    done = await online.send(meter, register(day, 49))
    assert done["counts"]["accepted"] == 49
    assert (await online.hours(meter, day.date()))[day] == Decimal(100)
    live = ok(await portal.province.get(f"/enterprises/{online.enterprise}/live"))
    assert live["tce"] == {"equal": "0.14748", "equivalent": "0.4848"}
    assert (live["present"], live["expected"], live["provisional"]) == (48, 48, True)

    async def running() -> Any:
        return (await row(portal, CITY))["energy_today"]

    today = await wait_for(running, 60, "the running day on the board")
    assert (today["day"], today["enterprises"]) == (day.date().isoformat(), 1)
    assert Decimal(today["tce_equal"]) == Decimal("0.147")

    await portal.step(day + timedelta(days=1, minutes=10))

    async def closed() -> Any:
        found = (await row(portal, CITY))["monitoring"]
        return (
            found if found["day"] == day.date().isoformat() and found["counts"]["designated"] == 2 else None
        )

    figure = await wait_for(closed, 60, "the coverage of the closed day")
    assert figure["counts"]["online_closed_day"] == 1
    assert Decimal(figure["value"]) == 50
    assert figure["light"] == "red"
    assert (await row(portal, PROVINCE))["monitoring"]["value"] == figure["value"]

    async def measured() -> Any:
        found = (await row(portal, CITY))["energy_closed_day"]
        return found if found and found["day"] == day.date().isoformat() else None

    assert Decimal((await wait_for(measured, 60, "the closed day's energy"))["tce_equivalent"]) == Decimal(
        "0.485"
    )
    await evidence_leads_to_the_events(portal, online, offline, day.date().isoformat())


async def evidence_leads_to_the_events(portal: Portal, online: Works, offline: Works, day: str) -> None:
    """Every event behind the figure, by its place in the log and its hash; who was online and who was not."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        query: dict[str, Any] = {"region": CITY, "limit": 200} | ({"cursor": cursor} if cursor else {})
        page = ok(await portal.province.get("/progress/figures/EN-14/evidence", params=query))
        items += page["items"]
        if not (cursor := page["next_cursor"]):
            break
    verdicts = {
        item["enterprise"]: item["data"]
        for item in items
        if item["type"] == "CoverageChanged" and item["data"]["day"] == day and not item["superseded_by"]
    }
    assert verdicts[online.enterprise]["online"] is True
    assert verdicts[offline.enterprise]["reason"] == "no_same_day_data"
    listed = {item["enterprise"] for item in items if item["type"] == "KeyUsersDesignated"}
    assert {online.enterprise, offline.enterprise} <= listed
    assert all(len(item["hash"]) == 64 and item["position"] > 0 for item in items)


async def test_the_meters_door_says_what_a_person_must_mend(portal: Portal):
    works = await Works.registered(portal)
    meter = await works.meter()
    moment = await portal.now()
    stranger = portal.meters(f"{works.enterprise}.not-the-secret")
    body = batch(meter, [(moment, 1)])
    assert (await stranger.post("/v1/readings", json=body)).status_code == 401
    assert (await works.post({**body, "unknown": 1})).status_code == 422
    assert (await works.door.post("/v1/readings", content=b"{")).status_code in (400, 415)
    for path in ("/v1/receipts/none", "/v1/receipts/0b7c8f1e-6f0a-4c39-9d2e-3a0f5d6c7b81"):
        assert problem(await works.door.get(path), 404)["code"] == "not-found"


async def test_a_receipt_tells_of_every_reading_what_became_of_it(portal: Portal):
    """Accepted, duplicate, revised, and quarantined with the reason; garbage blocks nothing after it."""
    works = await Works.registered(portal)
    meter = await works.meter()
    now = await portal.now()
    first = now - timedelta(days=1)
    await works.send(meter, [(first, 100)])
    rows = [
        {"meter": meter, "time": first.isoformat(), "value": 100},
        {"meter": meter, "time": (first + timedelta(minutes=15)).isoformat(), "value": 110},
        {"meter": "nobody-knows-it", "time": first.isoformat(), "value": 1},
        {"meter": meter, "time": (now + timedelta(days=2)).isoformat(), "value": 120},
        {"meter": meter, "time": first.isoformat(), "value": 101},
        {"meter": meter, "time": (first + timedelta(minutes=30)).isoformat(), "value": "-5"},
    ]
    response = await works.post({"readings": rows})
    assert response.status_code == 202
    assert response.json()["readings"] == 6
    done = await works.outcome(response.json()["receipt"])
    assert sum(done["counts"].values()) == 6
    assert done["counts"]["quarantined"] == 3
    told = {
        index: (item["outcome"], item["reason"])
        for item in done["exceptions"]
        for index in range(item["from"], item["to"] + 1)
    }
    assert told[2] == ("quarantined", "unknown_meter")
    assert told[3] == ("quarantined", "ahead_of_clock")
    assert told[5][0] == "quarantined"
    assert 1 not in told
    listed = ok(await portal.province.get("/quarantine", params={"enterprise": works.enterprise}))["items"]
    assert {item["meter"] for item in listed} == {meter, "nobody-knows-it"}


async def test_registering_the_meter_lets_its_readings_in(portal: Portal):
    """Readings that came before the paper work are not lost: they are released, and counted once."""
    works = await Works.registered(portal)
    known = await works.meter()
    late = f"{works.enterprise}-late"
    day = (await portal.now()).replace(hour=0, minute=0, second=0) - timedelta(days=3)
    done = await works.send(late, register(day, 5))
    assert done["counts"]["quarantined"] == 5
    await works.send(known, register(day, 5))
    await works.meter(meter=late)

    async def hours() -> Any:
        return (await works.hours(late, day.date())).get(day)

    assert await wait_for(hours, 30, "the released readings' hour") == Decimal(100)
    receipt = ok(await portal.province.get(f"/enterprises/{works.enterprise}/receipts/{done['receipt']}"))
    assert receipt["released"] == [0, 1, 2, 3, 4]
    assert Decimal((await works.day(day.date()))["native"]) == 200


@pytest.mark.parametrize("role", ["enterprise", "county"])
async def test_who_keeps_a_meter_reads_its_sums_through_their_own_token(portal: Portal, role: str):
    works = await Works.registered(portal, COUNTY)
    meter = await works.meter()
    day = (await portal.now()).replace(hour=0, minute=0, second=0) - timedelta(days=2)
    await works.send(meter, register(day, 9))
    own = portal.caller("enterprise", organisation=works.enterprise)
    reader = own if role == "enterprise" else portal.caller("county", COUNTY)
    query = {"grain": "hour", "from": day.date().isoformat(), "to": day.date().isoformat()}
    periods = ok(await reader.get(f"/meters/{meter}/energy", params=query))["periods"]
    assert [each["native"] for each in periods[:3]] == ["100", "100", None]
