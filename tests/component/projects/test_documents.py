"""Bulletins and dispatches (月通报, 季调度) through the service's operations: frozen figures, numbers, corrections."""

import asyncio
from decimal import Decimal
from typing import Any

from services.projects.duties.watch import DutyWatch
from services.projects.service import app_on
from shared.identity import Actor
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

COLLEAGUE = Actor("province-colleague", "province", "350000")
YI = 100_000_000
BULLETIN_DUTY = {
    **PLAN["duties"][0],
    "duty": "PM-10-bulletin",
    "regions": ["province"],
    "due": {"rule": "day_of_next_month", "day": 15},
    "carried_by": "monthly_bulletin",
    "follow_up": None,
}


async def issued(service: Service, document: str, **body: Any) -> Any:
    """Drafted, reviewed by a colleague, issued."""
    await service.ask(PROVINCE, "draft-document", document=document, **body)
    await service.ask(COLLEAGUE, "review-document", document=document, outcome="passed")
    return await service.ask(PROVINCE, "issue-document", document=document)


def figure(view: Any, section: str, measure: str, region: str | None = None, group: str | None = None) -> Any:
    """The one value; AssertionError where there is none."""
    (found,) = [
        each["value"]
        for part in view["sections"]
        if part["section"] == section
        for each in part["figures"]
        if (each["measure"], each["region"], each["group"]) == (measure, region, group)
    ]
    return found


async def february(service: Service) -> None:
    """Fuzhou has reported two months, Xiamen the first; two projects, one with two programmes."""
    await service.project("P-1", programmes=["TR", "PM"])
    await service.project("P-2", XIAMEN, region="350203", programmes=["TR"])
    service.clock.set(local(2013, 2, 4))
    await service.report("2013-01", str(40 * YI))
    await service.report("2013-01", str(10 * YI), XIAMEN)
    service.clock.set(local(2013, 3, 4))
    await service.report("2013-02", str(50 * YI))
    service.clock.set(local(2013, 3, 15))


async def test_the_figures_of_a_bulletin_count_each_project_once_and_say_what_is_missing(
    service: Service,
) -> None:
    await february(service)
    problem = {"project": "P-1", "kind": "land", "text": "用地指标", "on": "2013-02-20"}
    await service.ask(FUQING, "raise-problem", **problem)
    await issued(service, "B-2", kind="monthly_bulletin", period="2013-02")
    view = await service.ask(FUZHOU, "get-document", document="B-2")
    assert figure(view, "investment", "in_period", "350100") == f"{50 * YI}.00"
    assert figure(view, "investment", "in_period", "350200") is None
    assert figure(view, "investment", "months_missing", "350200") == "1"
    assert figure(view, "investment", "year_to_date", "350000") == f"{100 * YI}.00"
    assert figure(view, "investment", "months_missing", "350000") == "1"
    assert figure(view, "projects", "projects", "350000", "TR") == "2"
    assert figure(view, "projects", "projects", "350100", "PM") == "1"
    assert figure(view, "stages", "planned", "350000", "TR") == "2"
    assert figure(view, "reports", "missing", "350200") == "1"
    assert figure(view, "problems", "open", None, "county/land") == "1"


async def test_an_issued_document_is_frozen_and_its_position_gives_the_same_figures_again(
    service: Service,
) -> None:
    await february(service)
    summary = await issued(service, "B-2", kind="monthly_bulletin", period="2013-02", remarks=["正常。"])
    assert (summary["label"], summary["standing"]) == ("〔2013〕第1期", "issued")
    before = await service.ask(FUZHOU, "get-document", document="B-2")
    await service.report("2013-02", str(20 * YI), XIAMEN)
    after = await service.ask(FUZHOU, "get-document", document="B-2")
    assert {**after, "outdated": [], "outdated_figures": 0, "correct_with": None} == before
    assert (await service.refused(PROVINCE, "redraft-document", document="B-2")).code == "frozen"
    for operation in ("redraft-document", "issue-document", "get-document", "get-document-page"):
        assert (await service.refused(PROVINCE, operation, document="B-99")).status == 404

    (position,) = [each["position"] for each in before["positions"] if each["source"] == "projects"]
    filed = [
        event
        for event in await service.events()
        if event.type == "MonthlyReportFiled" and event.position <= position
    ]
    total = sum((Decimal(event.data["investment"]) for event in filed), Decimal(0))
    assert Decimal(figure(before, "investment", "year_to_date", "350000")) == total


