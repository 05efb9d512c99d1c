"""Projects as portals meet them: each row of the plan ends in an event on the stream and in a figure."""

from typing import Any

import pytest
from nats.js.errors import NotFoundError

from plans.loader import load_plan
from tests.component.gateway.world import CITY, COUNTY, World, project
from tests.kit.logs_and_streams import jetstream
from tests.kit.portal import ok, unique
from tests.kit.servers import wait_for

SPAN = {"region": COUNTY, "first_day": "2012-01-01", "last_day": "2013-12-31"}
TAGS = load_plan("fujian-2013").project_tags
FIELDS = sorted({each.parent for each in TAGS if each.parent})
INVESTOR = {"kind": "private", "name": "示例集团", "origin": "330000"}
STEPS = {
    "negotiating": "2012-03-01",
    "contract_signed": "2012-06-18",
    "filed": "2012-07-01",
    "started": "2013-01-20",
    "producing": "2013-02-20",
}


async def register(world: World, *stages: str, **more: Any) -> str:
    """A project in Fuqing that got as far as that, by its city."""
    history: list[dict[str, Any]] = []
    for stage in stages:
        amount = {"amount": "120000000"} if stage == "contract_signed" else {}
        history.append({"stage": stage, "on": STEPS[stage], "evidence": "示例", **amount})
    body = project(unique("P-ROW"), world.home) | {"planned_on": "2012-01-10", "history": history} | more
    door = world.portal.province if "registers" in more else world.portal.city(CITY)
    return str(ok(await door.post("/projects", json=body))["project"])


async def counts(world: World, **filters: Any) -> dict[str, Any]:
    found: dict[str, Any] = ok(await world.portal.province.get("/project-counts", params={**SPAN, **filters}))
    return found


async def told(world: World, type_name: str, *words: str) -> None:
    """Wait until the newest event of that type on the stream holds these words."""
    async with jetstream(world.portal.system) as js:

        async def there() -> bool:
            try:
                last = await js.get_last_msg("PROJECTS", f"projects.{type_name}")
            except NotFoundError:  # the first of its type is still on its way
                return False
            return all(word.encode() in (last.data or b"") for word in words)

        await wait_for(there, 20, f"{type_name} on the stream")


@pytest.mark.parametrize(
    "tag",
    [each for each in TAGS if not each.parent],
    ids=lambda tag: f"{tag.rows.replace(' ', ',')}-{tag.tag}",
)
async def test_a_tagged_project_counts_once_for_its_rows(world: World, tag: Any) -> None:
    """EI-3 … EI-17, EI-22, EN-15, EN-16, IN-6 … IN-21, DI-4 … DI-12, TR-23, PM-5, PM-7 (X-9)."""
    before = await counts(world, tag=tag.tag)
    name = await register(world, "filed", "started", tags=[tag.tag, tag.tag])
    await told(world, "ProjectStageReached", name, '"started"')
    after = await counts(world, tag=tag.tag)
    assert [after[key] - before[key] for key in ("projects", "started", "producing")] == [1, 1, 0]
    view = ok(await world.portal.city(CITY).get(f"/projects/{name}"))
    assert (view["tags"], view["programmes"]) == ([tag.tag], sorted({"TR", tag.programme}))


async def counts_by(world: World, by: str, **filters: Any) -> dict[str, dict[str, Any]]:
    """The counts of each, by its key; `total` is of all of them together."""
    params = {"first_day": "2012-01-01", "last_day": "2013-12-31", **filters}
    found = ok(await world.portal.province.get(f"/project-counts/{by}", params=params))
    return {each["key"]: each for each in found["items"]} | {"total": found["total"]}


@pytest.mark.parametrize("field", FIELDS)
async def test_a_project_counts_for_each_technology_and_once_in_their_field(world: World, field: str) -> None:
    """EI-22a … EI-22h, DI-6: who has three of a field's technologies is one project of the field."""
    technologies = [each.tag for each in TAGS if each.parent == field]
    before = await counts_by(world, "technology", tag=field)
    fields = await counts_by(world, "field")
    name = await register(world, "filed", "started", tags=technologies)
    await told(world, "ProjectStageReached", name, '"started"')
    after = await counts_by(world, "technology", tag=field)
    assert {key: after[key]["started"] - before[key]["started"] for key in after} == dict.fromkeys(
        [*technologies, "total"], 1
    )
    assert (await counts_by(world, "field"))[field]["started"] - fields[field]["started"] == 1
    view = ok(await world.portal.city(CITY).get(f"/projects/{name}"))
    assert view["tags"] == sorted([*technologies, field])
    page = ok(await world.portal.province.get("/projects", params={"tag": technologies[-1], "limit": 1}))
    assert page["totals"]["projects"] == after[technologies[-1]]["projects"]


