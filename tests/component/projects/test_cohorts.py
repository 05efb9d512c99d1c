"""Cohorts, counts and the national plan through the service: figures over projects, with what they rest on."""

from decimal import Decimal
from typing import Any

from services.projects.cohorts.watch import CohortWatch
from services.projects.projects.acceptance.watch import AcceptanceWatch
from services.projects.service import app_on
from tests.component.projects.conftest import FUQING, FUZHOU, PROVINCE, XIAMEN, Service, local

SPAN = {"first_day": "2013-01-01", "last_day": "2013-03-31"}
STEPS = {
    "negotiating": "2012-03-01",
    "contract_signed": "2012-06-18",
    "filed": "2012-07-01",
    "started": "2012-08-01",
    "producing": "2013-02-01",
    "tracking_ended": "2013-03-15",
}


def history(*stages: str, **days: str) -> list[dict[str, Any]]:
    """Steps on the days above, or on those given."""
    found = []
    for stage in stages:
        step: dict[str, Any] = {"stage": stage, "on": days.get(stage, STEPS.get(stage)), "evidence": "1号"}
        if stage == "contract_signed":
            step["amount"] = "100000000"
        if stage == "terminated":
            step["note"] = "投资方撤资"
        found.append(step)
    return found


async def contract(service: Service, project: str, *stages: str, **days: str) -> None:
    """A private contract of 2012 that got as far as that."""
    steps = history("negotiating", "contract_signed", *stages, **days)
    investor = {"kind": "private", "name": "示例集团", "origin": "330000"}
    await service.project(
        project, history=steps, investor=investor, planned_on="2012-01-10", programmes=["PM"]
    )


async def test_exits_stay_in_a_closed_cohort_and_the_terminated_count_until_formally_ended(
    service: Service,
) -> None:
    service.clock.set(local(2013, 4, 1))
    await contract(service, "P-1", "filed", "started", "producing", "tracking_ended")
    await contract(service, "P-2", "filed", "started")
    await contract(service, "P-3")
    await contract(service, "P-4", "terminated", terminated="2013-01-20")
    asked = {"investor_kind": "private", "year": 2012}
    rate = await service.ask(PROVINCE, "get-cohort", **asked)
    assert (rate["members"], rate["started"], rate["exits"], rate["start_rate_percent"]) == (4, 2, 1, "50.00")
    assert (rate["closed_on"], rate["contracts"]) == (None, "400000000.00")

    closed = await service.ask(PROVINCE, "close-cohort", **asked)
    assert (closed["members"], closed["closed_on"]) == (4, "2013-04-01")
    await contract(service, "P-5")  # reported when its year is closed
    ended = {"project": "P-4", "stage": "formally_ended", "on": "2013-03-20", "evidence": "解约书"}
    await service.ask(FUZHOU, "reach-stage", **ended)
    rate = await service.ask(PROVINCE, "get-cohort", **asked)
    assert (rate["members"], rate["counted"], rate["start_rate_percent"]) == (4, 3, "66.67")
    before = await service.ask(PROVINCE, "get-cohort", **asked, on="2012-12-31")
    assert (before["counted"], before["started"], before["exits"]) == (4, 2, 0)
    assert (await service.ask(XIAMEN, "get-cohort", **asked))["members"] == 0
    assert (await service.refused(FUZHOU, "close-cohort", **asked)).status == 403
    (fact,) = [event for event in await service.events() if event.type == "CohortClosed"]
    assert [member["project"] for member in fact.data["members"]] == ["P-1", "P-2", "P-3", "P-4"]


