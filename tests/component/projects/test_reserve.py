"""The reserve library: who comes in, the quarterly update, three for each county, the screening (TR-13 to TR-18)."""

from collections import Counter
from typing import Any

import pytest
import pytest_asyncio

from services.projects.documents import reserve_drops
from services.projects.duties.watch import DutyWatch
from services.projects.projects.reserve.watch import ReserveWatch
from services.projects.service import app_on
from tests.component.projects.conftest import FUQING, FUZHOU, OPS, PROVINCE, XIAMEN, Service, local

_CRITERIA = ("supported_field", "permits_complete", "own_funds")
SCREENING: dict[str, Any] = {
    "scheme": "national_special_fund",
    "answers": [{"criterion": each, "met": True, "evidence": f"{each}号"} for each in _CRITERIA],
}


async def enter(
    service: Service, project: str, register: str = "reserve_county", on: str = "2013-02-01"
) -> None:
    await service.ask(PROVINCE, "join-register", project=project, register=register, on=on)


@pytest_asyncio.fixture
async def library(service: Service) -> Service:
    """Four projects of Fuqing in their county's library, in May."""
    service.clock.set(local(2013, 5, 10))
    for number in range(1, 5):
        await service.project(f"P-{number}")
        await enter(service, f"P-{number}")
    return service


async def test_the_library_is_for_projects_of_ten_million_and_more(library: Service) -> None:
    small = {"total_investment": "9999999.99", "equipment_investment": "0", "planned_on": "2013-01-10"}
    await library.project("P-9", **small)
    refused = await library.refused(
        FUZHOU, "join-register", project="P-9", register="reserve_county", on="2013-02-01"
    )
    assert (refused.code, refused.where) == ("below-threshold", "register")
    await library.project("P-10", **{**small, "total_investment": "10000000"})
    await enter(library, "P-10")
    entered = [{"register": "reserve_county", "valid_from": "2013-02-01"}]
    refused = await library.refused(
        FUZHOU,
        "register-project",
        project="P-11",
        name="小项目",
        region="350181",
        industry="1751",
        registers=entered,
        **small,
    )
    assert refused.code == "below-threshold"
    await library.ask(FUZHOU, "join-register", project="P-9", register="city_key", on="2013-02-01")


async def test_a_projects_quarter_is_owed_until_it_is_looked_at(library: Service) -> None:
    update = {"project": "P-1", "register": "reserve_county", "action": "confirmed"}
    await library.ask(FUQING, "update-reserve", **update)
    await library.ask(FUQING, "update-reserve", **update)
    updates = [event for event in await library.events() if event.type == "ReserveUpdated"]
    assert [(each.data["quarter"], each.data["region"]) for each in updates] == [("2013-Q2", "350181")]
    owed = await library.ask(FUQING, "list-reserve", register="reserve_county", standing="owed")
    assert [each["project"] for each in owed["items"]] == ["P-2", "P-3", "P-4"]
    assert (owed["count"], owed["total_investment"]) == (3, "360000000.00")
    library.clock.set(local(2013, 7, 1))
    summary = await library.ask(FUQING, "reserve-summary", register="reserve_county")
    assert (summary["quarter"], summary["updated"], summary["owed"]) == ("2013-Q3", 0, 4)
    changed = {**update, "action": "changed"}
    assert (await library.refused(FUQING, "update-reserve", **changed)).code == "reason-missing"


async def test_the_library_of_a_past_day_has_that_days_amounts_and_looks(library: Service) -> None:
    update = {"register": "reserve_county", "action": "confirmed", "project": "P-1"}
    await library.ask(FUQING, "update-reserve", **update, on="2013-05-06")
    library.clock.set(local(2013, 7, 20))
    await library.ask(FUQING, "change-project", project="P-1", total_investment="200000000", reason="概算")
    await library.ask(FUQING, "update-reserve", **update, on="2013-07-19")
    asked = {"register": "reserve_county"}

    async def stood(on: str | None, **more: str) -> tuple[Any, ...]:
        page = await library.ask(FUZHOU, "list-reserve", **asked, on=on, **more)
        first = page["items"][0]
        summary = await library.ask(FUZHOU, "reserve-summary", **asked, on=on)
        assert summary["total_investment"] == page["total_investment"] or more
        return (
            first["total_investment"],
            first["last_on"],
            first["standing"],
            page["count"],
            summary["updated"],
        )

    assert await stood(None) == ("200000000.00", "2013-07-19", "updated", 4, 1)
    assert await stood("2013-06-30") == ("120000000.00", "2013-05-06", "updated", 4, 1)
    assert await stood("2013-06-30", standing="updated") == ("120000000.00", "2013-05-06", "updated", 1, 1)
    assert await stood("2013-05-05") == ("120000000.00", None, "owed", 4, 0)


