"""The plan's own data, as `shengji plan load` sends it, in this service."""

from collections import Counter

from pydantic import TypeAdapter

from plans.loader import load_plan
from services.projects.plan.decisions.commands import LoadPlan
from services.projects.service import rebuild
from shared.identity import Actor
from shared.inline_rebuild import anew
from tests.component.projects.conftest import OPS, PROVINCE, Service, local
from tests.component.projects.test_inline import rows

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


async def test_the_documents_own_example_takes_nothing_away(bare_service: Service) -> None:
    """It turned 99 regions into 2 and the duty TR-12 into one that no report carries out."""
    parts = load_plan("fujian-2013").parts()["projects"]
    await bare_service.ask(OPS, "load-plan", **parts)
    before = await bare_service.events()
    (example,) = TypeAdapter(LoadPlan).json_schema()["examples"]
    problem = await bare_service.refused(PROVINCE, "load-plan", **example)
    assert (problem.status, problem.code, problem.where) == (409, "would-change", "regions")
    assert await bare_service.events() == before


async def test_a_plan_that_replaces_what_another_goes_by_is_refused_whole_and_a_check_says_so_first(
    bare_service: Service,
) -> None:
    parts = load_plan("fujian-2013").parts()["projects"]
    await bare_service.ask(OPS, "load-plan", **parts)
    before = await bare_service.events()
    other = {
        "plan": "zhejiang-2013",
        "regions": [{"code": "330000", "name": "浙江省", "level": "province"}],
        "programmes": parts["programmes"],
        "replace": True,
    }
    for operation in ("check-plan", "load-plan"):
        problem = await bare_service.refused(OPS, operation, **other)
        assert (problem.status, problem.code) == (409, "used-by-another-plan")
        assert problem.extra["plans"] == ["fujian-2013"]
    assert await bare_service.events() == before
    taken = await bare_service.ask(OPS, "load-plan", **other, over=["fujian-2013"])
    assert taken["regions"] == 1
    again = {**parts, "replace": True}
    assert (await bare_service.refused(OPS, "load-plan", **again)).code == "used-by-another-plan"
    back = await bare_service.ask(OPS, "load-plan", **again, over=["zhejiang-2013"])
    assert (back["changed"], back["regions"]) == (["regions"], len(parts["regions"]))
    assert (await bare_service.ask(OPS, "load-plan", **again))["changed"] == []


async def test_a_rebuild_goes_through_the_loads_of_all_plans_in_their_order(bare_service: Service) -> None:
    """What a plan has taken from another is not the newest plan's but the newest load's."""
    key = {"register": "key", "name": "Key projects", "term": "重点项目", "level": "prefecture"}
    mine = {"plan": "fujian-2013", "registers": [key]}
    other = {"plan": "fujian-2014", "registers": [{**key, "level": "county"}]}
    await bare_service.ask(OPS, "load-plan", **mine)
    await bare_service.ask(OPS, "load-plan", **other, over=["fujian-2013"])
    await bare_service.ask(OPS, "load-plan", **mine, replace=True, over=["fujian-2014"])
    before = await rows(bare_service.engine)
    assert [row[:2] for row in before["register"]] == [("fujian-2013", "key")]
    await anew(bare_service.engine.url.render_as_string(hide_password=False), rebuild)
    assert await rows(bare_service.engine) == before


async def test_rules_are_what_is_read_of_them_and_those_of_plan_0_are_nobodys(bare_service: Service) -> None:
    """A pre-review by a rule without lead was a 500, and a rule of a plan "0" was used for all."""
    parts = load_plan("fujian-2013").parts()["projects"]
    await bare_service.ask(OPS, "load-plan", **parts)
    rule = {"rule": "pre_review", "row": "x", "valid_from": "2013-06-01", "source": "x", "confidence": "I"}
    short = {**rule, "parameters": {"opinion_days": 10}}
    problem = await bare_service.refused(OPS, "load-plan", plan="0", rules=[short])
    assert (problem.code, problem.where) == ("rule-parameters", "rules.0.parameters.lead")
    own = {"lead": "a", "departments": ["a"], "opinion_days": 1}
    problem = await bare_service.refused(OPS, "load-plan", plan="0", rules=[{**rule, "parameters": own}])
    assert problem.code == "used-by-another-plan"
    unknown = {**rule, "rule": "pre_reviews", "parameters": own}
    problem = await bare_service.refused(OPS, "load-plan", plan="0", rules=[unknown])
    assert "nothing goes by a rule 'pre_reviews'" in (problem.detail or "")
