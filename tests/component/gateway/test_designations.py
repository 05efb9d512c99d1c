"""Designations as portals meet them (EI-10, EI-12): entered, counted, withdrawn, counted no more."""

from tests.component.gateway.authorisation.designations import NOTICE
from tests.component.gateway.world import COUNTY, World
from tests.kit.logs_and_streams import jetstream
from tests.kit.portal import ok, problem, unique
from tests.kit.servers import wait_for


async def test_a_backbone_enterprise_counts_from_its_designation_to_its_withdrawal(world: World):
    portal = world.portal
    province = portal.province
    enterprise = {
        "designation": unique("EI-BACKBONE"),
        "kind": "ei_backbone_enterprise",
        "name": unique("示例光电企业"),
        "region": COUNTY,
        "designated_on": "2013-02-20",
        "issuer": "省经贸委",
        "enterprise": world.home,
        "fields": ["ei_led"],
        **NOTICE,
    }

    async def counted(expected: str) -> None:
        async def done() -> bool:
            return bool(ok(await province.get("/progress/figures/EI-10"))["figure"]["value"] == expected)

        await wait_for(done, 20, f"EI-10 is {expected}")

    made = ok(await province.post("/designations", json=enterprise))
    assert made["standing"] == "designated"
    await counted("1")
    again = {**enterprise, "designation": unique("EI-BACKBONE")}
    assert problem(await province.post("/designations", json=again), 409)["code"] == "already-designated"
    of_field = {"field": "ei_led", "kind": "ei_backbone_enterprise", "region": COUNTY}
    listed = ok(await portal.city().get("/designations", params=of_field))
    assert [item["designation"] for item in listed["items"]] == [made["designation"]]
    one = f"/designations/{made['designation']}"
    gone = ok(await province.post(f"{one}/withdrawal", json={**NOTICE, "reason": "破产"}))
    assert gone["standing"] == "withdrawn"
    await counted("0")
    history = ok(await portal.city().get(one))["history"]
    assert [step["what"] for step in history] == ["designated", "withdrawn"]
    async with jetstream(portal.system) as js:
        last = await js.get_last_msg("ASSESSMENT", "assessment.DesignationWithdrawn")
        assert made["designation"].encode() in (last.data or b"")
