"""The inline tables are a function of the log: a rebuild ends in the same rows."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.projects.cohorts.watch import CohortWatch
from services.projects.duties.watch import DutyWatch
from services.projects.imports.worker import ImportWorker
from services.projects.plan.views import REGION
from services.projects.projects.acceptance.watch import AcceptanceWatch
from services.projects.projects.registers.views import STAY
from services.projects.projects.stages.views import MILESTONE
from services.projects.projects.views import TABLE as PROJECT
from services.projects.reports.views import TABLE as REPORT
from services.projects.service import CATALOGUE, FEATURES, INLINE, app_on, rebuild
from shared.identity import Actor
from shared.inline_rebuild import anew
from tests.component.projects.conftest import FUZHOU, OPS, PLAN, PROVINCE, TREASURY, Service, local
from tests.component.projects.test_awards import AWARD, POT, granted
from tests.component.projects.test_measures import MEASURE
from tests.component.projects.test_money import FUND, TERMS
from tests.component.projects.test_reserve import SCREENING
from tests.kit.kept_rows import check_rows_are_folded

COLLEAGUE = Actor("province-colleague", "province", "350000")


async def rows(engine: AsyncEngine) -> dict[str, list[tuple[Any, ...]]]:
    async with engine.connect() as conn:
        return {
            table.name: sorted((tuple(row) for row in await conn.execute(select(table))), key=repr)
            for table in INLINE
        }


async def busy_year(service: Service) -> None:
    """Something of every kind of event."""
    for number in (1, 2):
        await service.project(f"P-{number}", registers=[{"register": "city_key", "valid_from": "2013-01-11"}])
    service.clock.set(local(2013, 2, 10))
    step = {"project": "P-1", "stage": "filed", "on": "2013-01-20", "evidence": "1号"}
    await service.ask(FUZHOU, "reach-stage", **step)
    await service.ask(FUZHOU, "reach-stage", **{**step, "stage": "started", "on": "2013-02-01"})
    await service.ask(FUZHOU, "correct-stage", project="P-1", step=3, remove="step", reason="not yet")
    await service.ask(PROVINCE, "join-register", project="P-2", register="provincial_key", on="2013-02-01")
    await service.ask(
        FUZHOU, "leave-register", project="P-2", register="city_key", on="2013-02-02", reason="x"
    )
    lines = [{"project": f"P-{number}", "investment": 1000000, "progress_percent": 5} for number in (1, 2)]
    await service.report("2013-01", "100000000", projects=lines)
    report = {"region": "350100", "month": "2013-01", "investment": "110000000", "reason": "补报"}
    await service.ask(FUZHOU, "correct-report", projects=lines[1:], **report)
    await service.ask(PROVINCE, "close-reporting-month", month="2013-01", reason="已通报")
    consent = {"region": "350100", "until": "2013-03-31", "reason": "补报"}
    await service.ask(PROVINCE, "reopen-reporting-month", month="2013-01", **consent)
    await problems_and_meeting(service)
    await pre_review_and_signing(service)
    await subsidy(service)
    await award(service)
    await needs_and_offers(service)
    await reserve(service)
    await a_file(service)
    await measures(service)
    await savings(service)
    await a_diagnosis(service)
    await service.ask(OPS, "load-plan", plan="fujian-2013", programmes=PLAN["programmes"][:1])
    await busy_duties(service)
    await busy_documents(service)


async def busy_duties(service: Service) -> None:
    """Handed in, waived, withdrawn, reminded, missed, with a consequence and a day set."""
    occasion = {"duty": "TR-18", "region": "350100", "period": "2013-Q1"}
    await service.ask(FUZHOU, "hand-in-duty", **occasion, evidence="1号")
    await service.ask(FUZHOU, "withdraw-duty-entry", **occasion, reason="错号")
    await service.ask(FUZHOU, "hand-in-duty", **occasion, evidence="2号")
    waived = {**occasion, "region": "350200", "reason": "台风"}
    await service.ask(PROVINCE, "waive-duty", **waived)
    await service.ask(PROVINCE, "withdraw-duty-entry", **waived)
    await service.ask(PROVINCE, "waive-duty", **waived)
    day = {"plan": "fujian-2013", "duty": "TR-22", "period": "2013-Q2", "due_on": "2013-06-20", "reason": "x"}
    await service.ask(PROVINCE, "set-duty-day", **day)
    watch = DutyWatch(app_on(service.engine, service.log, service.clock))
    for on in (local(2013, 3, 1), local(2013, 4, 6)):
        service.clock.set(on)
        await watch.sweep()


async def pre_review_and_signing(service: Service) -> None:
    """A project in its pre-review, and one that has signed on stage."""
    investor = {"kind": "private", "name": "示例集团", "origin": "330000"}
    steps = {"pre_reported": "2013-01-28", "pre_reviewed": "2013-01-30", "negotiating": "2013-02-01"}
    history = [{"stage": stage, "on": on, "evidence": "1号"} for stage, on in steps.items()]
    await service.project("P-3", investor=investor)
    await service.project("P-4", investor=investor, tags=["ei_led"], history=history)
    signed = {"stage": "contract_signed", "on": "2012-06-18", "evidence": "1号", "amount": "120000000"}
    past = [{"stage": "negotiating", "on": "2012-05-01", "evidence": "1号"}, signed]
    await service.project("P-5", planned_on="2012-01-10", investor=investor, history=past)
    await service.ask(PROVINCE, "close-cohort", investor_kind="private", year=2012)
    await service.project("P-6", planned_on="2012-01-10", investor=investor, history=past)
    await CohortWatch(app_on(service.engine, service.log, service.clock)).sweep()
    step = {"project": "P-3", "stage": "pre_reported", "on": "2013-02-01", "evidence": "1号"}
    await service.ask(FUZHOU, "reach-stage", **step)
    opinion = {"department": "forestry_department", "view": "agrees", "evidence": "2号"}
    await service.ask(PROVINCE, "give-opinion", project="P-3", **opinion)
    returned = {"result": "returned", "reason": "缺环评", "evidence": "3号"}
    await service.ask(PROVINCE, "conclude-pre-review", project="P-3", **returned)
    await service.ask(FUZHOU, "open-pre-review", project="P-3")
    named = {"project": "P-4", "ceremony": "618-2013"}
    contract = {"contract": "intent_signed", "amount": "120000000"}
    await service.ask(FUZHOU, "recommend-signing", **named, **contract)
    await service.ask(PROVINCE, "audit-signing", **named, approved=True)
    signed = {**named, "stage": "intent_signed", "on": "2013-02-10", "amount": "120000000"}
    await service.ask(FUZHOU, "reach-stage", **signed, evidence="3号")
    await service.ask(FUZHOU, "correct-stage", project="P-4", step=5, on="2013-02-09", reason="笔误")
    await service.ask(FUZHOU, "change-project", project="P-4", bank_loan="30000000", reason="x")
    for firm in ("F-1", "F-2"):
        known_as = {"name": "示例集团", "region": "350100", "categories": ["top_500_private"]}
        await service.ask(FUZHOU, "invite-firm", ceremony="618-2013", firm=firm, **known_as)
    answer = {"ceremony": "618-2013", "firm": "F-2", "attends": False, "reason": "另有日程"}
    await service.ask(FUZHOU, "answer-invitation", **answer)


async def a_diagnosis(service: Service) -> None:
    """A diagnosis of which one finding led to a project and one nowhere."""
    held = {"diagnosis": "ZD-1", "enterprise_name": "示例", "region": "350181", "industry": "3421"}
    findings = {"institute": "示例", "findings": ["主轴", "节拍", "工艺"], "evidence": "1号"}
    await service.ask(FUZHOU, "hold-diagnosis", **held, **findings)
    settled = {"diagnosis": "ZD-1", "outcome": "project", "reference": "P-1"}
    await service.ask(FUZHOU, "settle-finding", **settled, finding=1)
    wrong = await service.refused(FUZHOU, "settle-finding", **{**settled, "reference": "NO"}, finding=2)
    assert wrong.code == "unknown-reference"
    dismissed = {"diagnosis": "ZD-1", "outcome": "dismissed", "reason": "已解决"}
    await service.ask(FUZHOU, "settle-finding", **dismissed, finding=2)


async def savings(service: Service) -> None:
    """A project that should save something, was found to save less, and isn't accepted in time."""
    steps = {"filed": "2012-02-01", "started": "2012-03-01", "producing": "2012-03-15"}
    history = [{"stage": stage, "on": on, "evidence": "1号"} for stage, on in steps.items()]
    await service.project("P-7", planned_on="2012-01-10", history=history)
    saving = {"project": "P-7", "basis": "可研", "evidence": "1号"}
    await service.ask(FUZHOU, "expect-energy-saving", **saving, tce="4000")
    await service.ask(PROVINCE, "verify-energy-saving", **saving, tce="3500", verified_by="示例")
    await service.ask(PROVINCE, "join-register", project="P-7", register="national_plan", on="2012-02-01")
    assert await AcceptanceWatch(app_on(service.engine, service.log, service.clock)).sweep() == 1


