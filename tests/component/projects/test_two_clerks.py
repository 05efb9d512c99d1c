"""Two clerks edit the same thing at once: the second is shown both versions, whatever the thing is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shared.identity import Actor
from tests.component.projects.conftest import FUQING, FUZHOU, OPS, PROVINCE, Service, local
from tests.component.projects.test_measures import MEASURE
from tests.component.projects.test_money import FUND, TERMS

Body = dict[str, Any]
COLLEAGUE = Actor("colleague", "province", "350000")
TWO_IN_FUZHOU = (FUZHOU, Actor("fuzhou-colleague", "city", "350100"))
TWO_OF_THE_PROVINCE = (PROVINCE, COLLEAGUE)


@dataclass(frozen=True)
class Slice:
    """How a thing is made, read and edited: `mine` and `theirs` are two edits of it that differ."""

    edit: str
    mine: Body
    theirs: Body
    made: Callable[[Service], Awaitable[Any]]
    read: tuple[str, Body]
    clerks: tuple[Actor, Actor] = TWO_IN_FUZHOU
    field: str = "version"
    seen: Callable[[Any], int] = lambda view: int(view["version"])
    answers: bool = True


async def _report(service: Service) -> None:
    await service.report("2013-01", "100000000")


async def _problem(service: Service) -> None:
    await service.project()
    body = {"problem": "Q-1", "project": "P-1", "kind": "land", "text": "用地"}
    await service.ask(FUZHOU, "raise-problem", **body)


async def _measure(service: Service) -> None:
    await service.ask(FUZHOU, "open-measure", **MEASURE)


async def _listing(service: Service) -> None:
    listing = {
        "meeting": "technology",
        "side": "need",
        "region": "350100",
        "party": "某厂",
        "title": "废水回用",
    }
    await service.ask(FUZHOU, "register-listing", listing="N-1", **listing)


async def _reserve(service: Service) -> None:
    await service.project()
    await service.ask(FUZHOU, "join-register", project="P-1", register="reserve_county", on="2013-01-20")


async def _application(service: Service) -> None:
    """A fund that another project asks too: its application is no edit of this one."""
    await service.ask(PROVINCE, "open-fund", **{**FUND, "terms": [{**TERMS, "stages": [], "programmes": []}]})
    for number in (1, 2):
        await service.project(f"P-{number}")
        body = {"fund": "TR-19", "application": f"S-{number}", "project": f"P-{number}", "aid": "grant"}
        base = {"base_kind": "bank_loan", "base": "80000000", "evidence": "1号"}
        await service.ask(FUZHOU, "request-subsidy", **body, **base)


async def _document(service: Service) -> None:
    await service.ask(PROVINCE, "draft-document", document="B-1", kind="monthly_bulletin", period="2013-01")


async def _project(service: Service) -> None:
    await service.project()


async def _steps(service: Service) -> None:
    await service.project()
    filed = {"stage": "filed", "on": "2013-01-20", "evidence": "1号"}
    await service.ask(FUZHOU, "reach-stage", project="P-1", **filed)


async def _meeting(service: Service) -> None:
    """Two problems at the province's level, and a meeting of today that takes both."""
    await service.project()
    for number in (1, 2):
        body = {
            "problem": f"Q-{number}",
            "project": "P-1",
            "kind": "land",
            "text": "用地",
            "level": "province",
        }
        await service.ask(FUZHOU, "raise-problem", **body)
    meeting = {"meeting": "M-1", "kind": "dispatch", "name": "调度会", "held_on": "2013-02-20"}
    await service.ask(PROVINCE, "convene-meeting", **meeting, region="350000")


async def _prepared_meeting(service: Service) -> None:
    await _meeting(service)
    await service.ask(PROVINCE, "fix-agenda", meeting="M-1")


async def _duty(service: Service) -> None:
    """A day of a duty that the plan leaves open, so that something is owed by reference."""
    day = {"plan": "fujian-2013", "duty": "TR-22", "period": "2013-Q1", "due_on": "2013-03-20", "reason": "x"}
    await service.ask(OPS, "set-duty-day", **day)