async def test_the_members_are_listed_with_their_standing_and_a_late_contract_is_told(
    service: Service,
) -> None:
    service.clock.set(local(2013, 4, 1))
    await contract(service, "P-1", "filed", "started", "producing", "tracking_ended")
    await contract(service, "P-2", "filed", "started")
    await contract(service, "P-3")
    asked = {"investor_kind": "private", "year": 2012}
    today = await service.ask(PROVINCE, "list-cohort-members", **asked)
    assert (today["closed_on"], len(today["items"])) == (None, 3)
    await service.ask(PROVINCE, "close-cohort", **asked)
    watch = CohortWatch(app_on(service.engine, service.log, service.clock))
    assert await watch.sweep() == 0
    await contract(service, "P-4")
    assert (await service.ask(PROVINCE, "get-cohort", **asked))["late_contracts"] == 0
    assert await watch.sweep() == 1
    assert await watch.sweep() == 0
    event = (await service.events())[-1]
    assert (event.type, event.data["project"], event.data["on"]) == ("LateContractFound", "P-4", "2013-04-01")
    rate = await service.ask(PROVINCE, "get-cohort", **asked)
    assert (rate["members"], rate["late_contracts"]) == (3, 1)
    first = await service.ask(FUZHOU, "list-cohort-members", **asked, limit=3)
    rest = await service.ask(FUZHOU, "list-cohort-members", **asked, limit=3, cursor=first["next_cursor"])
    assert [(each["project"], each["standing"]) for each in first["items"] + rest["items"]] == [
        ("P-1", "exited"),
        ("P-2", "started"),
        ("P-3", "not_started"),
        ("P-4", "late"),
    ]
    gone = first["items"][0]
    assert (gone["started_on"], gone["exited_on"], gone["amount"]) == (
        "2012-08-01",
        "2013-03-15",
        "100000000.00",
    )
    for standing, project in (("exited", "P-1"), ("late", "P-4"), ("not_started", "P-3")):
        (only,) = (await service.ask(FUQING, "list-cohort-members", **asked, standing=standing))["items"]
        assert only["project"] == project
    before = await service.ask(PROVINCE, "list-cohort-members", **asked, on="2012-12-31", standing="exited")
    assert before["items"] == []
    assert (await service.ask(XIAMEN, "list-cohort-members", **asked))["items"] == []


async def test_starts_and_productions_are_counted_as_a_union_with_both_parts(service: Service) -> None:
    service.clock.set(local(2013, 4, 1))
    key = [{"register": "provincial_key", "valid_from": "2013-01-15"}]
    both = history("filed", "started", "producing", started="2013-01-20", filed="2013-01-15")
    produced = history("filed", "started", "producing", filed="2012-02-01", started="2012-03-01")
    begun = history("filed", "started", filed="2013-02-01", started="2013-03-31")
    later = history("filed", "started", filed="2013-02-01", started="2013-04-01")
    for number, steps in enumerate((both, produced, begun, later), start=1):
        planned = {"planned_on": "2012-01-10", "history": steps, "registers": key}
        await service.project(f"P-{number}", PROVINCE, **planned)
    await service.project("P-9", PROVINCE, planned_on="2012-01-10", history=both)  # in no register
    counts = await service.ask(PROVINCE, "count-projects", register="provincial_key", **SPAN)
    assert (counts["started"], counts["producing"], counts["started_or_producing"]) == (2, 2, 3)
    assert (counts["projects"], counts["total_investment"]) == (4, "480000000.00")
    assert counts["position"] == (await service.events())[-1].position
    assert (await service.ask(FUZHOU, "count-projects", **SPAN))["started_or_producing"] == 4
    assert (await service.ask(XIAMEN, "count-projects", **SPAN))["projects"] == 0


async def test_a_project_counts_once_under_each_tag(service: Service) -> None:
    await service.project("P-1", tags=["ei_renovation", "en_epc", "en_motor"])
    await service.project("P-2", tags=["en_epc"])
    service.clock.set(local(2013, 4, 1))

    async def count(**filters: Any) -> Any:
        return (await service.ask(FUZHOU, "count-projects", **SPAN, **filters))["projects"]

    assert [await count(tag=tag) for tag in ("ei_renovation", "en_epc", "en_motor")] == [1, 2, 1]
    assert [await count(programme=code) for code in ("EN", "EI", "TR")] == [2, 1, 2]


