"""Problems (困难和问题, PM-9), their escalation and the meetings (PM-10, TR-10) through the service's operations."""

import asyncio
from typing import Any

from services.projects.problems.watch import EscalationWatch
from services.projects.service import app_on
from tests.component.projects.conftest import FUQING, FUZHOU, MILL, OPS, PROVINCE, XIAMEN, Service, local

PAPER = "融国土〔2013〕8号"


async def raised(service: Service, problem: str = "Q-1", **more: Any) -> Any:
    """A problem with land at P-1, raised by its county."""
    body = {"problem": problem, "project": "P-1", "kind": "land", "text": "用地指标未落实", **more}
    return await service.ask(FUQING, "raise-problem", **body)


def watch(service: Service) -> EscalationWatch:
    return EscalationWatch(app_on(service.engine, service.log, service.clock))


async def test_what_nobody_answers_goes_up_by_the_rule_and_is_decided_by_the_provinces_meeting(
    service: Service,
) -> None:
    await service.project(enterprise="E-1")
    first = await raised(service)
    assert (first["level"], first["due_on"], first["standing"]) == ("county", "2013-01-30", "waiting")
    assert await watch(service).sweep() == 0
    service.clock.set(local(2013, 1, 31))
    assert await watch(service).sweep() == 1
    assert await watch(service).sweep() == 0
    service.clock.set(local(2013, 2, 16))
    assert await watch(service).sweep() == 1
    top = await service.ask(PROVINCE, "get-problem", problem="Q-1")
    assert (top["level"], top["due_on"], top["escalations"]) == ("province", "2013-03-18", 2)
    service.clock.set(local(2013, 12, 31))
    assert await watch(service).sweep() == 0, "there is nobody above the province"

    meeting = {"meeting": "M-1", "kind": "dispatch", "name": "项目调度会", "region": "350000"}
    await service.ask(PROVINCE, "convene-meeting", **meeting, held_on="2014-01-02")
    await service.ask(PROVINCE, "fix-agenda", meeting="M-1")
    pack = await service.ask(PROVINCE, "meeting-pack", meeting="M-1")
    assert [(each["project"], [p["problem"] for p in each["problems"]]) for each in pack["items"]] == [
        ("P-1", ["Q-1"])
    ]
    decision = {"problem": "Q-1", "meeting": "M-1", "decision": "统筹安排", "owner": "省国土资源厅"}
    early = await service.refused(PROVINCE, "decide-problem", **decision, due_on="2014-02-01")
    assert early.code == "future-date"
    service.clock.set(local(2014, 1, 2))
    decided = await service.ask(PROVINCE, "decide-problem", **decision, due_on="2014-02-01")
    assert (decided["standing"], decided["owner"]) == ("decided", "省国土资源厅")
    over = await service.ask(PROVINCE, "conclude-meeting", meeting="M-1", evidence="纪要3号")
    assert (over["problems"], over["decided"], over["standing"]) == (1, 1, "concluded")
    low = await service.refused(FUQING, "close-problem", problem="Q-1", resolution="x", evidence="x")
    assert low.status == 403, "what stands with the province isn't closed by the county"
    service.clock.set(local(2014, 1, 20))
    closed = await service.ask(PROVINCE, "close-problem", problem="Q-1", resolution="已下达", evidence=PAPER)
    assert closed["standing"] == "closed"
    event = (await service.events())[-1]
    assert (event.type, event.data["days_open"], event.data["region"]) == ("ProblemClosed", 370, "350181")
    history = (await service.ask(FUQING, "get-problem", problem="Q-1"))["history"]
    assert [step["event"] for step in history] == [
        "ProblemRaised",
        "ProblemEscalated",
        "ProblemEscalated",
        "ProblemDecided",
        "ProblemClosed",
    ]
    reopened = await service.ask(FUQING, "reopen-problem", problem="Q-1", reason="指标被收回")
    assert (reopened["standing"], reopened["level"]) == ("waiting", "province")


async def test_two_watches_at_once_escalate_once(service: Service) -> None:
    await service.project()
    await raised(service)
    service.clock.set(local(2013, 1, 31))
    await asyncio.gather(*(watch(service).sweep() for _ in range(3)))
    types = [event.type for event in await service.events()]
    assert types.count("ProblemEscalated") == 1


