"""The plan's own data, as `shengji plan load` sends it, in this service."""

from collections import Counter

from plans.loader import load_plan
from shared.identity import Actor
from tests.component.projects.conftest import OPS, PROVINCE, Service, local

NINE = {"350100", "350200", "350300", "350400", "350500", "350600", "350700", "350800", "350900"}


async def test_the_plans_parts_load_and_make_108_reports_of_nine_cities(bare_service: Service) -> None:
    parts = load_plan("fujian-2013").parts()["projects"]
    loaded = await bare_service.ask(OPS, "load-plan", **parts)
    assert (loaded["regions"], loaded["duties"], loaded["registers"]) == (
        len(parts["regions"]),
        len(parts["duties"]),
        len(parts["registers"]),
    )
    assert (await bare_service.ask(PROVINCE, "load-plan", **parts))["changed"] == []
    calendar = await bare_service.ask(PROVINCE, "report-calendar")
    assert len(calendar["items"]) == calendar["not_due"] == 108
    assert {entry["region"] for entry in calendar["items"]} == NINE
    per_month = Counter(entry["due_on"] for entry in calendar["items"])
    assert set(per_month.values()) == {9}
    assert min(per_month) == "2013-02-05"
    assert max(per_month) == "2014-01-05"


async def test_pingtan_owes_no_report_and_its_projects_are_fuzhous_too(bare_service: Service) -> None:
    await bare_service.ask(OPS, "load-plan", **load_plan("fujian-2013").parts()["projects"])
    bare_service.clock.set(local(2013, 2, 4))
    pingtan = Actor("pingtan-office", "city", "PT")
    problem = await bare_service.refused(
        pingtan, "file-report", region="PT", month="2013-01", investment="100000000"
    )
    assert problem.code == "no-duty"
    await bare_service.project("PT-1", pingtan, region="PT")
    line = {"project": "PT-1", "investment": "1", "progress_percent": 1}
    await bare_service.report("2013-01", "100000000", projects=[line])