async def test_a_correction_is_a_new_issue_with_a_table_of_differences(service: Service) -> None:
    await february(service)
    await issued(service, "B-2", kind="monthly_bulletin", period="2013-02")
    again = {"kind": "monthly_bulletin", "period": "2013-02"}
    assert (await service.refused(PROVINCE, "draft-document", **again)).code == "already-drafted"
    await service.report("2013-02", str(20 * YI), XIAMEN)
    correction = await issued(service, "B-2b", **again, corrects="B-2", reason="厦门补报")
    assert (correction["label"], correction["corrects"]) == ("〔2013〕第2期", "B-2")
    view = await service.ask(XIAMEN, "get-document", document="B-2b")
    changed = {
        (each["measure"], each["region"]): (each["before"], each["after"]) for each in view["differences"]
    }
    assert changed["in_period", "350200"] == (None, f"{20 * YI}.00")
    assert changed["year_to_date", "350000"] == (f"{100 * YI}.00", f"{120 * YI}.00")
    assert ("in_period", "350100") not in changed
    old = await service.ask(XIAMEN, "get-document", document="B-2")
    assert (old["corrected_by"], figure(old, "investment", "in_period", "350200")) == ("B-2b", None)
    twice = await service.refused(PROVINCE, "draft-document", **again, corrects="B-2", reason="x")
    assert (twice.code, "B-2b" in twice.remedy) == ("already-corrected", True)


async def test_what_rests_on_a_corrected_report_says_so_until_it_is_corrected(service: Service) -> None:
    await february(service)
    await issued(service, "B-2", kind="monthly_bulletin", period="2013-02")
    assert (await service.ask(FUZHOU, "get-document", document="B-2"))["correct_with"] is None
    wrong = {"region": "350100", "month": "2013-01", "investment": str(42 * YI), "reason": "补报"}
    await service.ask(FUZHOU, "correct-report", **wrong)
    marked = await service.ask(XIAMEN, "get-document", document="B-2")
    changed = {
        (each["measure"], each["region"]): (each["before"], each["after"]) for each in marked["outdated"]
    }
    assert changed == {
        ("year_to_date", "350100"): (f"{90 * YI}.00", f"{92 * YI}.00"),
        ("year_to_date", "350000"): (f"{100 * YI}.00", f"{102 * YI}.00"),
    }
    assert marked["correct_with"] == (
        'POST /documents {"kind": "monthly_bulletin", "period": "2013-02", "corrects": "B-2"}'
    )
    assert "本件尚未更正" in (await service.ask(XIAMEN, "get-document-page", document="B-2"))["content"]
    listed = (await service.ask(XIAMEN, "list-documents"))["items"]
    assert [(each["document"], each["outdated_figures"]) for each in listed] == [("B-2", 2)]
    again = {"kind": "monthly_bulletin", "period": "2013-02", "corrects": "B-2", "reason": "补报"}
    await issued(service, "B-2b", **again)
    listed = (await service.ask(XIAMEN, "list-documents"))["items"]
    assert [(each["document"], each["outdated_figures"]) for each in listed] == [("B-2", 0), ("B-2b", 0)]


async def test_a_correction_months_later_tells_of_its_period_as_it_is_known_now(service: Service) -> None:
    await february(service)
    await issued(service, "B-2", kind="monthly_bulletin", period="2013-02")
    service.clock.set(local(2013, 5, 20))
    # What happened since is not of February; what was only learnt since is.
    await service.project("P-3", planned_on="2013-05-01")
    await service.project("P-4", planned_on="2013-02-01")
    for stage, on in (("filed", "2013-02-20"), ("started", "2013-05-02")):
        step = {"project": "P-1", "stage": stage, "on": on, "evidence": "1号"}
        await service.ask(FUZHOU, "reach-stage", **step)
    await service.ask(FUZHOU, "change-project", project="P-1", total_investment="130000000", reason="概算")
    problem = {"project": "P-1", "text": "x"}
    await service.ask(FUQING, "raise-problem", **problem, kind="land", on="2013-02-25")
    await service.ask(FUQING, "raise-problem", **problem, kind="funds", on="2013-05-10")
    await service.report("2013-02", str(20 * YI), XIAMEN)
    again = {"kind": "monthly_bulletin", "period": "2013-02", "corrects": "B-2", "reason": "补报"}
    await issued(service, "B-2b", **again)
    view = await service.ask(PROVINCE, "get-document", document="B-2b")
    changed = {
        (each["section"], each["measure"], each["region"], each["group"]): (each["before"], each["after"])
        for each in view["differences"]
        if each["section"] != "investment"
    }
    assert changed == {
        ("projects", "projects", "350000", "TR"): ("2", "3"),
        ("projects", "total_investment", "350000", "TR"): ("240000000.00", "360000000.00"),
        ("projects", "projects", "350100", "TR"): ("1", "2"),
        ("projects", "total_investment", "350100", "TR"): ("120000000.00", "240000000.00"),
        ("stages", "filed", "350000", "TR"): (None, "1"),
        ("stages", "filed", "350000", "PM"): (None, "1"),
        ("stages", "planned", "350000", "PM"): ("1", None),
        ("problems", "open", None, "county/land"): (None, "1"),
        ("problems", "major", None, "county/land"): (None, "0"),
    }


