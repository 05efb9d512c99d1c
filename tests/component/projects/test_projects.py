"""Projects through the service's operations: register, stages, registers, lists, who may what."""

import asyncio

import pytest

from shared.problems import Problem
from tests.component.projects.conftest import (
    FUQING,
    FUZHOU,
    MILL,
    OPS,
    PLAN,
    PROVINCE,
    XIAMEN,
    Service,
    local,
)


async def test_a_registered_project_is_read_back_as_it_was_given(service: Service) -> None:
    made = await service.project(
        enterprise="E-1", registers=[{"register": "city_key", "valid_from": "2013-01-15"}]
    )
    assert made["total_investment"] == "120000000.00"
    assert made["stage"] == "planned"
    stay = {"register": "city_key", "valid_from": "2013-01-15", "valid_to": None, "updates": 0}
    assert made["registers"] == [stay]
    assert made["region_name"] == "福清市"
    assert await service.ask(PROVINCE, "get-project", project="P-1") == made
    assert [event.type for event in await service.events()][-1] == "ProjectRegistered"


async def test_events_write_money_without_an_exponent(service: Service) -> None:
    await service.project(total_investment="1.2e8", equipment_investment=1)
    data = (await service.events())[-1].data
    assert (data["total_investment"], data["equipment_investment"]) == ("120000000", "1")


async def test_without_an_id_a_repeat_of_the_command_makes_one_project(service: Service) -> None:
    first = await service.project(None, key="k-1")
    again = await service.project(None, key="k-1")
    assert again == first
    page = await service.ask(PROVINCE, "list-projects")
    assert [item["project"] for item in page["items"]] == [first["project"]]


async def test_two_that_say_the_same_without_key_and_id_are_one_until_somebody_says_otherwise(
    service: Service,
) -> None:
    """Sent twice, or two at one moment: it made two projects, and every sum counted both."""
    answers = await asyncio.gather(*(service.project(None) for _ in range(3)), return_exceptions=True)
    (made,) = [answer for answer in answers if not isinstance(answer, BaseException)]
    asked = [answer for answer in answers if isinstance(answer, Problem)]
    assert [(each.status, each.code) for each in asked] == [(409, "maybe-the-same")] * 2
    assert asked[0].extra["project"] == made["project"]
    assert "confirmed: true" in (asked[0].remedy or "")
    another = await service.project(None, confirmed=True)
    assert another["project"] != made["project"]
    await service.project(None, name="另一个名称")


async def test_the_same_project_again_changes_nothing_and_another_under_its_id_is_refused(
    service: Service,
) -> None:
    await service.project()
    before = len(await service.events())
    await service.project()
    assert len(await service.events()) == before
    problem = await service.refused(
        FUZHOU,
        "register-project",
        project="P-1",
        name="另一个项目",
        region="350181",
        industry="1751",
        total_investment="1",
        equipment_investment="0",
    )
    assert (problem.status, problem.code) == (409, "exists")


async def test_stages_are_kept_with_dates_and_a_jump_says_what_is_missing(service: Service) -> None:
    await service.project()
    problem = await service.refused(
        FUQING, "reach-stage", project="P-1", stage="producing", on="2013-01-12", evidence="无"
    )
    assert problem.code == "stage-missing"
    assert problem.extra["missing"] == ["filed (备案) or approved (核准)", "started (开工)"]
    await service.ask(
        FUQING, "reach-stage", project="P-1", stage="filed", on="2013-01-12", evidence="备〔2013〕1号"
    )
    after = await service.ask(
        FUQING, "reach-stage", project="P-1", stage="started", on="2013-01-14", evidence="开工令3号"
    )
    assert (after["stage"], after["stage_on"]) == ("started", "2013-01-14")
    assert [step["step"] for step in after["steps"]] == [1, 2, 3]
    corrected = await service.ask(
        FUQING,
        "correct-stage",
        project="P-1",
        step=2,
        stage="approved",
        on="2013-01-13",
        evidence="核〔2013〕2号",
        reason="wrong permit",
    )
    assert [step["stage"] for step in corrected["steps"]] == ["planned", "approved", "started"]
    nothing = {"project": "P-1", "step": 3, "reason": "not started yet"}
    assert (await service.refused(FUQING, "correct-stage", **nothing)).code == "nothing-named"
    taken_back = await service.ask(FUQING, "correct-stage", **nothing, remove="step")
    assert (taken_back["stage"], taken_back["stage_on"]) == ("approved", "2013-01-13")
    listed = (await service.ask(FUQING, "list-projects", stage="approved"))["items"]
    assert [item["project"] for item in listed] == ["P-1"]