async def a_file(service: Service) -> None:
    """A spreadsheet with a project in it."""
    heading = ["项目名称", "地区", "行业代码", "总投资（元）", "设备投资（元）", "策划日期"]
    body = {"kind": "projects", "file_name": "x.csv", "sha256": "0" * 64, "heading": heading, "rows": 1}
    name = {"import": (await service.ask(FUZHOU, "open-import", **body))["import"]}
    row = {"row": 2, "cells": ["项目", "福清市", "1751", "12000000", "8350000", "2013-01-10"]}
    await service.ask(FUZHOU, "add-import-rows", **name, rows=[row])
    worker = ImportWorker(app_on(service.engine, service.log, service.clock))
    await worker.once()
    await service.ask(FUZHOU, "run-import", **name, mode="all")
    await worker.once()


async def problems_and_meeting(service: Service) -> None:
    """A problem that is decided and closed, and one that is open again."""
    for problem in ("Q-1", "Q-2"):
        body = {"problem": problem, "project": "P-1", "kind": "land", "text": "用地", "major": "重大"}
        await service.ask(FUZHOU, "raise-problem", **body)
    named = {"problem": "Q-1", "owner": "省国土资源厅", "due_on": "2013-03-01"}
    await service.ask(PROVINCE, "assign-problem", **named)
    await service.ask(FUZHOU, "answer-problem", problem="Q-2", answer="已报批", evidence="2号")
    meeting = {"meeting": "M-1", "kind": "dispatch", "name": "调度会", "region": "350000"}
    await service.ask(PROVINCE, "convene-meeting", **meeting, held_on="2013-02-10")
    await service.ask(PROVINCE, "fix-agenda", meeting="M-1")
    await service.ask(PROVINCE, "decide-problem", meeting="M-1", decision="安排", **named)
    await service.ask(PROVINCE, "conclude-meeting", meeting="M-1", evidence="3号")
    await service.ask(PROVINCE, "close-problem", problem="Q-2", resolution="好了", evidence="4号")
    await service.ask(PROVINCE, "reopen-problem", problem="Q-2", reason="没有")


