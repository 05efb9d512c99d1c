"""A subsidy as portals meet it (TR-13 to TR-21): from the county's library to the payment on the stream."""

from tests.component.gateway.world import COUNTY, World
from tests.kit.logs_and_streams import jetstream
from tests.kit.portal import ok, problem, unique
from tests.kit.servers import wait_for


async def test_a_reserve_project_is_screened_started_and_paid(world: World):
    portal = world.portal
    county, province = portal.caller("county", COUNTY), portal.province
    made = await world.new_project()
    path = f"/projects/{made}"
    ok(await county.post(f"{path}/registers", json={"register": "reserve_county", "on": "2013-02-01"}))
    confirmed = {"register": "reserve_county", "action": "confirmed", "on": "2013-02-20"}
    ok(await county.post(f"{path}/reserve-updates", json=confirmed))
    ok(await province.post(f"{path}/registers", json={"register": "reserve_provincial", "on": "2013-02-21"}))
    criteria = ("supported_field", "permits_complete", "own_funds")
    answers = [{"criterion": each, "met": True, "evidence": "示例"} for each in criteria]
    screening = {"scheme": "national_special_fund", "answers": answers, "on": "2013-02-22"}
    ok(await county.post(f"{path}/screenings", json=screening))
    listed = ok(await county.get("/reserve", params={"register": "reserve_provincial", "on": "2013-02-25"}))
    (entry,) = [each for each in listed["items"] if each["project"] == made]
    assert entry["recommended_for"] == ["national_special_fund"]
    summary = ok(await province.get("/reserve/summary", params={"region": COUNTY, "on": "2013-02-25"}))
    assert (summary["projects"], summary["counties"][0]["region"]) == (1, COUNTY)

    asked = {
        "application": unique("S-PAID"),
        "project": made,
        "aid": "grant",
        "base_kind": "equipment_investment",
        "base": "83500000",
        "evidence": "示例",
    }
    problem(await county.post("/funds/TR-19/applications", json=asked), 422)  # it has not started yet
    for stage, on in (("filed", "2013-02-23"), ("started", "2013-02-24")):
        ok(await county.post(f"{path}/stages", json={"stage": stage, "on": on, "evidence": "示例"}))
    application = ok(await county.post("/funds/TR-19/applications", json=asked))
    assert application["entitlement"] == "4175000.00"
    before = ok(await province.get("/funds/TR-19"))["balance"]
    one = f"/funds/TR-19/applications/{asked['application']}"
    treasury = portal.caller("province", person="treasury")
    audit = {"base": asked["base"], "reason": "核定"}
    for step in ("reservations", "assessments", "commitments", "payments"):
        shown = {"evidence": unique(f"示例{step}"), **(audit if step == "assessments" else {})}
        if step == "payments":
            alone = problem(await province.post(f"{one}/{step}", json=shown), 409)
            assert (alone["code"], "token of their own" in alone["remedy"]) == ("same-person", True)
        decided = ok(await (treasury if step == "payments" else province).post(f"{one}/{step}", json=shown))
    assert (decided["status"], decided["paid"]) == ("paid", "4175000.00")
    ledger = ok(await province.get("/funds/TR-19/ledger", params={"limit": 200}))
    after = ledger["balance"]
    assert float(after["paid"]) - float(before["paid"]) == 4_175_000
    assert float(before["available"]) - float(after["available"]) == 4_175_000
    paid = ledger["items"][-1]
    assert (paid["entry"], paid["application"]) == ("SubsidyPaid", asked["application"])
    async with jetstream(portal.system) as js:

        async def told() -> bool:
            last = await js.get_last_msg("PROJECTS", "projects.SubsidyPaid")
            return asked["application"].encode() in (last.data or b"")

        await wait_for(told, 20, "the payment on the stream")