async def test_the_library_of_a_past_day_has_that_days_stages(library: Service) -> None:
    """A list of June showed the stage of July; a step that was corrected since is taken as it is known now."""
    library.clock.set(local(2013, 7, 20))
    for stage, on in (("filed", "2013-06-10"), ("started", "2013-07-10")):
        await library.ask(FUQING, "reach-stage", project="P-1", stage=stage, on=on, evidence="闽发改备")
    asked = {"register": "reserve_county"}

    async def stages(on: str | None) -> dict[str, int]:
        page = await library.ask(FUZHOU, "list-reserve", **asked, on=on)
        summary = await library.ask(FUZHOU, "reserve-summary", **asked, on=on)
        counted = {each["key"]: each["projects"] for each in summary["stages"]}
        assert counted == Counter(each["stage"] for each in page["items"])
        for stage, count in counted.items():
            assert (await library.ask(FUZHOU, "list-reserve", **asked, on=on, stage=stage))["count"] == count
        return counted

    assert await stages(None) == {"planned": 3, "started": 1}
    assert await stages("2013-06-30") == {"filed": 1, "planned": 3}
    assert await stages("2013-06-09") == {"planned": 4}
    await library.ask(FUQING, "correct-stage", project="P-1", step=2, on="2013-06-20", reason="日期有误")
    assert await stages("2013-06-15") == {"planned": 4}


async def test_three_provincial_projects_for_each_county_and_a_trillion_in_all(library: Service) -> None:
    """TR-16 holds for each county, so the sum proves nothing; TR-15 is their total investment."""
    update = {"register": "reserve_county", "action": "promoted", "reason": "成熟"}
    for number in (1, 2):
        await library.ask(FUZHOU, "update-reserve", project=f"P-{number}", **update)
        up = {"register": "reserve_city", "action": "promoted", "reason": "成熟"}
        refused = await library.refused(FUZHOU, "update-reserve", project=f"P-{number}", **up)
        assert refused.status == 403
        await library.ask(PROVINCE, "update-reserve", project=f"P-{number}", **up)
    summary = await library.ask(PROVINCE, "reserve-summary")
    assert (summary["projects"], summary["total_investment"]) == (2, "240000000.00")
    assert (summary["per_county"], summary["library_total"]) == (3, "1000000000000.00")
    short = {each["region"]: each["short_by"] for each in summary["counties"]}
    assert short == {"350181": 1, "350182": 3, "350203": 3}
    assert summary["counties_short"] == 3
    await library.ask(
        PROVINCE, "join-register", project="P-3", register="reserve_provincial", on="2013-05-10"
    )
    fuqing = await library.ask(FUQING, "reserve-summary")
    assert [(each["region"], each["short_by"]) for each in fuqing["counties"]] == [("350181", 0)]
    assert [(each["key"], each["projects"]) for each in fuqing["industries"]] == [("17", 3)]
    before = await library.ask(PROVINCE, "reserve-summary", on="2013-05-09")
    assert before["projects"] == 0


async def test_a_day_before_every_rule_is_refused_with_what_to_do(library: Service) -> None:
    problem = await library.refused(PROVINCE, "reserve-summary", on="0001-01-01")
    assert (problem.status, problem.code) == (409, "no-rule")