async def test_the_first_quarters_starts_are_shown_city_by_city(world: World) -> None:
    """TR-9, PM-16, PM-18: nine cities and Pingtan, each with what it started and put into production."""
    quarter = {"first_day": "2013-01-01", "last_day": "2013-03-31", "programme": "TR"}
    before = await counts_by(world, "city", **quarter)
    assert len(before) == 1 + 10
    name = await register(world, "filed", "started", "producing")
    await told(world, "ProjectStageReached", name, '"producing"')
    after = await counts_by(world, "city", **quarter)
    gained = {key: after[key]["started_or_producing"] - before[key]["started_or_producing"] for key in after}
    assert {key for key, count in gained.items() if count} == {CITY, "total"}
    assert (gained[CITY], after[CITY]["producing"] - before[CITY]["producing"]) == (1, 1)


async def test_a_saving_is_expected_verified_and_a_figure_of_the_plan(world: World) -> None:
    """EN-15b: 80万吨 counts what the province had verified, not what a city expects."""
    city, province = world.portal.city(CITY), world.portal.province

    async def value(token: str) -> float:
        found = ok(await province.get("/progress/figures/EN-15b", headers={"Position-Token": token}))
        return float(found["figure"]["value"] or 0)  # unknown before the first is verified

    name = await register(world, "filed", "started", "producing", tags=["en_waste_heat"])
    before = await counts(world, tag="en_waste_heat")
    saving = {"tce": "4000", "basis": "可行性研究报告，等价值", "evidence": "示例"}
    said = await city.post(f"/projects/{name}/energy-savings", json=saving)
    start = await value(said.headers["position-token"])
    found = {**saving, "tce": "3500", "verified_by": "示例审核机构"}
    assert (await city.post(f"/projects/{name}/energy-savings/verification", json=found)).status_code == 403
    said = await province.post(f"/projects/{name}/energy-savings/verification", json=found)
    saved = ok(said)["energy_saving"]
    assert [float(saved[each]["tce"]) for each in ("expected", "verified")] == [4000, 3500]
    assert await value(said.headers["position-token"]) - start == pytest.approx(0.35)
    await told(world, "EnergySavingVerified", name)
    after = await counts(world, tag="en_waste_heat")
    sums = ("saving_expected", "saving_verified")
    assert [float(after[each]) - float(before[each]) for each in sums] == [4000, 3500]


async def test_starts_and_productions_of_the_key_register_are_a_union(world: World) -> None:
    """TR-4, TR-5, TR-8, TR-11 (X-12, X-22)."""
    key = {"registers": [{"register": "provincial_key", "valid_from": "2013-01-15"}]}
    before = await counts(world, register="provincial_key")
    await register(world, "filed", "started", "producing", **key)
    last = await register(world, "filed", "started", **key)
    await told(world, "ProjectStageReached", last)
    after = await counts(world, register="provincial_key")
    names = ("projects", "started", "producing", "started_or_producing")
    assert [after[name] - before[name] for name in names] == [2, 2, 1, 2]


@pytest.mark.parametrize("permit", ["filed", "approved"])
async def test_either_permit_leads_to_the_start(world: World, permit: str) -> None:
    """TR-17."""
    name = await register(world)
    before = await counts(world, programme="TR")
    city = world.portal.city(CITY)
    for stage in (permit, "started"):
        step = {"stage": stage, "on": "2013-02-25", "evidence": "示例"}
        ok(await city.post(f"/projects/{name}/stages", json=step))
    await told(world, "ProjectStageReached", name, '"started"')
    assert (await counts(world, programme="TR"))["started"] - before["started"] == 1


