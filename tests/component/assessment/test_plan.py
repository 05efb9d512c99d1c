"""Loading the plan of 2013 and reading it back."""

import copy
from decimal import Decimal
from typing import Any

from tests.component.assessment.conftest import FUQING, FUZHOU, MILL, OPS, PROVINCE, XIAMEN, Service


async def test_the_whole_plan_is_loaded_every_target_with_or_without_a_measure(bare_service: Service) -> None:
    answer = await bare_service.ask(PROVINCE, "load-plan", **bare_service.plan)
    names = [target["target"] for target in bare_service.plan["targets"]]
    assert answer["targets_set"] == names
    assert answer["targets_revised"] == []
    assert answer["region_count"] == len(bare_service.plan["regions"])
    unmeasured = [target for target in bare_service.plan["targets"] if target["measure"] is None]
    assert answer["targets_without_measure"] == len(unmeasured) > 0
    types = [event.type for event in await bare_service.events()]
    assert types == [
        "PlanPublished",
        "RegionsDefined",
        "AppraisalSchemesDefined",
        *["TargetSet"] * len(names),
    ]


async def test_loading_the_same_plan_again_changes_nothing(service: Service) -> None:
    before = await service.events()
    answer = await service.call(OPS, "load-plan", **service.plan)
    assert await service.events() == before
    assert (answer["data"]["header"], answer["data"]["regions"]) == ("unchanged", "unchanged")
    assert answer["data"]["targets_set"] == answer["data"]["targets_revised"] == []
    assert answer["position"] == len(before)


async def test_a_corrected_plan_needs_a_reason_and_keeps_the_figure_before(service: Service) -> None:
    corrected = copy.deepcopy(service.plan)
    ningde = next(target for target in corrected["targets"] if target["target"] == "TR-6i")
    ningde["value"] = "75"
    problem = await service.refused(OPS, "load-plan", **corrected)
    assert (problem.status, problem.code, problem.where) == (422, "reason-required", "reason")
    assert "TR-6i" in problem.detail
    answer = await service.ask(OPS, "load-plan", **corrected, reason="erratum of February")
    assert answer["targets_revised"] == ["TR-6i"]
    history = (await service.ask(PROVINCE, "get-target", plan="fujian-2013", target="TR-6i"))["history"]
    assert [(entry["what"], entry["value"], entry["reason"]) for entry in history] == [
        ("set", "70", None),
        ("revised", "75", "erratum of February"),
    ]


async def test_a_plan_with_faults_is_refused_whole_and_every_fault_is_named(bare_service: Service) -> None:
    wrong = copy.deepcopy(bare_service.plan)
    wrong["targets"][0]["region"] = "359999"
    wrong["targets"][1]["programme"] = "QQ"
    problem = await bare_service.refused(OPS, "load-plan", **wrong)
    assert problem.code == "inconsistent-plan"
    assert [error["where"] for error in problem.errors or []] == ["targets.0.region", "targets.1.programme"]
    assert await bare_service.events() == []


async def test_tr_6_adds_up_to_2600(service: Service) -> None:
    """Golden vector G-6."""
    page = await service.ask(PROVINCE, "list-targets", plan="fujian-2013", row="TR-6")
    assert len(page["items"]) == 9
    assert sum(Decimal(item["value"]) for item in page["items"]) == 2600
    assert {item["measured_by"] for item in page["items"]} == {"tech_renovation_investment"}


async def test_a_target_without_a_measure_says_so(service: Service) -> None:
    page = await service.ask(PROVINCE, "list-targets", measure="none", limit=200)
    assert "TR-3" in [item["target"] for item in page["items"]]
    assert {item["measured_by"] for item in page["items"]} == {"no measure yet"}
    measured = await service.ask(PROVINCE, "list-targets", measure="energy_intensity")
    assert [item["target"] for item in measured["items"]] == [f"EN-3{letter}" for letter in "abcdefghi"]


