"""Setting, revising and decomposing targets: who may, what is kept, and exactly once."""

from typing import Any

import pytest

from shared.identity import Actor
from tests.component.assessment.conftest import FUQING, FUZHOU, MILL, OPS, PROVINCE, XIAMEN, Service

PLAN = "fujian-2013"
PARTS = [{"region": "350102", "value": "60"}, {"region": "350181", "value": "150.5"}]
PINGTAN: dict[str, Any] = {
    "plan": PLAN,
    "target": "TR-6j",
    "programme": "TR",
    "name": "Technology renovation investment, Pingtan",
    "measure": "tech_renovation_investment",
    "region": "PT",
    "level": "zone",
    "period": "2013",
    "value": "10",
    "unit": "CNY_1e8",
    "comparator": "at_least",
    "metric_type": "flow",
    "source": "decision of the province",
    "confidence": "decided",
}


async def test_a_city_decomposes_its_target_and_sees_sum_and_difference(service: Service) -> None:
    answer = await service.ask(FUZHOU, "decompose-target", plan=PLAN, target="TR-6a", parts=PARTS)
    assert answer["value"] == "660"
    assert answer["parts"] == [
        {"target": "TR-6a:350102", "region": "350102", "region_name": "鼓楼区", "value": "60"},
        {"target": "TR-6a:350181", "region": "350181", "region_name": "福清市", "value": "150.5"},
    ]
    assert (answer["parts_sum"], answer["parts_difference"]) == ("210.5", "-449.5")
    page = await service.ask(FUZHOU, "list-targets", part_of="TR-6a")
    assert [(item["target"], item["level"], item["parent"]) for item in page["items"]] == [
        ("TR-6a:350102", "county", "TR-6a"),
        ("TR-6a:350181", "county", "TR-6a"),
    ]


async def test_a_part_stands_behind_its_whole_and_its_county_sees_it(service: Service) -> None:
    await service.ask(FUZHOU, "decompose-target", plan=PLAN, target="TR-6a", parts=PARTS)
    page = await service.ask(PROVINCE, "list-targets", plan=PLAN, row="TR-6", limit=4)
    assert [item["target"] for item in page["items"]] == ["TR-6a", "TR-6a:350102", "TR-6a:350181", "TR-6b"]
    part = await service.ask(FUQING, "get-target", plan=PLAN, target="TR-6a:350181")
    assert [(entry["what"], entry["value"]) for entry in part["history"]] == [
        ("set by decomposition", "150.5")
    ]
    other = await service.refused(FUQING, "get-target", plan=PLAN, target="TR-6a:350102")
    assert other.status == 404


async def test_a_second_breakdown_replaces_the_first_and_both_are_in_the_history(service: Service) -> None:
    await service.ask(FUZHOU, "decompose-target", plan=PLAN, target="TR-6a", parts=PARTS)
    again = {"plan": PLAN, "target": "TR-6a", "parts": PARTS[1:]}
    problem = await service.refused(FUZHOU, "decompose-target", **again)
    assert (problem.status, problem.code) == (422, "reason-required")
    answer = await service.ask(FUZHOU, "decompose-target", **again, reason="Gulou has no room")
    assert [part["region"] for part in answer["parts"]] == ["350181"]
    history = (await service.ask(FUZHOU, "get-target", plan=PLAN, target="TR-6a"))["history"]
    assert [entry["what"] for entry in history] == ["set", "decomposed", "decomposed"]
    assert [len(entry["parts"]) for entry in history] == [0, 2, 1]
    assert (history[2]["reason"], history[2]["by"], history[2]["role"]) == (
        "Gulou has no room",
        "fuzhou-office",
        "city",
    )
    assert (await service.refused(FUZHOU, "get-target", plan=PLAN, target="TR-6a:350102")).status == 404


@pytest.mark.parametrize("actor", [XIAMEN, FUQING, MILL])
async def test_nobody_else_breaks_a_citys_target_down(service: Service, actor: Actor) -> None:
    problem = await service.refused(actor, "decompose-target", plan=PLAN, target="TR-6a", parts=PARTS)
    assert (problem.status, problem.code) == (403, "forbidden")


async def test_the_province_may_break_it_down_for_the_city(service: Service) -> None:
    answer = await service.ask(PROVINCE, "decompose-target", plan=PLAN, target="TR-6a", parts=PARTS)
    assert len(answer["parts"]) == 2


async def test_counties_of_another_city_are_refused_with_the_right_ones(service: Service) -> None:
    parts = [{"region": "350203", "value": "1"}]
    problem = await service.refused(FUZHOU, "decompose-target", plan=PLAN, target="TR-6a", parts=parts)
    assert (problem.status, problem.code, problem.where) == (422, "not-a-county-of-the-city", "parts")
    assert "350102" in problem.remedy
    assert "350112" not in problem.remedy, "not yet a code in 2013"