@pytest.mark.parametrize(
    ("investor", "filters"),
    [
        ({"categories": ["top_500_private", "industry_leader"]}, {"category": "top_500_private"}),
        ({"kind": "central_soe"}, {"investor_kind": "central_soe"}),
        ({"kind": "foreign", "origin": "JP"}, {"investor_kind": "foreign"}),
        ({"categories": ["taiwan_top_100"], "kind": "foreign"}, {"category": "taiwan_top_100"}),
        ({"origin": "310000"}, {"eastern": "true"}),
    ],
    ids=["PM-1", "PM-5", "PM-6", "PM-8", "PM-7"],
)
async def test_a_matched_project_counts_for_its_investor(
    world: World, investor: dict[str, Any], filters: dict[str, Any]
) -> None:
    """PM-1, PM-3, PM-5 … PM-8, PM-11."""
    before = await counts(world, **filters)
    steps = ("negotiating", "contract_signed", "filed", "started")
    name = await register(world, *steps, investor=INVESTOR | investor, programmes=["PM"])
    await told(world, "ProjectStageReached", name, '"started"')
    after = await counts(world, **filters)
    assert [after[key] - before[key] for key in ("contracts", "started")] == [1, 1]
    assert float(after["contract_amount"]) - float(before["contract_amount"]) == 120_000_000


@pytest.mark.parametrize(
    ("kind", "department"),
    [
        ("central_soe", "development_reform_commission"),
        ("private", "economic_trade_commission"),
        ("foreign", "foreign_trade_department"),
    ],
)
async def test_a_matched_project_is_the_department_s_whose_its_investor_is(
    world: World, kind: str, department: str
) -> None:
    """PM-17: derived by the dated rule, shown, filtered by and counted."""
    before = await counts_by(world, "department")
    name = await register(world, "negotiating", "contract_signed", investor=INVESTOR | {"kind": kind})
    await told(world, "ProjectStageReached", name, '"contract_signed"')
    after = await counts_by(world, "department")
    gained = {key: after[key]["contracts"] - before[key]["contracts"] for key in after}
    assert {key for key, count in gained.items() if count} == {department, "total"}
    mine: dict[str, str | int] = {
        "department": department,
        "region": COUNTY,
        "sort": "registered_on",
        "limit": 200,
    }
    page = ok(await world.portal.province.get("/projects", params=mine))
    assert name in {each["project"] for each in page["items"]}
    assert {each["investor"]["department"] for each in page["items"]} == {department}


async def test_a_contract_year_is_closed_and_its_rate_asked(world: World) -> None:
    """PM-2, PM-4, PM-16 (G-8)."""
    steps = ("negotiating", "contract_signed", "filed", "started")
    await register(world, *steps, investor=INVESTOR | {"kind": "foreign"})
    province = world.portal.province
    closed = ok(await province.post("/cohorts/foreign/2012", json={}))
    await told(world, "CohortClosed", "foreign:2012")
    rate = ok(await province.get("/cohorts/foreign/2012"))
    assert (rate["members"], rate["closed_on"]) == (closed["members"], closed["closed_on"])
    assert float(rate["start_rate_percent"]) > 0


async def test_a_project_is_pre_reviewed_listed_and_signed_on_stage(world: World) -> None:
    """PM-12, PM-13b, PM-15, PM-18, PM-19."""
    city, province, ceremony = world.portal.city(CITY), world.portal.province, unique("ceremony")
    name = await register(world, investor=INVESTOR)
    path = f"/projects/{name}"

    async def step(stage: str, **more: Any) -> None:
        body = {"stage": stage, "on": "2013-02-20", "evidence": "示例", **more}
        ok(await city.post(f"{path}/stages", json=body))

    await step("pre_reported")
    asked = ok(await province.get(f"{path}/pre-review"))
    assert len(asked["departments"]) == 6
    for department in asked["departments"]:
        opinion = {"department": department, "view": "agrees", "evidence": "同意", "on": "2013-02-20"}
        ok(await province.post(f"{path}/pre-review/opinions", json=opinion))
    passed = {"result": "passed", "evidence": "9号", "on": "2013-02-20"}
    ok(await province.post(f"{path}/pre-review/conclusion", json=passed))
    await step("negotiating")
    contract = {"contract": "contract_signed", "amount": "120000000", "on": "2013-02-20"}
    ok(await city.post(f"/ceremonies/{ceremony}/signings/{name}", json=contract))
    approved = {"approved": True, "on": "2013-02-20"}
    ok(await province.post(f"/ceremonies/{ceremony}/signings/{name}/audit", json=approved))
    await step("contract_signed", amount="120000000", ceremony=ceremony)
    await told(world, "ProjectStageReached", name, ceremony)
    page = ok(await province.get(f"/ceremonies/{ceremony}/signings", params={"standing": "signed"}))
    assert (page["projects"], page["amount"]) == (1, "120000000.00")