async def test_an_answer_keeps_it_at_its_level_and_a_new_owner_makes_it_wait_again(service: Service) -> None:
    await service.project()
    await raised(service)
    service.clock.set(local(2013, 1, 20))
    answered = await service.ask(FUQING, "answer-problem", problem="Q-1", answer="已报批", evidence=PAPER)
    assert (answered["standing"], answered["overdue"]) == ("answered", False)
    service.clock.set(local(2013, 3, 1))
    assert await watch(service).sweep() == 0
    again = {"problem": "Q-1", "owner": "福州市国土资源局", "due_on": "2013-03-05"}
    assert (await service.ask(FUZHOU, "assign-problem", **again))["standing"] == "waiting"
    service.clock.set(local(2013, 3, 6))
    assert await watch(service).sweep() == 1


async def test_the_meeting_on_starts_takes_land_environment_and_funds_of_every_level(
    service: Service,
) -> None:
    """TR-10 works on the same list as the dispatch meeting; the dispatch meeting takes only what was escalated."""
    await service.project()
    await service.project("P-2", XIAMEN, region="350203")
    await raised(service)
    await raised(service, "Q-2", kind="labour", text="用工紧张", major="影响全省")
    other = {"problem": "Q-3", "project": "P-2", "kind": "funds", "text": "贷款未到位"}
    await service.ask(XIAMEN, "raise-problem", **other)
    starts = {"meeting": "M-10", "kind": "starts", "name": "集中开工投产项目推进会", "region": "350000"}
    await service.ask(PROVINCE, "convene-meeting", **starts, held_on="2013-02-27")
    dispatch = {"meeting": "M-11", "kind": "dispatch", "name": "项目调度会", "region": "350000"}
    await service.ask(PROVINCE, "convene-meeting", **dispatch, held_on="2013-02-27")

    async def pack(actor: Any, meeting: str) -> list[str]:
        items = (await service.ask(actor, "meeting-pack", meeting=meeting))["items"]
        return [problem["problem"] for each in items for problem in each["problems"]]

    assert await pack(PROVINCE, "M-10") == ["Q-1", "Q-3"]
    assert await pack(PROVINCE, "M-11") == ["Q-2"]
    assert await pack(FUQING, "M-10") == ["Q-1"], "a county sees its own part of the pack"
    strange = await service.refused(PROVINCE, "fix-agenda", meeting="M-10", problems=["Q-1", "Q-2"])
    assert (strange.code, "Q-2" in strange.detail) == ("not-its-problem", True)
    fixed = await service.ask(PROVINCE, "fix-agenda", meeting="M-10", problems=["Q-3"])
    assert (fixed["problems"], fixed["standing"]) == (1, "prepared")
    assert await pack(PROVINCE, "M-10") == ["Q-3"]
    first = await service.ask(PROVINCE, "list-meetings", limit=1)
    rest = await service.ask(PROVINCE, "list-meetings", limit=1, cursor=first["next_cursor"])
    assert [page["items"][0]["meeting"] for page in (first, rest)] == ["M-10", "M-11"]


async def test_problems_are_listed_by_every_filter_with_counts(service: Service) -> None:
    await service.project(enterprise="E-1")
    await service.project("P-2", XIAMEN, region="350203", programmes=["PM"])
    await raised(service)
    await raised(service, "Q-2", kind="power", text="用电不足", due_on="2013-01-20")
    other = {"problem": "Q-3", "project": "P-2", "kind": "funds", "text": "贷款未到位"}
    await service.ask(XIAMEN, "raise-problem", **other, major="影响全省")
    service.clock.set(local(2013, 1, 25))

    async def listed(actor: Any = PROVINCE, **query: Any) -> list[str]:
        return [item["problem"] for item in (await service.ask(actor, "list-problems", **query))["items"]]

    assert await listed() == ["Q-2", "Q-1", "Q-3"]
    assert await listed(overdue=True) == ["Q-2"]
    assert (
        await listed(major=True) == await listed(level="province") == await listed(programme="PM") == ["Q-3"]
    )
    assert await listed(kind="power") == ["Q-2"]
    assert await listed(region="350100") == await listed(FUZHOU) == await listed(MILL) == ["Q-2", "Q-1"]
    assert await listed(open=False) == await listed(standing="closed") == []
    page = await service.ask(PROVINCE, "list-problems", limit=2)
    assert page["counts"] == {
        "waiting": 3,
        "answered": 0,
        "decided": 0,
        "closed": 0,
        "overdue": 1,
        "major": 1,
    }
    rest = await service.ask(PROVINCE, "list-problems", limit=2, cursor=page["next_cursor"])
    assert ([item["problem"] for item in rest["items"]], rest["counts"]) == (["Q-3"], None)