async def measures(service: Service) -> None:
    """A measure that was done too early, and is done again."""
    await service.ask(FUZHOU, "open-measure", **MEASURE)
    of = {"measure": MEASURE["measure"]}
    await service.ask(FUZHOU, "follow-up-measure", **of, text="调研", evidence="1号")
    for item in ("yards", "engines"):
        await service.ask(FUZHOU, "add-measure-item", **of, item=item, name="示例", source="1号")
        await service.ask(FUZHOU, "complete-measure", **of, item=item, evidence="2号")
    await service.ask(FUZHOU, "reopen-measure", **of, item="engines", reason="没有")
    await service.ask(FUZHOU, "complete-measure", **of, item="engines", evidence="3号")
    await service.ask(FUZHOU, "complete-measure", **of, evidence="2号")
    await service.ask(FUZHOU, "reopen-measure", **of, reason="未印发", due_on="2013-12-31")


async def reserve(service: Service) -> None:
    """A project that rises in the reserve library, and is screened."""
    await service.ask(FUZHOU, "join-register", project="P-1", register="reserve_county", on="2013-01-20")
    update = {"project": "P-1", "register": "reserve_county", "reason": "成熟"}
    await service.ask(FUZHOU, "update-reserve", **update, action="promoted")
    await service.ask(FUZHOU, "update-reserve", **update, action="dropped")
    await service.ask(FUZHOU, "screen-project", project="P-1", **SCREENING)