async def _handed_in(service: Service) -> None:
    await _duty(service)
    await service.ask(FUZHOU, "hand-in-duty", **_OCCASION, evidence="0号")


_OCCASION = {"duty": "TR-22", "region": "350100", "period": "2013-Q1"}
_ACCOUNT = ("get-duty-account", {"duty": "TR-22", "region": "350100"})
_STEP = {"project": "P-1", "stage": "started"}
_REPORT = {"region": "350100", "month": "2013-01"}
_APPLICATION = {"fund": "TR-19", "application": "S-1"}
SLICES = {
    "projects": Slice(
        "change-project",
        {"project": "P-1", "name": "甲", "reason": "x"},
        {"project": "P-1", "name": "乙", "reason": "x"},
        _project,
        ("get-project", {"project": "P-1"}),
        (FUZHOU, FUQING),
    ),
    "reports": Slice(
        "correct-report",
        {**_REPORT, "investment": "110000000", "reason": "x"},
        {**_REPORT, "investment": "120000000", "reason": "x"},
        _report,
        ("get-report", _REPORT),
    ),
    "problems": Slice(
        "answer-problem",
        {"problem": "Q-1", "answer": "甲", "evidence": "1号"},
        {"problem": "Q-1", "answer": "乙", "evidence": "2号"},
        _problem,
        ("get-problem", {"problem": "Q-1"}),
        (FUZHOU, FUQING),
    ),
    "problems that one closes meanwhile": Slice(
        "close-problem",
        {"problem": "Q-1", "resolution": "甲", "evidence": "1号"},
        {"problem": "Q-1", "resolution": "乙", "evidence": "2号"},
        _problem,
        ("get-problem", {"problem": "Q-1"}),
        (FUZHOU, FUQING),
    ),
    "measures": Slice(
        "follow-up-measure",
        {"measure": MEASURE["measure"], "text": "甲", "evidence": "1号"},
        {"measure": MEASURE["measure"], "text": "乙", "evidence": "2号"},
        _measure,
        ("get-measure", {"measure": MEASURE["measure"]}),
    ),
    "listings": Slice(
        "revise-listing",
        {"listing": "N-1", "title": "甲", "reason": "x"},
        {"listing": "N-1", "title": "乙", "reason": "x"},
        _listing,
        ("get-listing", {"listing": "N-1"}),
        field="revision",
        seen=lambda view: int(view["revision"]),
    ),
    "reserve entries": Slice(
        "update-reserve",
        {"project": "P-1", "register": "reserve_county", "action": "changed", "reason": "甲"},
        {"project": "P-1", "register": "reserve_county", "action": "dropped", "reason": "乙"},
        _reserve,
        ("get-project", {"project": "P-1"}),
        seen=lambda view: int(view["registers"][0]["updates"]),
        answers=False,
    ),
    "applications": Slice(
        "assess-subsidy",
        {**_APPLICATION, "base": "60000000", "evidence": "3号", "reason": "核减"},
        {**_APPLICATION, "base": "70000000", "evidence": "4号", "reason": "核减"},
        _application,
        ("get-subsidy", _APPLICATION),
        TWO_OF_THE_PROVINCE,
    ),
    "drafts of documents": Slice(
        "redraft-document",
        {"document": "B-1", "remarks": ["甲"]},
        {"document": "B-1", "remarks": ["乙"]},
        _document,
        ("get-document", {"document": "B-1"}),
        TWO_OF_THE_PROVINCE,
    ),
    "agendas of meetings": Slice(
        "fix-agenda",
        {"meeting": "M-1", "problems": ["Q-1"]},
        {"meeting": "M-1", "problems": ["Q-2"]},
        _meeting,
        ("get-meeting", {"meeting": "M-1"}),
        TWO_OF_THE_PROVINCE,
    ),
    "meetings that one closes meanwhile": Slice(
        "conclude-meeting",
        {"meeting": "M-1", "evidence": "1号"},
        {"meeting": "M-1", "evidence": "2号"},
        _prepared_meeting,
        ("get-meeting", {"meeting": "M-1"}),
        TWO_OF_THE_PROVINCE,
    ),
    "duties that one closes meanwhile": Slice(
        "hand-in-duty",
        {**_OCCASION, "evidence": "1号"},
        {**_OCCASION, "evidence": "2号"},
        _duty,
        _ACCOUNT,
        seen=lambda view: int(view["obligations"][0]["version"]),
    ),
    "entries of duties": Slice(
        "withdraw-duty-entry",
        {**_OCCASION, "reason": "甲"},
        {**_OCCASION, "reason": "乙"},
        _handed_in,
        _ACCOUNT,
        (FUZHOU, PROVINCE),
        seen=lambda view: int(view["obligations"][0]["version"]),
    ),
    "steps that one closes meanwhile": Slice(
        "reach-stage",
        {**_STEP, "on": "2013-02-01", "evidence": "1号"},
        {**_STEP, "on": "2013-02-02", "evidence": "2号"},
        _steps,
        ("get-project", {"project": "P-1"}),
        (FUZHOU, FUQING),
        field="steps_version",
        seen=lambda view: int(view["steps_version"]),
    ),
    "corrections of steps": Slice(
        "correct-stage",
        {"project": "P-1", "step": 2, "stage": "filed", "on": "2013-01-21", "reason": "x"},
        {"project": "P-1", "step": 2, "stage": "filed", "on": "2013-01-22", "reason": "x"},
        _steps,
        ("get-project", {"project": "P-1"}),
        (FUZHOU, FUQING),
        field="steps_version",
        seen=lambda view: int(view["steps_version"]),
    ),
}


