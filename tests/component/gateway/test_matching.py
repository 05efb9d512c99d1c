"""Matching as portals meet it: from both sides' registration to an event on the stream and a figure, row by row."""

from typing import Any

import pytest

from tests.component.gateway.world import CITY, COUNTY, OTHER_COUNTY, World, listing
from tests.kit.logs_and_streams import jetstream
from tests.kit.portal import ok, problem, unique
from tests.kit.servers import wait_for

ROWS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "PM-7 an investor of a focus sector": (
        "investment",
        {"title": "动力锂电池生产线招商项目", "industries": ["3841"], "amount_min": "300000000"},
        {"title": "拟投资锂离子电池正极与电芯制造", "industries": ["384"], "regions": ["350100"]},
    ),
    "IN-5 a result for an enterprise's need": (
        "technology",
        {"title": "高盐染色污水脱色", "industries": ["1713"]},
        {"title": "染色废水臭氧脱色装置", "industries": ["17"]},
    ),
    "IN-14 a result of an institute put forward at 6·18": (
        "technology",
        {"title": "稀土永磁材料重稀土减量", "tags": ["6·18"]},
        {"title": "烧结钕铁硼永磁晶界渗镝", "tags": ["6·18", "中科院海西研究院"]},
    ),
    "TR-22 a bank's offer for a project": (
        "finance",
        {"title": "技改项目贷款", "amount_min": "20000000", "amount_max": "20000000"},
        {
            "title": "技术改造贷款产品",
            "regions": ["350100"],
            "amount_min": "5000000",
            "amount_max": "80000000",
        },
    ),
    "DI-7 a service platform": (
        "integration",
        {"title": "中小企业研发设计与检验测试服务"},
        {"title": "行业公共服务平台：研发设计、检验测试"},
    ),
    "DI-8 a demonstration zone": (
        "integration",
        {"title": "闽东电机示范区设备联网采集", "tags": ["闽东电机示范区"]},
        {"title": "电机企业设备联网与数据采集网关"},
    ),
    "DI-13 a software firm for a zone's enterprise": (
        "integration",
        {"title": "纺织服装车间制造执行系统", "tags": ["泉州纺织服装示范区"]},
        {"title": "服装MES软件：排产与追溯"},
    ),
    "DI-14 supply meets demand": (
        "integration",
        {"title": "企业能源消耗在线监测"},
        {"title": "能耗在线监测与分析服务"},
    ),
}


@pytest.mark.parametrize("row", ROWS)
async def test_a_need_meets_its_offer(world: World, row: str):
    meeting, needed, offered = ROWS[row]
    county, city, province = (
        world.portal.caller("county", COUNTY),
        world.portal.city(CITY),
        world.portal.province,
    )
    need, offer = unique("N-ROW"), unique("O-ROW")
    common = {"meeting": meeting, "region": COUNTY}

    async def figures() -> dict[str, Any]:
        found = ok(await county.get("/matching/figures", params={"region": COUNTY}))["items"]
        return next(each for each in found if each["meeting"] == meeting)

    before = await figures()
    body = {**common, **needed, "listing": need, "side": "need", "party": f"示例企业 {need}"}
    ok(await county.post("/matching/listings", json=body))
    body = {
        **common,
        "region": "350000",
        **offered,
        "listing": offer,
        "side": "offer",
        "party": f"示例 {offer}",
    }
    ok(await province.post("/matching/listings", json=body))

    (first, *_) = ok(await county.get(f"/matching/listings/{need}/suggestions"))["items"]
    assert first["listing"] == offer
    assert all(reason["words"] for reason in first["reasons"])

    pair = {"need": need, "offer": offer}
    assert ok(await city.post("/matching/matches", json=pair))["status"] == "introduced"
    steps = f"/matching/matches/{need}/{offer}/steps"
    ok(await county.post(steps, json={"step": "negotiating"}))
    agreed = {"step": "matched", "evidence": "示例协议1号", "amount": "20000000"}
    answer = await county.post(steps, json=agreed)
    assert ok(answer)["status"] == "matched"

    after = await figures()
    gained = {name: after[name] - before[name] for name in ("needs", "introduced", "matched")}
    assert gained == {"needs": 1, "introduced": 1, "matched": 1}
    assert float(after["amount"]) - float(before["amount"]) == 20_000_000
    async with jetstream(world.portal.system) as js:

        async def told() -> bool:
            last = await js.get_last_msg("PROJECTS", "projects.MatchConcluded")
            return f'"{need}"'.encode() in (last.data or b"")

        await wait_for(told, 20, "the result is on the stream")


async def test_results_needs_and_matches_are_figures_of_the_plan(world: World):
    """IN-3, IN-4, IN-5: each counts as soon as its own event is read; what did not hold counts no more."""
    county, province = world.portal.caller("county", COUNTY), world.portal.province

    async def value(target: str, token: str | None = None) -> int:
        headers = {"Position-Token": token} if token else {}
        found = ok(await province.get(f"/progress/figures/{target}", headers=headers))["figure"]
        return int(found["value"] or 0)

    before = {target: await value(target) for target in ("IN-3", "IN-4", "IN-5")}
    terms = {"meeting": "technology", "title": "铸造旧砂再生"}
    need, offer = unique("N-IN"), unique("R-IN")
    body = {**terms, "listing": offer, "side": "offer", "region": "350000", "party": "示例研究所"}
    told = await province.post("/matching/listings", json=body)
    assert await value("IN-3", told.headers["position-token"]) == before["IN-3"] + 1
    body = {**terms, "listing": need, "side": "need", "region": COUNTY, "party": "示例铸造厂"}
    told = await county.post("/matching/listings", json=body)
    assert await value("IN-4", told.headers["position-token"]) == before["IN-4"] + 1
    ok(await county.post("/matching/matches", json={"need": need, "offer": offer}))
    steps = f"/matching/matches/{need}/{offer}/steps"
    told = await county.post(steps, json={"step": "matched", "evidence": "示例协议2号"})
    assert await value("IN-5", told.headers["position-token"]) == before["IN-5"] + 1
    told = await county.post(steps, json={"step": "reopened", "reason": "未履行"})
    assert await value("IN-5", told.headers["position-token"]) == before["IN-5"]


async def test_an_enterprise_puts_forward_what_is_its_own_where_the_registry_has_it(world: World):
    """The door brings along what the registry says; the name and the place are not the enterprise's to choose."""
    mill = world.portal.caller("enterprise", organisation=world.home)
    own = listing("need", unique("N-OWN"), None)
    elsewhere = problem(await mill.post("/matching/listings", json={**own, "region": OTHER_COUNTY}), 403)
    assert (elsewhere["code"], elsewhere["where"]) == ("not-your-region", "region")
    pretended = problem(await mill.post("/matching/listings", json={**own, "party": "别的企业"}), 403)
    assert (pretended["code"], pretended["where"]) == ("not-your-name", "party")
    assert ok(await mill.post("/matching/listings", json=own))["enterprise"] == world.home
    nobody = world.portal.caller("enterprise", organisation="E-NOBODY")
    assert problem(await nobody.post("/matching/listings", json=own), 404)["where"] == "enterprise"