async def subsidy(service: Service) -> None:
    """An application through every decision."""
    await service.ask(PROVINCE, "open-fund", **{**FUND, "terms": [{**TERMS, "stages": []}]})
    ids = {"fund": FUND["fund"], "application": "S-1"}
    base = {"aid": "grant", "base_kind": "bank_loan", "base": "80000000", "evidence": "1号"}
    await service.ask(FUZHOU, "request-subsidy", **ids, project="P-1", **base)
    for operation, changes in (
        ("reserve-subsidy", {"evidence": "2号"}),
        ("assess-subsidy", {"base": "60000000", "evidence": "3号", "reason": "核减"}),
        ("commit-subsidy", {"amount": "2500000", "evidence": "4号"}),
        ("pay-subsidy", {"amount": "1500000", "evidence": "5号"}),
        ("reserve-subsidy", {"amount": "300000", "evidence": "6号"}),
        ("release-subsidy", {"amount": "800000", "reason": "缩减"}),
        ("recover-subsidy", {"amount": "100000", "evidence": "7号", "reason": "退回"}),
    ):
        who = TREASURY if operation == "pay-subsidy" else PROVINCE
        await service.ask(who, operation, **ids, **changes)
    await service.ask(FUZHOU, "request-subsidy", **ids | {"application": "S-2"}, project="P-2", **base)
    closed = {"outcome": "withdrawn", "reason": "撤回"}
    await service.ask(FUZHOU, "close-subsidy", **ids | {"application": "S-2"}, **closed)
    more = {"amount": "1000000", "evidence": "8号", "reason": "追加"}
    await service.ask(PROVINCE, "change-appropriation", fund=FUND["fund"], **more)
    terms = {"terms": [TERMS], "evidence": "9号", "reason": "调整"}
    await service.ask(PROVINCE, "change-fund-terms", fund=FUND["fund"], **terms)


async def award(service: Service) -> None:
    """An award through every decision, on a pot of which a part is paid."""
    await granted(service, "2000000", on="2013-02-01")
    pot = {**POT, "valid_from": "2013-01-01", "terms": [{**POT["terms"][0], "valid_from": "2013-01-01"}]}
    await service.ask(PROVINCE, "open-fund", **pot)
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("reserve", {}),
        ("commit", {"amount": "1500000"}),
        ("pay", {"amount": "1000000"}),
        ("release", {"amount": "300000", "reason": "缩减", "evidence": None}),
        ("recover", {"amount": "100000", "reason": "退回"}),
    )
    for operation, changes in steps:
        body = {"fund": "TR-26", "award": AWARD, "evidence": f"{operation}号", **changes}
        said = {name: value for name, value in body.items() if value is not None}
        await service.ask(TREASURY if operation == "pay" else PROVINCE, f"{operation}-award", **said)