async def test_pages_give_every_target_once_in_the_plans_order(service: Service) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        more: dict[str, Any] = {"cursor": cursor} if cursor else {}
        page = await service.ask(PROVINCE, "list-targets", limit=7, **more)
        seen += [item["target"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [target["target"] for target in service.plan["targets"]]


async def test_a_made_up_cursor_is_answered_as_such(service: Service) -> None:
    for cursor in (
        "x",
        "!!",
        "bnVsbA",
        "WzFd",
        "WyJhIiwgMSwgIlx1MDAwMCJd",
        "WyJhIiwgOTk5OTk5OTk5OTk5LCAiYSJd",
    ):
        problem = await service.refused(PROVINCE, "list-targets", cursor=cursor)
        assert (problem.status, problem.code) == (422, "bad-cursor"), cursor


async def test_the_plan_says_how_much_of_each_programme_is_measured(service: Service) -> None:
    plan = await service.ask(MILL, "get-plan", plan="fujian-2013")
    by_code = {programme["code"]: programme for programme in plan["programmes"]}
    assert list(by_code) == ["TR", "PM", "EI", "EN", "IN", "DI"]
    assert sum(programme["targets"] for programme in by_code.values()) == len(service.plan["targets"])
    assert (by_code["PM"]["measured"], by_code["TR"]["measured"]) == (6, 17)
    assert (await service.ask(MILL, "list-plans"))["items"] == [plan]
    assert (await service.refused(OPS, "get-plan", plan="fujian-2099")).status == 404


async def test_everybody_reads_the_regions_with_their_dates(bare_service: Service) -> None:
    assert (await bare_service.ask(MILL, "list-regions"))["items"] == []
    await bare_service.ask(OPS, "load-plan", **bare_service.plan)
    regions = (await bare_service.ask(MILL, "list-regions"))["items"]
    assert len(regions) == len(bare_service.plan["regions"])
    cities = (await bare_service.ask(MILL, "list-regions", level="prefecture"))["items"]
    assert len(cities) == 9
    counties = await bare_service.ask(MILL, "list-regions", level="county", on="2013-12-31")
    assert len(counties["items"]) == 85
    assert len([region for region in counties["items"] if region["administered"]]) == 84
    of_fuzhou = await bare_service.ask(MILL, "list-regions", parent="350100", on="2018-01-01")
    assert {"350112"} == {region["code"] for region in of_fuzhou["items"]} - {
        region["code"] for region in counties["items"]
    }
    pingtan = await bare_service.ask(MILL, "get-region", region="PT")
    assert [relation["kind"] for relation in pingtan["relations"]] == ["part_of", "reports_to"]
    assert (await bare_service.refused(MILL, "get-region", region="999")).status == 404
    first = await bare_service.ask(MILL, "list-regions", limit=60)
    second = await bare_service.ask(MILL, "list-regions", limit=60, cursor=first["next_cursor"])
    assert [region["code"] for region in first["items"] + second["items"]] == [r["code"] for r in regions]


async def test_only_the_province_and_ops_load_a_plan(bare_service: Service) -> None:
    for actor in (FUZHOU, FUQING, MILL):
        problem = await bare_service.refused(actor, "load-plan", **bare_service.plan)
        assert (problem.status, problem.code) == (403, "forbidden")
    assert await bare_service.events() == []


async def test_who_sees_which_targets(service: Service) -> None:
    """A city sees its own and the province's, a county and an enterprise theirs and the province's."""

    async def seen(actor: Any) -> set[str]:
        page = await service.ask(actor, "list-targets", limit=200)
        return {item["region"] for item in page["items"]}

    cities = {f"35{number:02d}00" for number in range(1, 10)}
    assert await seen(PROVINCE) == await seen(OPS) == {"350000"} | cities
    assert await seen(FUZHOU) == {"350000", "350100"}
    assert await seen(XIAMEN) == {"350000", "350200"}
    assert await seen(FUQING) == await seen(MILL) == {"350000"}
    problem = await service.refused(FUZHOU, "list-targets", region="350200")
    assert problem.status == 403
    assert (await service.refused(FUZHOU, "get-target", plan="fujian-2013", target="TR-6b")).status == 404
    assert (await service.refused(PROVINCE, "get-target", plan="fujian-2013", target="TR-99")).status == 404


async def test_another_plan_takes_no_region_away_and_a_part_of_the_map_drops_none(service: Service) -> None:
    """A plan of another province replaced the map in use; a part of a plan left two regions of ninety-nine."""
    before = await service.events()
    other = {**service.plan, "plan": "zhejiang-2013", "targets": [], "appraisal_schemes": None}
    other["regions"] = [{"code": "330000", "name": "浙江省", "level": "province"}]
    for operation in ("check-plan", "load-plan"):
        problem = await service.refused(OPS, operation, **other)
        assert (problem.status, problem.code) == (409, "used-by-another-plan")
    part = {**service.plan, "regions": service.plan["regions"][:-1], "reason": "typed by hand"}
    problem = await service.refused(OPS, "load-plan", **part)
    assert (problem.status, problem.code) == (409, "region-missing")
    assert await service.events() == before
    taken = await service.ask(OPS, "load-plan", **other, over=["fujian-2013"])
    assert taken["region_count"] == 1
    back = {**service.plan, "replace": True, "reason": "the map comes back"}
    assert (await service.refused(OPS, "load-plan", **back)).code == "used-by-another-plan"
    await service.ask(OPS, "load-plan", **back, over=["zhejiang-2013"])
    listed = await service.ask(OPS, "list-regions")
    assert len(listed["items"]) == len(service.plan["regions"])