async def test_the_june_event_stands_together_for_ten_reporters(world: World) -> None:
    """PM-12, PM-15, PM-18: signing projects and invited key firms of nine cities and Pingtan, and who names none."""
    city, province, ceremony = world.portal.city(CITY), world.portal.province, unique("ceremony")
    day = {"on": "2013-02-20"}
    steps = ("pre_reported", "pre_reviewed", "negotiating")
    history = [{"stage": stage, "evidence": "示例", **day} for stage in steps]
    body = project(unique("P-JUNE"), world.home) | {"history": history, "investor": INVESTOR}
    name = ok(await city.post("/projects", json=body))["project"]
    contract = {"contract": "contract_signed", "amount": "120000000", **day}
    ok(await city.post(f"/ceremonies/{ceremony}/signings/{name}", json=contract))
    for caller, region, attends in ((city, COUNTY, True), (world.portal.city("PT"), "PT", False)):
        firm = {"firm": unique("F-JUNE"), "name": "示例集团", "region": region, **day}
        ok(await caller.post(f"/ceremonies/{ceremony}/guests", json=firm))
        answer = {"attends": attends, "reason": "" if attends else "另有日程"}
        ok(await caller.post(f"/ceremonies/{ceremony}/guests/{firm['firm']}/answer", json=answer))
    await told(world, "InvitationAnswered", ceremony, firm["firm"])
    guests = ok(await province.get(f"/ceremonies/{ceremony}/guests"))
    assert (guests["firms"], guests["attending"]) == (2, 1)

    before = ok(await province.get(f"/ceremonies/{ceremony}"))
    assert len(before["items"]) == 10
    named = {
        each["region"]: (each["recommended"], each["firms"], each["attending"]) for each in before["items"]
    }
    assert {region: each for region, each in named.items() if any(each)} == {CITY: (1, 1, 1), "PT": (0, 1, 0)}
    assert (len(before["without_projects"]), len(before["without_firms"])) == (9, 8)
    ok(await province.post(f"/ceremonies/{ceremony}/signings/{name}/audit", json={"approved": True, **day}))
    signed = {"stage": "contract_signed", "amount": "120000000", "evidence": "示例", "ceremony": ceremony}
    for step in (signed, {"stage": "filed", "evidence": "示例"}, {"stage": "started", "evidence": "示例"}):
        ok(await city.post(f"/projects/{name}/stages", json={**step, **day}))
    after = ok(await province.get(f"/ceremonies/{ceremony}"))
    (was,), (now,) = (
        [each for each in told_["items"] if each["region"] == CITY] for told_ in (before, after)
    )
    figures = ("approved", "signed", "contracts", "started", "producing")
    assert [now[each] - was[each] for each in figures] == [1, 1, 1, 1, 0]
    assert now["signed_amount"] == "120000000.00"


async def test_a_built_project_of_the_national_plan_is_reminded_of_its_acceptance(world: World) -> None:
    """TR-14a … TR-14c: the reminder comes by itself, when the Clock's day changes."""
    register_ = {"registers": [{"register": "national_plan", "valid_from": "2012-01-15"}]}
    history = [
        {"stage": stage, "on": on, "evidence": "示例"}
        for stage, on in (("filed", "2012-02-01"), ("started", "2012-03-01"), ("producing", "2012-06-01"))
    ]
    name = await register(world, **register_, history=history)
    await world.portal.next_day()
    await told(world, "AcceptanceReminded", name)
    view = ok(
        await world.portal.province.get("/registers/national_plan/acceptance", params={"region": COUNTY})
    )
    (found,) = [item for item in view["items"] if item["project"] == name]
    assert (found["due_on"], found["reminders"]) == ("2012-11-28", 1)
    step = {"stage": "accepted", "on": "2013-02-25", "evidence": "验收"}
    ok(await world.portal.city(CITY).post(f"/projects/{name}/stages", json=step))
    again = ok(
        await world.portal.province.get("/registers/national_plan/acceptance", params={"region": COUNTY})
    )
    assert again["accepted"] - view["accepted"] == 1
