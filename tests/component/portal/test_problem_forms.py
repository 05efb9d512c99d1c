"""A problem is read with how it went up, and answered, assigned, declared major, closed and opened again."""

from typing import Any

import httpx
import pytest

from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal, problem, recorded
from tests.kit.portal_forms import WORD, faults, offered, seen, sent

LIST = "/zh/problems"
ONE = "/zh/problems/demo-q-power"


def standing(**changes: Any) -> PlayedGateway:
    """A gateway whose problem stands so."""
    answer = recorded("/problems/{problem}") | {"major": False, "standing": "waiting"} | changes

    def before(request: httpx.Request) -> dict[str, Any] | None:
        return (
            answer
            if request.method == "GET" and request.url.path.endswith("/problems/demo-q-power")
            else None
        )

    return PlayedGateway(before)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_its_page_says_when_it_went_up_and_by_what(language: str):
    async with browser(portal(standing()), "enterprise") as reader:
        page = markup.check((await reader.get(ONE.replace("zh", language))).text, language)
    assert ("上报上一级" if language == "zh" else "went up a level") in page.text
    assert ("按规则自动" if language == "zh" else "by rule") in page.text
    assert offered(page) & {"answer", "assign", "major", "close", "reopen"} == set()


async def test_the_list_asks_for_what_is_open_and_is_narrowed_by_the_address():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "city") as reader:
        await reader.get(LIST)
        await reader.get(f"{LIST}?standing=overdue&level=province&kind=land")
        answer = await reader.get(f"{LIST}?standing=forgotten")
    first, second = [each.url.params for each in gateway.asked if each.url.path.endswith("/problems")]
    assert dict(first) == {"open": "true", "limit": "50"}
    assert dict(second) == {"overdue": "true", "level": "province", "kind": "land", "limit": "50"}
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("changes", "forms"),
    [
        ({}, {"answer", "assign", "major", "close"}),
        ({"standing": "answered", "major": True}, {"answer", "assign", "close"}),
        ({"standing": "decided"}, {"answer", "major", "close"}),
        ({"standing": "closed"}, {"reopen"}),
    ],
)
@pytest.mark.parametrize("role", ["province", "city", "county"])
async def test_the_forms_fit_how_it_stands(role: str, changes: dict[str, Any], forms: set[str]):
    async with browser(portal(standing(**changes)), role) as reader:
        page = markup.check((await reader.get(ONE)).text, "zh")
    assert offered(page) & {"answer", "assign", "major", "close", "reopen"} == forms


@pytest.mark.parametrize(
    ("form", "end", "typed"),
    [
        ("answer", "answers", {"answer": "已列入用地报批", "evidence": "榕国土〔2013〕1号"}),
        ("assign", "assignments", {"owner": "福清市国土资源局", "due_on": "2013-12-31"}),
        ("major", "major", {"reason": "影响全年"}),
        ("close", "closing", {"resolution": "已供地", "evidence": "榕国土〔2013〕2号", "on": "2013-11-30"}),
    ],
)
async def test_each_form_sends_its_command_against_the_version_seen(
    form: str, end: str, typed: dict[str, str]
):
    gateway = standing()
    async with browser(portal(gateway), "county") as reader:
        page = markup.check((await reader.get(ONE)).text, "zh")
        data = {**WORD, "form": form, **typed, "version": seen(page, form, "version")}
        answer = await reader.post(ONE, data=data)
        assert answer.headers["location"] == f"{ONE}?done={form}"
        markup.check((await reader.get(answer.headers["location"])).text, "zh")
    assert sent(gateway) == [(f"/api/v1/problems/demo-q-power/{end}", {**typed, "version": 4}, "key-1")]


async def test_a_closed_one_is_opened_again_with_a_reason():
    gateway = standing(standing="closed")
    data = {**WORD, "form": "reopen", "version": "4"}
    async with browser(portal(gateway), "city") as reader:
        answer = await reader.post(ONE, data=data)
        assert answer.status_code == 422
        assert faults(markup.check(answer.text, "zh")) == {"reopen-reason-fault": "请填写理由。"}
        assert (await reader.post(ONE, data={**data, "reason": "又停了"})).status_code == 303
        late = await reader.post(ONE, data={**WORD, "form": "answer", "answer": "已办", "evidence": "x"})
    assert late.status_code == 422
    assert "这一操作已不适用" in markup.check(late.text, "zh").text
    assert [path for path, _, _ in sent(gateway)] == ["/api/v1/problems/demo-q-power/reopening"]


async def test_what_somebody_has_changed_since_is_told_above_the_form_with_what_was_typed():
    def conflict(request: httpx.Request) -> httpx.Response | None:
        return problem(409, "conflict", "别人已答复") if request.method == "POST" else None

    data = {**WORD, "form": "answer", "answer": "已列入报批", "evidence": "x", "version": "3"}
    async with browser(portal(PlayedGateway(conflict)), "city") as reader:
        page = markup.check((await reader.post(ONE, data=data)).text, "zh")
    assert "别人已答复" in page.text
    assert "已列入报批" in [each.text for each in page.all("textarea")]


@pytest.mark.parametrize("role", ["enterprise", "ops"])
async def test_who_may_not_answer_can_not_send_it(role: str):
    gateway = standing()
    data = {**WORD, "form": "answer", "answer": "x", "evidence": "x"}
    async with browser(portal(gateway), role) as reader:
        assert (await reader.post(ONE, data=data)).status_code == 403
    assert sent(gateway) == []
