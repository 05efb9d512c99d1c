"""The appraisal as portals meet it (TR-24 to TR-26): nobody types how much of a target is completed."""

import json

from tests.component.gateway.authorisation.appraisals import (
    NOTICE,
    awarded_city,
    open_appraisal,
    points,
    set_targets,
)
from tests.component.gateway.authorisation.money import award_fund
from tests.component.gateway.world import CITY, OTHER_CITY, World
from tests.kit.logs_and_streams import jetstream
from tests.kit.portal import ok, problem, unique
from tests.kit.servers import wait_for


async def test_two_cities_assess_themselves_are_verified_ranked_and_awarded(world: World):
    portal = world.portal
    await set_targets(world, 2012, CITY, OTHER_CITY)
    path = await open_appraisal(world, 2012)
    for region in (CITY, OTHER_CITY):
        own = {"region": region, "items": points("9"), **NOTICE}
        ok(await portal.city(region).post(f"{path}/self-assessments", json=own))
    score = {"region": CITY, "items": points("8"), **NOTICE}
    typed = {**score, "completion": "100"}
    assert "completion" in problem(await portal.province.post(f"{path}/scores", json=typed), 422)["detail"]
    missing = problem(await portal.province.post(f"{path}/scores", json=score), 422)
    assert missing["code"] == "reports-missing"
    for region, each in ((CITY, "8"), (OTHER_CITY, "7.5")):
        body = {"region": region, "items": points(each), "missing_accepted": "示例", **NOTICE}
        ok(await portal.province.post(f"{path}/scores", json=body))
    ok(await portal.province.post(f"{path}/rankings", json=NOTICE))
    awarded = ok(await portal.province.post(f"{path}/awards", json=NOTICE))
    assert [(city["region"], city["award"]) for city in awarded["cities"]] == [
        (CITY, "2000000.00"),
        (OTHER_CITY, "1500000.00"),
    ]
    verified = awarded["cities"][0]["verified"]
    assert (verified["completion"]["value"], verified["completion"]["expected"]) == (None, 12)
    assert {each["source"] for each in verified["completion"]["positions"]} >= {"assessment", "projects"}
    mine = ok(await portal.city(OTHER_CITY).get(path))
    assert [(city["region"], city["own"]["total"]) for city in mine["cities"]] == [(OTHER_CITY, "45.00")]
    assert [line["rank"] for line in mine["editions"][0]["cities"]] == [1, 2]
    assert mine["outdated"] == []  # the door asked progress along with the question
    async with jetstream(portal.system) as js:

        async def told() -> bool:
            last = await js.get_last_msg("ASSESSMENT", "assessment.AwardGranted")
            return bool(json.loads(last.data or b"{}")["data"]["year"] == 2012)

        await wait_for(told, 20, "the award on the stream")
    await _paid_out_of_a_fund(world)


async def _paid_out_of_a_fund(world: World) -> None:
    """From the award to the ledger's line and back, as the province's office goes."""
    province = world.portal.province
    award, fund = await awarded_city(world, 2012), await award_fund(world)
    for step, standing in (("reservations", "reserved"), ("commitments", "committed"), ("payments", "paid")):
        shown = {"evidence": unique(step)}
        who = world.portal.caller("province", person="treasury") if step == "payments" else province
        decided = ok(await who.post(f"/funds/{fund}/awards/{award}/{step}", json=shown))
        assert decided["standing"] == standing
    line = ok(await province.get(f"/funds/{fund}/ledger", params={"limit": 200}))["items"][-1]
    assert (line["entry"], line["award"], line["amount"]) == ("AwardPaid", award, "2000000.00")
    mine = ok(await world.portal.city().get(f"/awards/{award}"))
    assert (mine["granted"], mine["paid"], mine["entries"][-1]["position"]) == (
        "2000000.00",
        "2000000.00",
        line["position"],
    )
    async with jetstream(world.portal.system) as js:

        async def told() -> bool:
            last = await js.get_last_msg("PROJECTS", "projects.AwardPaid")
            return bool(json.loads(last.data or b"{}")["data"]["award"] == award)

        await wait_for(told, 20, "the payment on the stream")