@pytest.mark.parametrize("name", SLICES)
async def test_the_second_of_two_clerks_is_shown_both_versions(service: Service, name: str) -> None:
    one = SLICES[name]
    service.clock.set(local(2013, 2, 20))
    await one.made(service)
    first, second = one.clerks
    operation, ids = one.read
    seen = one.seen(await service.ask(first, operation, **ids))
    changed = await service.ask(first, one.edit, **one.mine, **{one.field: seen}, key="mine")
    if one.answers:
        assert changed[one.field] == one.seen(await service.ask(first, operation, **ids)) == seen + 1

    problem = await service.refused(second, one.edit, **one.theirs, **{one.field: seen})
    assert (problem.status, problem.code, problem.where) == (409, "edited-meanwhile", one.field)
    assert problem.extra["yours"] == {**one.theirs, one.field: seen}
    assert problem.extra["version"] == seen + 1
    now = {key: value for key, value in problem.extra["current"].items() if key != one.field}
    assert now == {key: changed[key] for key in now}
    ((event, by, at),) = [(each["event"], each["by"], each["at"]) for each in problem.extra["changes"]]
    recorded = (await service.events())[-1]
    assert (event, by, at) == (recorded.type, first.subject, recorded.recorded_at.isoformat())

    again = await service.ask(first, one.edit, **one.mine, **{one.field: seen}, key="mine")
    assert again == changed, "the same command again is answered as before"


@pytest.mark.parametrize(
    "name", [name for name in SLICES if "closes" not in name and name != "entries of duties"]
)
async def test_with_the_version_of_now_or_none_the_edit_stands(service: Service, name: str) -> None:
    one = SLICES[name]
    service.clock.set(local(2013, 2, 20))
    await one.made(service)
    first, second = one.clerks
    operation, ids = one.read
    seen = one.seen(await service.ask(first, operation, **ids))
    await service.ask(first, one.edit, **one.mine)
    before = len(await service.events())
    await service.ask(second, one.edit, **one.theirs, **{one.field: seen + 1})
    assert len(await service.events()) > before