async def test_a_draft_is_reviewed_by_another_and_returned_with_a_reason(service: Service) -> None:
    await february(service)
    await service.ask(PROVINCE, "draft-document", document="B-2", kind="monthly_bulletin", period="2013-02")
    own = await service.refused(PROVINCE, "review-document", document="B-2", outcome="passed")
    assert (own.status, own.code) == (403, "own-draft")
    assert (
        await service.refused(COLLEAGUE, "review-document", document="B-2", outcome="returned")
    ).status == 422
    assert (await service.refused(PROVINCE, "issue-document", document="B-2")).code == "not-reviewed"
    returned = {"document": "B-2", "outcome": "returned", "note": "缺厦门"}
    await service.ask(COLLEAGUE, "review-document", **returned)
    await service.report("2013-02", str(20 * YI), XIAMEN)
    await service.ask(PROVINCE, "redraft-document", document="B-2", remarks=["厦门已补报。"])
    view = await service.ask(PROVINCE, "get-document", document="B-2")
    assert figure(view, "investment", "in_period", "350200") == f"{20 * YI}.00"
    assert [(step["type"], step["note"]) for step in view["history"]] == [
        ("DocumentDrafted", None),
        ("DocumentReturned", "缺厦门"),
        ("DocumentRedrafted", None),
    ]
    await service.ask(PROVINCE, "discard-document", document="B-2", reason="期别有误")
    await service.ask(PROVINCE, "draft-document", document="B-3", kind="monthly_bulletin", period="2013-02")


async def test_two_that_are_issued_at_once_get_two_numbers(service: Service) -> None:
    await february(service)
    for month in ("2013-01", "2013-02"):
        await service.ask(PROVINCE, "draft-document", document=month, kind="monthly_bulletin", period=month)
        await service.ask(COLLEAGUE, "review-document", document=month, outcome="passed")
    both = await asyncio.gather(
        *(service.ask(PROVINCE, "issue-document", document=month) for month in ("2013-01", "2013-02"))
    )
    assert sorted(each["number"] for each in both) == [1, 2]


async def test_a_quarter_has_its_dispatch_with_a_number_of_its_own(service: Service) -> None:
    await february(service)
    quarter = {"kind": "quarterly_dispatch", "period": "2013-Q1"}
    assert (await service.refused(PROVINCE, "draft-document", **quarter)).code == "future-period"
    assert (
        await service.refused(PROVINCE, "draft-document", **{**quarter, "period": "2013-01"})
    ).status == 422
    await issued(service, "B-2", kind="monthly_bulletin", period="2013-02")
    service.clock.set(local(2013, 4, 9))
    dispatch = await issued(service, "Q-1", **quarter)
    assert (dispatch["label"], dispatch["period"]) == ("〔2013〕第1期", "2013-Q1")
    view = await service.ask(FUZHOU, "get-document", document="Q-1")
    assert figure(view, "investment", "in_period", "350100") == f"{90 * YI}.00"
    assert figure(view, "investment", "months_missing", "350100") == "1"


async def test_a_bulletin_carries_its_duty_out_and_names_who_was_silent(service: Service) -> None:
    await service.ask(OPS, "load-plan", plan="fujian-2013", duties=[PLAN["duties"][0], BULLETIN_DUTY])
    watch = DutyWatch(app_on(service.engine, service.log, service.clock))
    service.clock.set(local(2013, 4, 6))
    await watch.sweep()
    await issued(service, "B-3", kind="monthly_bulletin", period="2013-03")
    view = await service.ask(FUZHOU, "get-document", document="B-3")
    assert figure(view, "named", "periods_missing_in_a_row", "350100", "TR-12") == "3"
    (owed,) = (
        await service.ask(
            PROVINCE, "duty-calendar", duty="PM-10-bulletin", first_due="2013-04-01", last_due="2013-04-30"
        )
    )["items"]
    assert (owed["period"], owed["standing"], owed["evidence"]) == ("2013-03", "received", "〔2013〕第1期")


