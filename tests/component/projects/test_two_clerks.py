"""Two clerks edit the same thing at once: the second is shown both versions, whatever the thing is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shared.identity import Actor
from tests.component.projects.conftest import FUQING, FUZHOU, PROVINCE, Service, local
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


@pytest.mark.parametrize("name", [name for name in SLICES if "closes" not in name])
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