async def test_the_last_look_of_a_quarter_hands_the_citys_duty_in(library: Service) -> None:
    watch = DutyWatch(app_on(library.engine, library.log, library.clock))
    update = {"register": "reserve_county", "action": "confirmed"}
    for number in (1, 2, 3):
        await library.ask(FUQING, "update-reserve", project=f"P-{number}", on="2013-05-06", **update)
    await watch.sweep()
    owed = {"duty": "TR-18", "region": "350100", "first_due": "2013-06-30", "last_due": "2013-06-30"}
    (open_,) = (await library.ask(FUZHOU, "duty-calendar", **owed))["items"]
    assert open_["standing"] == "not_due"
    dropped = {"register": "reserve_county", "action": "dropped", "reason": "停产"}
    await library.ask(FUQING, "update-reserve", project="P-4", **dropped)
    assert await watch.sweep() == 1
    assert await watch.sweep() == 0
    (done,) = (await library.ask(FUZHOU, "duty-calendar", **owed))["items"]
    # The day on which it is taken out is its last day in the library: its look counts.
    assert (done["standing"], done["received_on"]) == ("received", "2013-05-10")
    assert done["evidence"] == "储备库更新 2013-Q2：4 项"
    event = (await library.events())[-1]
    assert (event.type, event.metadata["actor"]["role"]) == ("DutyReceived", "system")
    (empty,) = (await library.ask(PROVINCE, "duty-calendar", **{**owed, "region": "350200"}))["items"]
    assert empty["standing"] == "not_due", "an empty library is reported by reference"
    by_reference = {"duty": "TR-18", "region": "350200", "period": "2013-Q2", "evidence": "零报告"}
    assert (await library.ask(XIAMEN, "hand-in-duty", **by_reference))["standing"] == "received"


async def test_a_project_that_nobody_looks_at_leaves_the_library_and_may_come_back(library: Service) -> None:
    watch = ReserveWatch(app_on(library.engine, library.log, library.clock))
    library.clock.set(local(2013, 12, 31))
    update = {"register": "reserve_county", "action": "confirmed", "on": "2013-09-20"}
    await library.ask(FUQING, "update-reserve", project="P-1", **update)
    assert await watch.sweep() == 0  # all came in on 1 February: their third quarter isn't over
    library.clock.set(local(2014, 1, 2))
    assert await watch.sweep() == 3
    assert await watch.sweep() == 0
    listed = await library.ask(FUQING, "list-reserve", register="reserve_county", on="2014-01-03")
    assert [each["project"] for each in listed["items"]] == ["P-1"]
    left = (await library.events())[-2:]
    assert [event.type for event in left] == ["RegisterLeft", "ReserveUpdated"]
    assert (left[0].data["reason"], left[0].metadata["actor"]["role"]) == (
        "连续未更新移出储备库（最近一次：2013-Q1）",
        "system",
    )
    library.clock.set(local(2014, 1, 3))
    await enter(library, "P-2", on="2014-01-03")
    assert await watch.sweep() == 0