async def test_a_project_is_in_a_register_from_the_first_to_the_last_day(service: Service) -> None:
    await service.project()
    service.clock.set(local(2013, 9, 30))
    await service.ask(PROVINCE, "join-register", project="P-1", register="provincial_key", on="2013-03-01")
    await service.ask(
        PROVINCE, "leave-register", project="P-1", register="provincial_key", on="2013-09-30", reason="退出"
    )

    async def inside(on: str) -> bool:
        page = await service.ask(PROVINCE, "list-projects", register="provincial_key", on=on)
        return bool(page["items"])

    days = ["2013-02-28", "2013-03-01", "2013-09-30", "2013-10-01"]
    assert [await inside(day) for day in days] == [False, True, True, False]


async def test_a_city_puts_no_project_on_the_provinces_list(service: Service) -> None:
    await service.project()
    problem = await service.refused(
        FUZHOU, "join-register", project="P-1", register="provincial_key", on="2013-01-15"
    )
    assert problem.status == 403
    await service.ask(FUZHOU, "join-register", project="P-1", register="city_key", on="2013-01-15")
    problem = await service.refused(
        FUQING, "leave-register", project="P-1", register="city_key", on="2013-01-15", reason="x"
    )
    assert problem.status == 403


async def test_everyone_sees_and_changes_only_what_is_theirs(service: Service) -> None:
    await service.project("P-1", FUQING, enterprise="E-1")
    await service.project("P-2", XIAMEN, region="350203", enterprise="E-2")
    await service.project("P-3", PROVINCE, region="PT")

    async def seen(actor: object) -> list[str]:
        page = await service.ask(actor, "list-projects")  # type: ignore[arg-type]
        return [item["project"] for item in page["items"]]

    assert await seen(PROVINCE) == ["P-1", "P-2", "P-3"]
    assert await seen(OPS) == ["P-1", "P-2", "P-3"]
    assert await seen(FUZHOU) == ["P-1", "P-3"]  # Pingtan is part of Fuzhou
    assert await seen(XIAMEN) == ["P-2"]
    assert await seen(FUQING) == ["P-1"]
    assert await seen(MILL) == ["P-1"]
    assert (await service.refused(XIAMEN, "get-project", project="P-1")).status == 404
    assert (await service.refused(MILL, "get-project", project="P-2")).status == 404
    step = {"project": "P-1", "stage": "filed", "on": "2013-01-12", "evidence": "1号"}
    assert (await service.refused(XIAMEN, "reach-stage", **step)).status == 404
    assert (await service.refused(MILL, "reach-stage", **step)).status == 404
    assert (await service.refused(OPS, "reach-stage", **step)).status == 403
    assert (await service.refused(XIAMEN, "list-projects", region="350181")).status == 403
    for operation in ("list-projects", "list-problems", "list-awards", "list-duties"):
        nowhere = await service.refused(FUZHOU, operation, region="359999")
        assert (nowhere.status, nowhere.where) == (422, "region"), operation
    elsewhere = {
        "name": "x",
        "region": "350203",
        "industry": "17",
        "total_investment": 1,
        "equipment_investment": 0,
    }
    assert (await service.refused(FUZHOU, "register-project", **elsewhere)).status == 403
    assert (await service.refused(FUQING, "load-plan", plan="mine")).status == 403