async def test_who_may_do_what(service: Service) -> None:
    await service.project(enterprise="E-1")
    await service.ask(MILL, "raise-problem", problem="Q-9", project="P-1", kind="power", text="用电不足")
    assert (
        await service.refused(XIAMEN, "raise-problem", project="P-1", kind="land", text="x")
    ).status == 404
    assert (await service.refused(OPS, "raise-problem", project="P-1", kind="land", text="x")).status == 403
    assert (await service.refused(XIAMEN, "get-problem", problem="Q-9")).status == 404
    answer = {"problem": "Q-9", "answer": "x", "evidence": "x"}
    assert (await service.refused(MILL, "answer-problem", **answer)).status == 403
    assert (await service.refused(XIAMEN, "answer-problem", **answer)).status == 404
    meeting = {"kind": "dispatch", "name": "x", "held_on": "2013-02-01"}
    assert (await service.refused(FUZHOU, "convene-meeting", **meeting, region="350000")).status == 403
    await service.ask(FUZHOU, "convene-meeting", **meeting, region="350100", meeting="M-2")
    assert (await service.refused(XIAMEN, "get-meeting", meeting="M-2")).status == 404
    assert (await service.refused(XIAMEN, "fix-agenda", meeting="M-2")).status == 403
    decision = {"problem": "Q-9", "meeting": "M-2", "decision": "x", "owner": "x", "due_on": "2013-03-01"}
    assert (await service.refused(FUZHOU, "decide-problem", **decision)).code == "not-on-agenda"


async def test_a_problem_lies_within_the_life_of_its_project(service: Service) -> None:
    await service.project()
    body = {"project": "P-1", "kind": "land", "text": "x"}
    assert (await service.refused(FUQING, "raise-problem", **body, on="2013-01-09")).code == "date-order"
    assert (await service.refused(FUQING, "raise-problem", **body, on="2013-01-16")).code == "future-date"
    assert (await service.refused(FUQING, "raise-problem", **{**body, "project": "P-9"})).status == 404
    long = await service.refused(FUQING, "raise-problem", **{**body, "text": "长" * 10_000})
    assert (long.code, long.where) == ("invalid", "text")


async def test_what_is_sent_twice_without_key_and_id_is_asked_about(service: Service) -> None:
    """Two identical POSTs made two problems, and two meetings."""
    await service.project(enterprise="E-1")
    problem: dict[str, Any] = {"problem": None, "text": "用地指标未落实"}
    first = await raised(service, **problem)
    body = {"project": "P-1", "kind": "land", "text": "用地指标未落实"}
    asked = await service.refused(FUQING, "raise-problem", **body)
    assert (asked.status, asked.code, asked.extra["problem"]) == (409, "maybe-the-same", first["problem"])
    assert (await raised(service, **problem, confirmed=True))["problem"] != first["problem"]
    meeting = {"kind": "dispatch", "name": "项目调度会", "region": "350000", "held_on": "2014-01-02"}
    made = await service.ask(PROVINCE, "convene-meeting", **meeting)
    twice = await service.refused(PROVINCE, "convene-meeting", **meeting)
    assert (twice.code, twice.extra["meeting"]) == ("maybe-the-same", made["meeting"])
    other = await service.ask(PROVINCE, "convene-meeting", **meeting | {"held_on": "2014-01-03"})
    assert other["meeting"] != made["meeting"]