LISTS: dict[str, tuple[str, Body]] = {
    "projects": ("list-projects", {}),
    "reports": ("list-reports", {}),
    "problems": ("list-problems", {}),
    "measures": ("list-measures", {}),
    "listings": ("list-listings", {}),
    "reserve entries": ("list-reserve", {"register": "reserve_county"}),
    "applications": ("list-subsidies", {"project": "P-1"}),
    "drafts of documents": ("list-documents", {}),
    "agendas of meetings": ("list-meetings", {}),
    "entries of duties": ("duty-calendar", {"duty": "TR-22", "region": "350100"}),
    "corrections of steps": ("list-projects", {}),
}


@pytest.mark.parametrize("name", LISTS)
async def test_an_edit_can_be_made_straight_from_a_list(service: Service, name: str) -> None:
    one, (operation, filters) = SLICES[name], LISTS[name]
    service.clock.set(local(2013, 2, 20))
    await one.made(service)
    first, second = one.clerks
    (row,) = (await service.ask(first, operation, **filters))["items"]
    await service.ask(first, one.edit, **one.mine, **{one.field: row[one.field]})
    late = await service.refused(second, one.edit, **one.theirs, **{one.field: row[one.field]})
    assert late.code == "edited-meanwhile"
    (row,) = (await service.ask(second, operation, **filters))["items"]
    assert row[one.field] == late.extra["version"]


async def test_a_meetings_pack_carries_the_versions_of_the_problems(service: Service) -> None:
    service.clock.set(local(2013, 2, 20))
    await _prepared_meeting(service)
    decided = {"problem": "Q-1", "meeting": "M-1", "decision": "甲", "owner": "乙", "due_on": "2013-03-20"}
    await service.ask(PROVINCE, "decide-problem", **decided)
    pack = await service.ask(PROVINCE, "meeting-pack", meeting="M-1")
    (packed,) = pack["items"]
    assert pack["meeting"]["version"] == 2
    assert {each["problem"]: each["version"] for each in packed["problems"]} == {"Q-1": 2, "Q-2": 1}


async def test_who_reports_a_step_second_is_shown_what_the_first_said(service: Service) -> None:
    """Without a version too: never a silent double, and never a word of the second one lost in silence."""
    service.clock.set(local(2013, 2, 20))
    await _steps(service)
    step: Body = {"project": "P-1", "stage": "filed", "on": "2013-01-20", "evidence": "1号"}
    before = len(await service.events())
    await service.ask(FUQING, "reach-stage", **step)
    assert len(await service.events()) == before, "the same report again"
    problem = await service.refused(FUQING, "reach-stage", **{**step, "evidence": "2号"})
    assert (problem.status, problem.code, problem.where) == (409, "already-reported", "stage")
    told = problem.extra["reported"]
    assert (told["step"], told["evidence"], told["reported_by"]) == (2, "1号", FUZHOU.subject)


async def test_a_step_taken_out_twice_takes_no_other_one_along(service: Service) -> None:
    service.clock.set(local(2013, 2, 20))
    await _steps(service)
    await service.ask(FUZHOU, "reach-stage", project="P-1", stage="started", on="2013-01-21", evidence="2号")
    seen = (await service.ask(FUQING, "get-project", project="P-1"))["steps_version"]
    out: Body = {"project": "P-1", "step": 3, "remove": "step", "reason": "还没有开工"}
    await service.ask(FUZHOU, "correct-stage", **out)
    await service.ask(
        FUZHOU, "reach-stage", project="P-1", stage="suspended", on="2013-01-22", evidence="3号", note="x"
    )
    problem = await service.refused(FUQING, "correct-stage", **out)
    assert (problem.status, problem.code, problem.where) == (409, "steps-renumbered", "steps_version")
    problem = await service.refused(FUQING, "correct-stage", **out, steps_version=seen)
    assert (problem.code, problem.extra["current"]["stage"]) == ("edited-meanwhile", "suspended")
    now = problem.extra["version"]
    right = await service.ask(FUQING, "correct-stage", **out, steps_version=now)
    assert (right["stage"], right["steps_version"]) == ("filed", now + 1)