async def test_lists_are_filtered_and_paged(service: Service) -> None:
    for number in range(5):
        await service.project(
            f"P-{number}", name=f"项目{number}_100%", programmes=["TR", "PM"] if number == 3 else ["TR"]
        )
    first = await service.ask(FUZHOU, "list-projects", limit=2)
    second = await service.ask(FUZHOU, "list-projects", limit=2, cursor=first["next_cursor"])
    third = await service.ask(FUZHOU, "list-projects", limit=2, cursor=second["next_cursor"])
    ids = [item["project"] for page in (first, second, third) for item in page["items"]]
    assert ids == [f"P-{number}" for number in range(5)]
    assert third["next_cursor"] is None
    by_programme = await service.ask(FUZHOU, "list-projects", programme="PM")
    assert [item["project"] for item in by_programme["items"]] == ["P-3"]
    by_text = await service.ask(FUZHOU, "list-projects", text="4_100%")
    assert [item["project"] for item in by_text["items"]] == ["P-4"]
    assert (await service.ask(FUZHOU, "list-projects", text="4%1"))["items"] == []
    assert (await service.ask(FUZHOU, "list-projects", region="350182"))["items"] == []
    for cursor in ("made-up", "WyJhIiwiYiJd", "4pyT", "%%%"):
        assert (await service.refused(FUZHOU, "list-projects", cursor=cursor)).where == "cursor"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"region": "999999"}, "region"),
        ({"region": "'; drop table project"}, "region"),
        ({"total_investment": "NaN"}, "total_investment"),
        ({"total_investment": "1e30"}, "total_investment"),
        ({"total_investment": 0}, "total_investment"),
        ({"equipment_investment": "120000000.01"}, "equipment_investment"),
        ({"equipment_investment": -1}, "equipment_investment"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "line\nbreak"}, "name"),
        ({"planned_on": "2013-02-30"}, "planned_on"),
        ({"planned_on": "2013-01-16"}, "planned_on"),
        ({"programmes": ["XX"]}, "programmes"),
        ({"registers": [{"register": "nowhere", "valid_from": "2013-01-01"}]}, "register"),
        ({"investement": 1}, "investement"),
    ],
)
async def test_bad_input_is_refused_with_its_place(
    service: Service, change: dict[str, object], where: str
) -> None:
    body = {
        "name": "项目",
        "region": "350181",
        "industry": "1751",
        "total_investment": "120000000",
        "equipment_investment": "1",
    }
    problem = await service.refused(FUZHOU, "register-project", **{**body, **change})
    assert problem.status == 422
    assert problem.where is not None
    assert problem.where.startswith(where)
    assert len(await service.events()) == len(PLAN) - 1  # one per part of the plan


async def test_before_a_plan_is_loaded_the_service_says_so(bare_service: Service) -> None:
    problem = await bare_service.refused(
        PROVINCE,
        "register-project",
        name="x",
        region="350181",
        industry="17",
        total_investment=1,
        equipment_investment=0,
    )
    assert problem.code == "no-plan"


async def test_what_is_asked_back_is_a_dated_rule(service: Service) -> None:
    """The bounds were constants: another province, or a later year, could not set its own."""
    own = next(rule for rule in PLAN["rules"] if rule["rule"] == "amount_plausibility")
    later = {
        **own,
        "valid_from": "2013-06-01",
        "parameters": {**own["parameters"], "smallest_project": "500"},
    }
    rules = [*({**rule, "valid_to": "2013-05-31"} if rule == own else rule for rule in PLAN["rules"]), later]
    await service.ask(OPS, "load-plan", **{**PLAN, "rules": rules}, replace=True)
    small = {"total_investment": "600", "equipment_investment": "0"}
    service.clock.set(local(2013, 5, 31))
    with pytest.raises(Problem) as asked:
        await service.project("P-9", **small)
    assert (asked.value.code, asked.value.where) == ("confirm-amount", "total_investment")
    service.clock.set(local(2013, 6, 1))
    assert (await service.project("P-9", **small))["total_investment"] == "600.00"