async def test_projects_are_counted_for_each_city_technology_and_department(service: Service) -> None:
    """A technology brings its field; a county belongs to its city, and Pingtan counts beside the cities."""
    private = {"kind": "private", "name": "示例集团"}
    await service.project("P-1", tags=["ei_led_chips", "ei_led_heat"], investor=private)
    await service.project("P-2", region="350100")
    await service.project("P-3", XIAMEN, tags=["ei_display_oled"], region="350203")
    changed = await service.ask(
        FUZHOU, "change-project", project="P-2", tags=["ei_software_embedded"], reason="x"
    )
    assert (changed["tags"], changed["programmes"]) == (["ei_software", "ei_software_embedded"], ["EI", "TR"])

    async def by(what: str, actor: Any = PROVINCE, **filters: Any) -> dict[str, int]:
        found = await service.ask(actor, "count-projects-by", by=what, **SPAN, **filters)
        counted = {each["key"]: each["projects"] for each in found["items"]} | {
            "all": found["total"]["projects"]
        }
        return {key: count for key, count in counted.items() if count or what == "city"}

    assert await by("city") == {"350100": 2, "350200": 1, "PT": 0, "all": 3}
    assert await by("city", XIAMEN) == {"350200": 1, "all": 1}
    assert await by("technology", tag="ei_led") == {"ei_led_chips": 1, "ei_led_heat": 1, "all": 1}
    assert await by("field") == {"ei_led": 1, "ei_display": 1, "ei_software": 1, "all": 3}
    assert await by("department") == {"economic_trade_commission": 1, "all": 1}
    page = await service.ask(PROVINCE, "list-projects", department="economic_trade_commission")
    assert [each["project"] for each in page["items"]] == ["P-1"]
    assert (
        await service.refused(XIAMEN, "count-projects-by", by="city", region="350100", **SPAN)
    ).status == 403
    unknown = await service.refused(PROVINCE, "count-projects-by", by="city", region="999999", **SPAN)
    assert unknown.code == "unknown-region"


def national_plan(count: int, total: Decimal, under_construction: int) -> list[dict[str, Any]]:
    """Made-up projects of the national plan: their amounts add up exactly, so many are still being built."""
    share = (total / count).quantize(Decimal("0.01"))
    amounts = [share] * (count - 1)
    amounts.append(total - sum(amounts, Decimal(0)))
    built = history(
        "filed", "started", "producing", filed="2010-02-01", started="2010-05-01", producing="2012-09-01"
    )
    return [
        {
            "project": f"NP-{number:03d}",
            "name": f"国家技改计划项目{number}",
            "total_investment": str(amount),
            "equipment_investment": "0",
            "planned_on": "2010-01-10",
            "history": built[:2] if number <= under_construction else built,
            "registers": [{"register": "national_plan", "valid_from": "2010-03-01"}],
        }
        for number, amount in enumerate(amounts, start=1)
    ]


async def test_the_national_plan_is_loaded_and_its_built_projects_are_reminded(service: Service) -> None:
    """TR-14: 403 projects of 29.6 bn yuan, 144 under construction, 259 built and waiting."""
    service.clock.set(local(2013, 2, 1))
    for body in national_plan(403, Decimal("29600000000"), under_construction=144):
        await service.project(body.pop("project"), PROVINCE, **body)
    asked = {"register": "national_plan", "limit": 200}
    view = await service.ask(PROVINCE, "register-acceptance", **asked)
    counts = ("projects", "total_investment", "under_construction", "awaiting", "accepted", "overdue")
    assert [view[name] for name in counts] == [403, "29600000000.00", 144, 259, 0, 0]

    watch = AcceptanceWatch(app_on(service.engine, service.log, service.clock))
    assert await watch.sweep() == 0  # 180 days after 1 September are over on 1 March
    service.clock.set(local(2013, 3, 1))
    await service.ask(
        FUQING, "reach-stage", project="NP-403", stage="accepted", on="2013-02-20", evidence="验收"
    )
    assert await watch.sweep() == 258
    assert await watch.sweep() == 0
    view = await service.ask(PROVINCE, "register-acceptance", **asked)
    assert [view[name] for name in counts] == [403, "29600000000.00", 144, 258, 1, 258]
    first = view["items"][0]
    assert (first["due_on"], first["days_overdue"], first["reminders"]) == ("2013-02-28", 1, 1)
    rest = await service.ask(PROVINCE, "register-acceptance", **asked, cursor=view["next_cursor"])
    assert (len(view["items"]), len(rest["items"]), rest["next_cursor"]) == (200, 58, None)
    reminded = [event for event in await service.events() if event.type == "AcceptanceReminded"]
    assert len(reminded) == 258
    assert reminded[0].data["register"] == "national_plan"