async def test_a_city_is_named_in_one_bulletin_and_no_longer_when_its_report_came_after_all(
    service: Service,
) -> None:
    watch = DutyWatch(app_on(service.engine, service.log, service.clock))
    service.clock.set(local(2013, 4, 6))
    await watch.sweep()
    await issued(service, "B-3", kind="monthly_bulletin", period="2013-03")
    service.clock.set(local(2013, 4, 7))
    await watch.sweep()

    async def told(region: str) -> Any:
        page = await service.ask(PROVINCE, "duty-calendar", duty="TR-12", region=region)
        (one,) = page["consequences"]
        return one

    one = await told("350100")
    assert (one["carried_out_on"], one["evidence"], one["lifted_on"]) == ("2013-04-07", "〔2013〕第1期", None)
    await service.report("2013-02", "5000000000")
    service.clock.set(local(2013, 5, 3))
    await watch.sweep()
    one = await told("350100")
    assert (one["lifted_on"], one["lift_reason"]) == ("2013-05-03", "2013-02 handed in")
    account = await service.ask(FUZHOU, "get-duty-account", duty="TR-12", region="350100")
    steps = [each for each in account["history"] if each["type"].startswith("DutyConsequence")]
    assert [(each["type"], each["evidence"], each["reason"]) for each in steps] == [
        ("DutyConsequenceDrawn", None, None),
        ("DutyConsequenceCarriedOut", "〔2013〕第1期", None),
        ("DutyConsequenceLifted", None, "2013-02 handed in"),
    ]
    named, lifted = "periods_missing_in_a_row", "consequence_lifted"
    await service.ask(PROVINCE, "draft-document", document="B-4", kind="monthly_bulletin", period="2013-04")
    view = await service.ask(PROVINCE, "get-document", document="B-4")
    assert figure(view, "named", lifted, "350100", "TR-12") == "3"
    section = next(each for each in view["sections"] if each["section"] == "named")
    assert named not in {each["measure"] for each in section["figures"]}, (
        "Xiamen was named in March's already"
    )
    correction = {"document": "B-3c", "period": "2013-03", "corrects": "B-3", "reason": "补报"}
    await service.ask(PROVINCE, "draft-document", kind="monthly_bulletin", **correction)
    view = await service.ask(PROVINCE, "get-document", document="B-3c")
    assert figure(view, "named", named, "350200", "TR-12") == "3"


async def test_drafts_are_the_provinces_and_what_is_issued_is_for_all_governments(service: Service) -> None:
    await february(service)
    draft = {"kind": "monthly_bulletin", "period": "2013-02"}
    for actor in (FUZHOU, FUQING, MILL, OPS):
        assert (await service.refused(actor, "draft-document", **draft)).status == 403
    await service.ask(PROVINCE, "draft-document", document="B-2", **draft)
    assert (await service.refused(FUZHOU, "get-document", document="B-2")).status == 404
    assert (await service.ask(FUZHOU, "list-documents"))["items"] == []
    assert [each["document"] for each in (await service.ask(OPS, "list-documents"))["items"]] == ["B-2"]
    assert (await service.refused(MILL, "list-documents")).status == 403
    await issued(service, "B-1", kind="monthly_bulletin", period="2013-01")
    page = await service.ask(PROVINCE, "list-documents", limit=1)
    rest = await service.ask(PROVINCE, "list-documents", limit=1, cursor=page["next_cursor"])
    assert [each["document"] for each in page["items"] + rest["items"]] == ["B-2", "B-1"]


async def test_the_page_is_plain_html_that_runs_nothing(service: Service) -> None:
    await february(service)
    await issued(
        service,
        "B-2",
        kind="monthly_bulletin",
        period="2013-02",
        remarks=["<script>alert(1)</script> & 其他"],
    )
    html = (await service.ask(FUZHOU, "get-document-page", document="B-2"))["content"]
    assert html.startswith("<!doctype html>")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; 其他" in html
    assert "〔2013〕第1期" in html
    assert "<td>福州市</td>" in html or "<td>福州市<td" in html
    assert "50.00" in html  # 亿元
    assert "—" in html  # what Xiamen has not reported
