"""Duties and documents as portals meet them (TR-8, TR-12, PM-10, PM-21): from the door to the stream."""

from decimal import Decimal

from tests.component.gateway.world import CITY, World
from tests.kit.logs_and_streams import jetstream
from tests.kit.portal import ok, problem, unique
from tests.kit.servers import wait_for


async def told(world: World, event: str, what: str) -> None:
    """Wait until the newest event of that type on the stream speaks of `what`."""
    async with jetstream(world.portal.system) as js:

        async def there() -> bool:
            return what.encode() in ((await js.get_last_msg("PROJECTS", f"projects.{event}")).data or b"")

        await wait_for(there, 20, f"{event} of {what} on the stream")


async def test_a_bulletin_goes_out_frozen_and_is_read_as_json_and_as_a_page(world: World):
    province, city = world.portal.province, world.portal.city(CITY)
    colleague = world.portal.caller("province", "350000")
    name = unique("B-OUT")
    body = {"document": name, "kind": "monthly_bulletin", "period": "2013-01", "remarks": ["进度<正常>。"]}
    ok(await province.post("/documents", json=body))
    problem(await city.get(f"/documents/{name}"), 404)
    problem(await province.post(f"/documents/{name}/reviews", json={"outcome": "passed"}), 403)
    ok(await colleague.post(f"/documents/{name}/reviews", json={"outcome": "passed"}))
    issued = ok(await province.post(f"/documents/{name}/issue", json={}))
    assert issued["label"] == f"〔{issued['year']}〕第{issued['number']}期"
    await told(world, "DocumentIssued", name)

    view = ok(await city.get(f"/documents/{name}"))
    ((investment,),) = (
        [
            Decimal(each["value"])
            for each in section["figures"]
            if (each["measure"], each["region"]) == ("in_period", CITY)
        ]
        for section in view["sections"]
        if section["section"] == "investment"
    )
    assert investment >= 4_820_000_000
    assert {each["source"] for each in view["positions"]} == {"projects", "assessment"}
    page = await city.get(f"/documents/{name}/page")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert issued["label"] in page.text
    assert "进度&lt;正常&gt;。" in page.text
    again = await city.get(f"/documents/{name}/page", headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 304

    owed = {"duty": "PM-10-bulletin", "last_due": "2013-02-28"}
    (january,) = ok(await province.get("/duties/calendar", params=owed))["items"]
    assert (january["period"], january["evidence"]) == ("2013-01", issued["label"])


async def test_a_quarters_update_is_handed_in_and_the_calendar_counts_it(world: World):
    city = world.portal.city(CITY)
    for duty in ("TR-18", "TR-8"):
        before = ok(await city.get("/duties/calendar", params={"duty": duty, "region": CITY}))["counts"]
        receipt = {"region": CITY, "period": "2013-Q4", "evidence": unique("榕经贸")}
        ok(await city.post(f"/duties/{duty}/receipts", json=receipt))
        await told(world, "DutyReceived", receipt["evidence"])
        after = ok(await city.get("/duties/calendar", params={"duty": duty, "region": CITY}))["counts"]
        assert after["received"] == before["received"] + 1
        problem(await world.portal.province.post(f"/duties/{duty}/receipts", json=receipt), 403)


async def test_a_silent_month_is_found_missing_by_the_clock(world: World):
    """Nobody asks for it: the watch follows the Clock. Fuzhou alone reports in these tests."""
    portal, silent = world.portal, "350600"

    async def facts() -> set[tuple[str, str]]:
        account = ok(await portal.province.get(f"/duties/TR-12/{silent}"))
        return {(each["type"], each["period"]) for each in account["history"]}

    await portal.next_day()

    async def missed() -> bool:
        return ("DutyMissed", "2013-01") in await facts()

    await wait_for(missed, 20, "January of a silent city is found missing")
    params = {"duty": "TR-12", "region": silent, "standing": "missing", "last_due": "2013-02-28"}
    (january,) = ok(await portal.province.get("/duties/calendar", params=params))["items"]
    assert january["days_late"] >= 1