async def needs_and_offers(service: Service) -> None:
    """A pair that is agreed and taken back, one declined, and an offer revised and one withdrawn."""
    listing = {"meeting": "technology", "region": "350100", "title": "印染废水回用"}
    for identifier, side in (("N-1", "need"), ("R-1", "offer"), ("R-2", "offer")):
        body = {**listing, "listing": identifier, "side": side, "party": identifier}
        await service.ask(FUZHOU, "register-listing", **body)
    await service.ask(FUZHOU, "revise-listing", listing="R-1", title="废水回用与脱色", reason="x")
    await service.ask(FUZHOU, "introduce-match", need="N-1", offer="R-1")
    for step in ("negotiating", "matched", "reopened"):
        await service.ask(
            FUZHOU, "move-match", need="N-1", offer="R-1", step=step, evidence="1号", amount="5", reason="x"
        )
    declined = {"step": "declined", "by": "office", "reason": "x"}
    await service.ask(FUZHOU, "move-match", need="N-1", offer="R-2", **declined)
    await service.ask(FUZHOU, "withdraw-listing", listing="R-2", reason="x")


async def busy_documents(service: Service) -> None:
    """Drafted, drafted anew, returned, issued, corrected, and one discarded."""
    bulletin = {"kind": "monthly_bulletin", "period": "2013-02"}
    for document, more in (("B-1", {}), ("B-2", {"corrects": "B-1", "reason": "补报"})):
        await service.ask(PROVINCE, "draft-document", document=document, **bulletin, **more)
        review = {"document": document, "outcome": "passed"}
        await service.ask(COLLEAGUE, "review-document", **{**review, "outcome": "returned", "note": "x"})
        await service.ask(PROVINCE, "redraft-document", document=document)
        await service.ask(COLLEAGUE, "review-document", **review)
        await service.ask(PROVINCE, "issue-document", document=document)
    await service.ask(PROVINCE, "draft-document", document="B-3", kind="monthly_bulletin", period="2013-01")
    await service.ask(PROVINCE, "discard-document", document="B-3", reason="x")
    bulletin = {"document": "B-4", "kind": "monthly_bulletin", "period": "2013-03"}
    await service.ask(PROVINCE, "draft-document", **bulletin)
    await service.ask(COLLEAGUE, "review-document", document="B-4", outcome="passed")
    await service.ask(PROVINCE, "issue-document", document="B-4")
    watch = DutyWatch(app_on(service.engine, service.log, service.clock))
    await watch.sweep()
    await service.report("2013-03", "100000000")
    await service.ask(FUZHOU, "withdraw-report", region="350100", month="2013-03", reason="x")
    await service.report("2013-03", "100000000")
    await watch.sweep()


async def test_a_rebuild_gives_identical_tables(service: Service) -> None:
    await busy_year(service)
    before = await rows(service.engine)
    assert all(before.values()), "every table must have rows, or the comparison proves nothing"
    async with service.engine.begin() as conn:
        await conn.execute(delete(STAY))
        await conn.execute(delete(MILESTONE))
        await conn.execute(delete(PROJECT).where(PROJECT.c.project == "P-1"))
        await conn.execute(delete(REPORT))
        await conn.execute(delete(REGION).where(REGION.c.code == "350100"))
    assert await rows(service.engine) != before
    url = service.engine.url.render_as_string(hide_password=False)
    read = await anew(url, rebuild)
    assert await rows(service.engine) == before
    assert read == len(await service.events())


async def test_loading_the_same_plan_again_changes_nothing(service: Service) -> None:
    before = await service.events()
    answer = await service.ask(OPS, "load-plan", **PLAN)
    assert answer["changed"] == []
    assert await service.events() == before
    fewer = {"plan": PLAN["plan"], "registers": PLAN["registers"][:2]}
    assert (await service.ask(OPS, "load-plan", **fewer))["changed"] == []
    answer = await service.ask(OPS, "load-plan", **fewer, replace=True)
    assert (answer["changed"], answer["registers"], answer["duties"]) == (
        ["registers"],
        2,
        len(PLAN["duties"]),
    )


async def test_every_row_says_what_its_stream_is_folded_to(service: Service) -> None:
    """Of every table that is kept of states: rows are what the states say, all of them and nothing else."""
    await busy_year(service)
    await check_rows_are_folded(FEATURES, service.engine, service.log, CATALOGUE)