async def test_a_bulletin_lists_what_silence_took_out_in_its_month_and_says_what_it_leaves_out(
    library: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = ReserveWatch(app_on(library.engine, library.log, library.clock))
    drop = {"project": "P-1", "register": "reserve_county", "action": "dropped", "reason": "企业停产"}
    await library.ask(FUQING, "update-reserve", **drop)
    library.clock.set(local(2014, 1, 2))
    assert await watch.sweep() == 3
    library.clock.set(local(2014, 2, 10))
    monkeypatch.setattr(reserve_drops, "LISTED", 2)
    for month in ("2014-01", "2013-12"):
        draft = {"document": f"B-{month}", "kind": "monthly_bulletin", "period": month}
        await library.ask(PROVINCE, "draft-document", **draft)

    view = await library.ask(PROVINCE, "get-document", document="B-2014-01")
    drops = view["reserve_drops"]
    assert (drops["quarters_in_a_row"], drops["total"], drops["left_out"]) == (3, 3, 1)
    assert "Quanzhou" in drops["source"]
    assert [(each["project"], each["on"], each["register_term"]) for each in drops["listed"]] == [
        ("P-2", "2014-01-02", "县级储备库"),
        ("P-3", "2014-01-02", "县级储备库"),
    ]
    assert drops["listed"][0]["reason"] == "连续未更新移出储备库（最近一次：2013-Q1）"
    counted = {
        (each["region"], each["measure"]): each["value"]
        for section in view["sections"]
        if section["section"] == "reserve"
        for each in section["figures"]
    }
    assert counted["350000", "dropped_by_rule"] == counted["350100", "dropped_by_rule"] == "3"
    page = (await library.ask(PROVINCE, "get-document-page", document="B-2014-01"))["content"]
    assert "其余 1 项未列出" in page
    assert drops["whole_list"].replace("&", "&amp;") in page

    asked = dict(part.split("=") for part in drops["whole_list"].split("?")[1].split("&"))
    whole = await library.ask(FUZHOU, "list-reserve-drops", **asked)
    assert (whole["count"], [each["project"] for each in whole["items"]]) == (3, ["P-2", "P-3", "P-4"])
    first = await library.ask(FUQING, "list-reserve-drops", limit=3)
    rest = await library.ask(FUQING, "list-reserve-drops", limit=3, cursor=first["next_cursor"])
    found = [(each["project"], each["by_rule"]) for each in (*first["items"], *rest["items"])]
    assert found == [("P-1", False), ("P-2", True), ("P-3", True), ("P-4", True)]
    assert (await library.ask(XIAMEN, "list-reserve-drops"))["count"] == 0

    december = await library.ask(PROVINCE, "get-document", document="B-2013-12")
    assert (december["reserve_drops"]["total"], december["reserve_drops"]["listed"]) == (0, [])
    page = (await library.ask(PROVINCE, "get-document-page", document="B-2013-12"))["content"]
    assert "本期没有移出的项目" in page


async def test_a_dropped_project_goes_out_with_its_reason(library: Service) -> None:
    drop = {"project": "P-1", "register": "reserve_county", "action": "dropped", "reason": "企业停产"}
    view = await library.ask(FUQING, "update-reserve", **drop)
    (stay,) = view["registers"]
    assert (stay["register"], stay["valid_to"]) == ("reserve_county", "2013-05-10")
    left = [event.data for event in await library.events() if event.type == "RegisterLeft"]
    assert [each["reason"] for each in left] == ["企业停产"]
    library.clock.set(local(2013, 5, 11))
    listed = await library.ask(FUQING, "list-reserve", register="reserve_county", limit=2)
    assert [each["project"] for each in listed["items"]] == ["P-2", "P-3"]
    rest = await library.ask(
        FUQING, "list-reserve", register="reserve_county", limit=2, cursor=listed["next_cursor"]
    )
    assert ([each["project"] for each in rest["items"]], rest["next_cursor"]) == (["P-4"], None)
    again = await library.refused(
        FUQING, "update-reserve", project="P-1", register="reserve_county", action="confirmed"
    )
    assert again.code == "not-in-register"


async def test_a_screening_recommends_who_meets_every_criterion(library: Service) -> None:
    """TR-13: and what is recommended may go on to the national plan."""
    await library.ask(FUZHOU, "screen-project", project="P-1", **SCREENING)
    one_missed = [{**each, "met": each["criterion"] != "own_funds"} for each in SCREENING["answers"]]
    await library.ask(FUZHOU, "screen-project", project="P-2", **{**SCREENING, "answers": one_missed})
    incomplete = {**SCREENING, "answers": SCREENING["answers"][:1]}
    assert (await library.refused(FUZHOU, "screen-project", project="P-3", **incomplete)).code == "criteria"
    unknown = {**SCREENING, "scheme": "other"}
    assert (await library.refused(FUZHOU, "screen-project", project="P-3", **unknown)).code == "no-rule"
    await library.project("P-8")
    outside = await library.refused(FUZHOU, "screen-project", project="P-8", **SCREENING)
    assert outside.code == "not-in-register"
    listed = await library.ask(OPS, "list-reserve", register="reserve_county")
    recommended = {each["project"] for each in listed["items"] if each["recommended_for"]}
    assert recommended == {"P-1"}
    screened = [event for event in await library.events() if event.type == "ProjectScreened"]
    assert [each.data["recommended"] for each in screened] == [True, False]
    await enter(library, "P-1", "national_plan", "2013-05-01")


async def test_a_city_sees_and_updates_only_its_own(library: Service) -> None:
    assert (await library.ask(XIAMEN, "list-reserve", register="reserve_county"))["count"] == 0
    update = {"project": "P-1", "register": "reserve_county", "action": "confirmed"}
    assert (await library.refused(XIAMEN, "update-reserve", **update)).status == 404
    elsewhere = await library.refused(XIAMEN, "reserve-summary", region="350181")
    assert elsewhere.status == 403
