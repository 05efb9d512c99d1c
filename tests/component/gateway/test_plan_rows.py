"""Promises and duties of the plan as portals meet them: each row ends in an event on the stream and in a figure."""

from typing import Any

import httpx
import pytest

from plans.loader import load_plan
from tests.component.gateway.authorisation.diagnoses import diagnosis
from tests.component.gateway.test_projects import told
from tests.component.gateway.world import CITY, COUNTY, World
from tests.kit.portal import ok, problem, unique

PROMISED = load_plan("fujian-2013").measures
OWED = {
    "TR-9": ("2013", CITY, 9),
    "TR-27a": ("2013", "350000", 1),
    "TR-28": ("2013", "350000", 1),
    "PM-13a": ("2013", "350000", 1),
    "PM-14": ("2013", "PT", 11),
    "PM-16": ("2013", "PT", 11),
    "EI-16": ("2013", "350000", 1),
}
"""Duty: a period it is owed for, who hands it in here, and how many occasions all regions have (X-2: Pingtan)."""


@pytest.mark.parametrize("promise", PROMISED, ids=lambda each: each.measure)
async def test_a_promise_is_kept_part_by_part(world: World, promise: Any) -> None:
    """TR-23, PM-20, EI-11, EI-16, EI-17, IN-14, IN-15, IN-18, IN-19, IN-21, DI-7 … DI-9, DI-12."""
    province, name = world.portal.province, unique("MS-ROW")

    async def figures() -> dict[str, int]:
        page = ok(await province.get("/measures", params={"row": promise.rows[0], "limit": 1}))
        return {key: page[key] for key in ("count", "completed", "item_count", "items_done")}

    before, items = await figures(), [each.item for each in promise.items]
    body = promise.model_dump(mode="json", exclude={"confidence", "note"}) | {"measure": name}
    ok(await province.post("/measures", json=body))
    for item in items:
        done = {"item": item, "text": "已落实", "evidence": unique("示例")}
        ok(await province.post(f"/measures/{name}/follow-ups", json=done))
    closing = {"evidence": unique("示例"), "on": "2013-02-28"}
    for number, item in enumerate(items, 1):
        problem(await province.post(f"/measures/{name}/completion", json=closing), 409)
        view = ok(await province.post(f"/measures/{name}/completion", json=closing | {"item": item}))
        assert (view["items_done"], view["item_count"]) == (number, len(items))
    view = ok(await province.post(f"/measures/{name}/completion", json=closing))
    assert [each["follow_ups"] for each in view["items"]] == [1] * len(items)
    await told(world, "MeasureCompleted", name)
    gained = {key: value - before[key] for key, value in (await figures()).items()}
    assert gained == {"count": 1, "completed": 1, "item_count": len(items), "items_done": len(items)}


async def test_what_the_plan_left_open_is_added_and_counts_as_open(world: World) -> None:
    """EI-17: products get into the procurement list one by one; 等 in EI-11, IN-19, DI-8."""
    province, name = world.portal.province, unique("MS-OPEN")
    listed = next(each for each in PROMISED if each.measure == "EI-17")
    body = listed.model_dump(mode="json", exclude={"confidence", "note"}) | {"measure": name}
    ok(await province.post("/measures", json=body))
    for product in ("1", "2"):
        added = {"item": product, "name": f"示例产品{product}", "source": "示例目录"}
        ok(await province.post(f"/measures/{name}/items", json=added))
    done = {"item": "1", "evidence": "示例目录第1批"}
    ok(await province.post(f"/measures/{name}/completion", json=done))
    await told(world, "MeasureItemCompleted", name)
    wrong = {"item": "1", "reason": "未列入"}
    view = ok(await province.post(f"/measures/{name}/reopening", json=wrong))
    assert (view["items_done"], view["item_count"], view["standing"]) == (0, 2, "open")


async def test_a_diagnosis_leads_to_a_need_and_to_a_project(world: World) -> None:
    """IN-14: what experts found at an enterprise is put forward as a need, or becomes a project."""
    city = world.portal.city(CITY)
    body = diagnosis()

    async def totals() -> dict[str, int]:
        page = ok(await city.get("/diagnoses", params={"region": COUNTY, "industry": "34", "limit": 1}))
        return dict(page["totals"])

    before = await totals()
    ok(await city.post("/diagnoses", json=body))
    path = f"/diagnoses/{body['diagnosis']}/findings"
    problem(await city.post(f"{path}/1", json={"outcome": "need", "reference": world.offer}), 422)
    need = {"outcome": "need", "reference": await world.new_listing("need")}
    ok(await city.post(f"{path}/1", json=need))
    view = ok(await city.post(f"{path}/2", json={"outcome": "project", "reference": world.project}))
    assert [each["outcome"] for each in view["items"]] == ["need", "project"]
    await told(world, "FindingSettled", body["diagnosis"], '"project"')
    gained = {key: value - before[key] for key, value in (await totals()).items()}
    assert gained == {"diagnoses": 1, "findings": 2, "needs": 1, "projects": 1, "dismissed": 0}


@pytest.mark.parametrize("duty", OWED)
async def test_a_dated_duty_is_handed_in_and_its_account_counts_it(world: World, duty: str) -> None:
    """TR-9, TR-27a, TR-28, PM-13a, PM-14, PM-16: in time, and late where its day is past."""
    period, region, occasions = OWED[duty]
    door = world.portal.province if region == "350000" else world.portal.city(region)
    path, occasion = f"/duties/{duty}", {"region": region, "period": period}

    async def counts() -> dict[str, int]:
        found = ok(await world.portal.province.get("/duties/calendar", params={"duty": duty}))["counts"]
        assert sum(found.values()) == occasions
        return dict(found)

    async def hand_in(**more: str) -> httpx.Response:
        return await door.post(f"{path}/receipts", json={**occasion, "evidence": unique("示例"), **more})

    before = await counts()
    in_time = ok(await hand_in(received_on="2013-01-30"))
    await told(world, "DutyReceived", in_time["evidence"])
    assert (await counts())["received"] == before["received"] + 1
    problem(await hand_in(), 409)
    ok(await door.post(f"{path}/withdrawals", json={**occasion, "reason": "文号有误"}))
    assert await counts() == before
    again = ok(await hand_in())
    stands = "late" if (await world.portal.now()).date().isoformat() > again["due_on"] else "received"
    assert again["standing"] == stands
    assert (await counts())[stands] == before[stands] + 1
