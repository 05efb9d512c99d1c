"""What happens to projects in the demo's year, through the gateway, day by day: to events, and to figures."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial

import pytest_asyncio

from cli.tokens import mint
from clients.door import Door
from demo.office import Office, offices
from demo.outcomes import outcomes
from demo.outgoing import china
from demo.problems import LAND
from demo.projects import CEREMONY
from demo.stories import stories
from deploy.local.ports import free_port
from deploy.local.runner import LocalSystem
from deploy.local.settings import LocalSettings
from tests.kit.portal import PLAN, Portal, ok
from tests.kit.servers import server_folder, wait_for

_WITHOUT_METERS = ("provisioner", "assessment", "energy", "projects", "progress", "gateway")


@pytest_asyncio.fixture
async def portal_in_january() -> AsyncIterator[Portal]:
    """A system of its own at the beginning of 2013: the clock goes only forward, and this test needs the year."""
    with server_folder("stories") as folder:
        settings = LocalSettings(
            data=folder / "data",
            gateway_port=free_port(),
            intake_port=free_port(),
            environment="test",
            clock="simulated",
            processes=_WITHOUT_METERS,
            small=True,
        )

        async with LocalSystem(settings) as system:
            portal = Portal(system)
            yield portal
            await portal.close()


async def tell_the_year(portal: Portal) -> None:
    """Load the plan, register the key projects, then every story on its day."""
    secret = portal.system.secrets.signing_key
    doors = offices(portal.gateway, partial(mint, secret, hours=1.0))
    async with AsyncExitStack() as stack:
        for door in doors.doors:
            await stack.enter_async_context(door)
        await doors.step(china(2013, 1, 1))
        await doors.load_plan()
        await doors.register_projects()
        await _day_by_day(portal, doors)


async def _day_by_day(portal: Portal, office: Office) -> None:
    async def escalated() -> bool:
        problem = ok(await portal.province.get(f"/problems/{LAND}"))
        return bool(problem["level"] == "province")

    day = None
    for story, errand in zip(stories(), office.stories(), strict=True):
        if story.on != day:
            day = story.on
            await office.step(errand.moment)
            if story.path.endswith("/agenda"):
                await wait_for(escalated, 20, "the problem comes up to the province")
        await errand.run()


async def test_projects_of_all_six_programmes_move_a_problem_escalates_a_subsidy_is_paid_a_match_is_made(
    portal_in_january: Portal,
):
    portal = portal_in_january
    await tell_the_year(portal)
    get = portal.province.get

    listed = ok(await get("/projects", params={"limit": 50}))["items"]
    stages = {item["project"]: item["stage"] for item in listed}
    assert {name: stages[name] for name in _ENDS} == _ENDS
    assert {code for item in listed for code in item["programmes"]} == {"TR", "PM", "EI", "EN", "IN", "DI"}
    (signed,) = ok(await get(f"/ceremonies/{CEREMONY}/signings"))["items"]
    assert (signed["project"], signed["standing"]) == ("demo-pm-01", "signed")
    problem = ok(await get(f"/problems/{LAND}"))
    assert (problem["standing"], problem["level"]) == ("closed", "province")
    fund = ok(await get("/funds/TR-19"))
    assert fund["balance"]["paid"] == "4500000.00"
    match = ok(await get("/matching/matches/demo-need-01/demo-result-01"))
    assert match["status"] == "matched"
    appraisal = ok(await get(f"/plans/{PLAN}/appraisals/2013"))
    assert appraisal["standing"] == "awarded"
    assert sum(float(city["award"]) for city in appraisal["cities"]) == 4_500_000
    assert all(city["own"]["total"] > city["verified"]["total"] for city in appraisal["cities"])
    awards = ok(await get("/awards", params={"year": 2013}))
    assert (awards["count"], awards["paid"]) == (3, "4500000.00")
    assert {item["standing"] for item in awards["items"]} == {"paid"}
    assert ok(await get("/funds/TR-26"))["balance"]["available"] == "0.00"
    summoned = {city["region"]: city["summons"] for city in appraisal["cities"] if city["summons"]}
    assert {region: each["standing"] for region, each in summoned.items()} == {"350800": "held"}
    measure = ok(await get("/measures/IN-15"))
    assert (measure["standing"], measure["items_done"]) == ("completed", 3)
    token = mint(portal.system.secrets.signing_key, subject="visitor", role="province", hours=1.0)
    async with Door(portal.gateway, token) as door:
        assert len(await outcomes(door)) == 7, "a line for each act of the year"
    issued = ok(await get("/documents", params={"kind": "monthly_bulletin", "limit": 50}))["items"]
    numbers = {item["document"]: item["number"] for item in issued}
    assert numbers["demo-bulletin-2013-06-2"] == numbers["demo-bulletin-2013-07"] + 1

    async def counted() -> dict[str, str | None]:
        answer = ok(await get("/progress/figures", params={"measure": "tally", "limit": 100, "plan": PLAN}))
        values = {item["target"]: item["value"] for item in answer["items"]}
        return {target: values[target] for target in _COUNTED}

    async def matched() -> bool:
        return (await counted())["IN-5"] == "1"

    await wait_for(matched, 20, "the match is counted")
    assert await counted() == _COUNTED


_ENDS = {
    "demo-350100-01": "producing",
    "demo-tr-01": "accepted",
    "demo-pm-01": "started",
    "demo-ei-01": "partly_producing",
    "demo-en-01": "producing",
    "demo-in-01": "started",
    "demo-di-01": "producing",
    "demo-350100-reserve": "started",
}
_COUNTED = {
    "TR-4": "1", "TR-5": "1", "TR-11": "1", "TR-15": "0.00015", "TR-16": "0",
    "PM-1": "1", "PM-3": "9.6000", "PM-4": "100.00", "PM-5": None,
    "EI-5": "1", "EI-10": "1", "IN-1": "1", "EN-15a": "1", "EN-16": "1",
    "IN-3": "1", "IN-4": "1", "IN-5": "1", "DI-4": "1",
}  # fmt: skip
"""One project each; PM-5 counts central enterprises' projects, of which none is known."""
