"""Measures and their follow-up: one industry one policy, relocation renovation, the plan's other promises (TR-23)."""

from typing import Any

from plans.loader import load_plan
from tests.component.projects.conftest import FUQING, FUZHOU, MILL, PROVINCE, TREASURY, XIAMEN, Service, local
from tests.component.projects.test_money import FUND, TERMS

MEASURE: dict[str, Any] = {
    "measure": "FZ-SHIPS",
    "kind": "industry_policy",
    "name": "船舶“一业一策”",
    "region": "350100",
    "rows": ["TR-23b"],
    "owner": "市经委",
    "due_on": "2013-06-30",
    "source": "TR-23b",
    "tag": "tr_one_industry_one_policy",
    "industries": ["373"],
}
_OF = {"measure": "FZ-SHIPS"}


async def test_a_measure_is_followed_up_and_done(service: Service) -> None:
    await service.ask(FUZHOU, "open-measure", **MEASURE)
    await service.ask(FUZHOU, "open-measure", **MEASURE)
    other = await service.refused(FUZHOU, "open-measure", **{**MEASURE, "name": "模具"})
    assert (other.status, other.code) == (409, "exists")
    done = {**_OF, "text": "召开宣贯会", "evidence": "纪要1号"}
    await service.ask(FUZHOU, "follow-up-measure", **done)
    view = await service.ask(FUZHOU, "follow-up-measure", **done)
    assert (view["follow_ups"], view["standing"]) == (1, "open")
    service.clock.set(local(2013, 7, 1))
    overdue = await service.ask(MILL, "list-measures", standing="overdue", row="TR-23b")
    assert (overdue["count"], overdue["overdue"], overdue["items"][0]["measure"]) == (1, 1, "FZ-SHIPS")
    completed = await service.ask(PROVINCE, "complete-measure", **_OF, evidence="榕政办1号")
    assert (completed["standing"], completed["completed_on"]) == ("completed", "2013-07-01")
    again = await service.refused(FUZHOU, "follow-up-measure", **_OF, text="再办", evidence="纪要2号")
    assert (again.status, again.code) == (409, "completed")
    reopened = await service.ask(FUZHOU, "reopen-measure", **_OF, reason="未印发", due_on="2013-08-31")
    assert (reopened["standing"], reopened["due_on"], reopened["evidence"]) == ("open", "2013-08-31", "")
    (late,) = [event.data["late"] for event in await service.events() if event.type == "MeasureCompleted"]
    assert late is True


async def test_a_measure_reaches_the_projects_of_its_tag_industry_and_region(service: Service) -> None:
    service.clock.set(local(2013, 3, 1))
    await service.ask(FUZHOU, "open-measure", **MEASURE)
    tagged = {"tags": ["tr_one_industry_one_policy"]}
    await service.project("P-1", industry="3731", **tagged)
    await service.project("P-2", industry="3525", **tagged)
    await service.project("P-3", industry="3731")
    await service.project("P-4", XIAMEN, industry="3731", region="350203", **tagged)
    await service.ask(PROVINCE, "open-fund", **{**FUND, "terms": [{**TERMS, "stages": []}]})
    ids = {"fund": FUND["fund"], "application": "S-1"}
    base = {"aid": "grant", "base_kind": "bank_loan", "base": "40000000", "evidence": "1号"}
    await service.ask(FUQING, "request-subsidy", **ids, project="P-1", **base)
    await service.ask(PROVINCE, "assess-subsidy", **ids, base="40000000", evidence="审计", reason="核定")
    for step, who in (("reserve-subsidy", PROVINCE), ("commit-subsidy", PROVINCE), ("pay-subsidy", TREASURY)):
        await service.ask(who, step, **ids, evidence="2号")
    view = await service.ask(FUQING, "get-measure", **_OF)
    assert view["reached"] == {
        "projects": 1,
        "total_investment": "120000000.00",
        "paid": "2000000.00",
    }
    ships, boats = ({"item": each, "name": each, "source": "1号"} for each in ("ships", "boats"))
    await service.ask(FUZHOU, "add-measure-item", **_OF, **ships, industries=["3731"])
    await service.ask(FUZHOU, "add-measure-item", **_OF, **boats, industries=["3733"])
    by_item = (await service.ask(FUQING, "get-measure", **_OF))["reached_by_item"]
    assert {item: each["projects"] for item, each in by_item.items()} == {"ships": 1, "boats": 0}


async def test_who_keeps_a_measure(service: Service) -> None:
    assert (await service.refused(FUQING, "open-measure", **MEASURE)).status == 403
    await service.ask(PROVINCE, "open-measure", **MEASURE)
    assert (await service.refused(XIAMEN, "complete-measure", **_OF, evidence="1号")).status == 403
    unknown = await service.refused(XIAMEN, "get-measure", measure="NO")
    assert unknown.status == 404
    wrong = await service.refused(PROVINCE, "open-measure", **{**MEASURE, "measure": "X", "tag": "no_tag"})
    assert wrong.code == "unknown-tag"


async def test_the_plans_promises_are_opened_and_read_page_by_page(service: Service) -> None:
    plan = load_plan("fujian-2013")
    opened = [each for each in plan.openings() if each.path == "/measures"]
    for each in opened:
        await service.ask(PROVINCE, "open-measure", **each.body)
    seen: list[str] = []
    cursor = None
    while True:
        page = await service.ask(MILL, "list-measures", limit=5, cursor=cursor)
        seen += [each["measure"] for each in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == sorted(each.id for each in opened)
    rows = {row for each in opened for row in each.body["rows"]}
    assert {"TR-23a", "TR-23b", "TR-23c", "EI-16", "IN-18", "IN-19", "DI-9", "DI-12"} <= rows