async def test_the_province_revises_a_target_and_who_when_and_why_are_kept(service: Service) -> None:
    body = {"plan": PLAN, "target": "TR-6a", "value": "650", "reason": "two projects moved"}
    for actor in (FUZHOU, FUQING, MILL):
        assert (await service.refused(actor, "revise-target", **body)).status == 403
    answer = await service.ask(PROVINCE, "revise-target", **body)
    assert answer["value"] == "650"
    event = (await service.events())[-1]
    assert (event.type, event.data["previous_value"], event.data["value"]) == ("TargetRevised", "660", "650")
    entry = (await service.ask(FUZHOU, "get-target", plan=PLAN, target="TR-6a"))["history"][-1]
    assert (entry["what"], entry["value"], entry["reason"]) == ("revised", "650", "two projects moved")
    assert (entry["by"], entry["recorded_at"]) == ("province-office", "2013-03-05T02:00:00+00:00")
    # Loading the plan again doesn't undo the decision.
    await service.ask(OPS, "load-plan", **service.plan)
    assert (await service.ask(PROVINCE, "get-target", plan=PLAN, target="TR-6a"))["value"] == "650"


async def test_a_city_revises_the_parts_of_its_own_target(service: Service) -> None:
    await service.ask(FUZHOU, "decompose-target", plan=PLAN, target="TR-6a", parts=PARTS)
    body = {"plan": PLAN, "target": "TR-6a:350181", "value": "155", "reason": "a late project"}
    for actor in (XIAMEN, FUQING, MILL):
        assert (await service.refused(actor, "revise-target", **body)).status == 403
    assert (await service.ask(FUZHOU, "revise-target", **body))["value"] == "155"
    whole = await service.ask(FUZHOU, "get-target", plan=PLAN, target="TR-6a")
    assert whole["parts_sum"] == "215"


async def test_a_base_year_is_revised_with_its_vintage(service: Service) -> None:
    base = {"value": "2015", "unit": "CNY_1e8", "period": "2012", "vintage": "2013-03", "source": "bulletin"}
    body = {"plan": PLAN, "target": "TR-2", "base": base, "reason": "the published figure of 2012"}
    answer = await service.ask(PROVINCE, "revise-target", **body)
    assert (answer["value"], answer["base"]) == ("30", base)
    history = (await service.ask(PROVINCE, "get-target", plan=PLAN, target="TR-2"))["history"]
    assert [entry["base"]["value"] for entry in history] == ["2000", "2015"]


async def test_the_province_sets_a_further_target_and_nobody_else(service: Service) -> None:
    assert (await service.refused(FUZHOU, "set-target", **PINGTAN)).status == 403
    answer = await service.ask(PROVINCE, "set-target", **PINGTAN)
    assert (answer["row"], answer["measured_by"]) == ("TR-6j", "tech_renovation_investment")
    # The plan on file doesn't name it, and may be loaded again all the same.
    await service.ask(OPS, "load-plan", **service.plan)
    assert (await service.refused(PROVINCE, "set-target", **{**PINGTAN, "value": "11"})).status == 409
    unknown = await service.refused(PROVINCE, "set-target", **{**PINGTAN, "target": "TR-6k", "region": "X"})
    assert (unknown.code, unknown.where) == ("inconsistent-target", "region")


async def test_a_repeat_gets_the_same_answer_and_another_body_under_its_key_is_refused(
    service: Service,
) -> None:
    body = {"plan": PLAN, "target": "TR-6i", "value": "75", "reason": "more projects"}
    first = await service.call(PROVINCE, "revise-target", key="k-1", **body)
    await service.ask(PROVINCE, "revise-target", plan=PLAN, target="TR-6i", value="80", reason="still more")
    count = len(await service.events())
    assert await service.call(PROVINCE, "revise-target", key="k-1", **body) == first
    assert len(await service.events()) == count
    problem = await service.refused(PROVINCE, "revise-target", key="k-1", **{**body, "value": "90"})
    assert (problem.status, problem.code) == (422, "idempotency-key-reused")
    nothing_changed = await service.call(OPS, "load-plan", key="k-2", **service.plan)
    assert await service.call(OPS, "load-plan", key="k-2", **service.plan) == nothing_changed


async def test_a_plan_that_is_not_there(service: Service) -> None:
    body = {"plan": "other", "target": "TR-6a"}
    revised = await service.refused(PROVINCE, "revise-target", **body, value="1", reason="x")
    assert (revised.status, revised.code) == (404, "no-such-plan")
    assert (await service.refused(FUZHOU, "decompose-target", **body, parts=PARTS)).status == 404


@pytest.mark.parametrize(
    ("operation", "body", "where"),
    [
        ("revise-target", {"plan": PLAN, "target": "TR-6a", "value": "1"}, "reason"),
        ("revise-target", {"plan": PLAN, "target": "TR-6a", "value": "NaN", "reason": "x"}, "value"),
        ("revise-target", {"plan": PLAN, "target": "TR-6a", "valeu": "1", "reason": "x"}, "valeu"),
        ("decompose-target", {"plan": PLAN, "target": "TR-6a", "parts": []}, "parts"),
        (
            "decompose-target",
            {"plan": PLAN, "target": "TR-6a", "parts": [{"region": "350102", "value": "-1"}]},
            "parts.0.value",
        ),
        ("list-targets", {"limit": 0}, "limit"),
        ("get-target", {"plan": "a b", "target": "TR-6a"}, "plan"),
    ],
)
async def test_bad_input_is_named_by_field(
    service: Service, operation: str, body: dict[str, Any], where: str
) -> None:
    problem = await service.refused(PROVINCE, operation, **body)
    assert (problem.status, problem.where) == (422, where)
