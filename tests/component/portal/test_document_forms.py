"""The bulletin is drafted, reviewed, returned, issued, discarded and corrected; what a period's was is found."""

from typing import Any

import httpx
import pytest

from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal, recorded
from tests.kit.portal_forms import WORD, faults, offered, seen, sent

ONE = "/zh/documents/demo-bulletin-2013-01"
NEW = "/zh/new-document"


def standing(**changes: Any) -> PlayedGateway:
    """A gateway where the document stands so."""
    answer = recorded("/documents/{document}") | {"version": 7} | changes

    def before(request: httpx.Request) -> dict[str, Any] | None:
        return answer if request.method == "GET" and "/documents/" in request.url.path else None

    return PlayedGateway(before)


@pytest.mark.parametrize(
    ("role", "changes", "forms"),
    [
        ("province", {"standing": "draft"}, {"review", "return", "redraft", "discard"}),
        ("province", {"standing": "reviewed"}, {"issue", "return", "discard"}),
        ("province", {"standing": "issued"}, {"correct"}),
        ("province", {"standing": "issued", "corrected_by": "other"}, set()),
        ("province", {"standing": "discarded"}, set()),
        ("city", {"standing": "issued"}, set()),
    ],
)
async def test_the_standing_decides_which_form_there_is(role: str, changes: dict[str, Any], forms: set[str]):
    gateway = standing(**changes)
    async with browser(portal(gateway), role) as reader:
        assert offered(markup.check((await reader.get(ONE)).text, "zh")) == forms
        answer = await reader.post(ONE, data={**WORD, "form": "issue", "version": "7"})
    assert answer.status_code == (303 if "issue" in forms else 422 if role == "province" else 403)


@pytest.mark.parametrize(
    ("how", "form", "typed", "end", "body"),
    [
        ("draft", "review", {}, "reviews", {"outcome": "passed"}),
        ("draft", "return", {"note": "数字不对"}, "reviews", {"outcome": "returned", "note": "数字不对"}),
        ("draft", "redraft", {"remarks": "一段\r\n\r\n 二段"}, "drafts", {"remarks": ["一段", "二段"]}),
        ("draft", "discard", {"reason": "重复"}, "discard", {"reason": "重复"}),
        ("reviewed", "issue", {}, "issue", {}),
    ],
)
async def test_each_step_is_taken_against_the_version_seen(
    how: str, form: str, typed: dict[str, str], end: str, body: dict[str, Any]
):
    gateway = standing(standing=how)
    async with browser(portal(gateway), "province") as reader:
        page = markup.check((await reader.get(ONE)).text, "zh")
        data = {**WORD, "form": form, "version": seen(page, form, "version"), **typed}
        answer = await reader.post(ONE, data=data)
        assert answer.headers["location"] == f"{ONE}?done={form}"
        told = markup.check((await reader.get(answer.headers["location"])).text, "zh")
        assert any(each.attributes.get("role") == "alert" for each in told.all("div"))
    assert sent(gateway) == [
        (f"/api/v1/documents/demo-bulletin-2013-01/{end}", {**body, "version": 7}, "key-1")
    ]


async def test_to_draw_up_again_keeps_the_editor_s_words():
    async with browser(portal(standing(standing="draft", remarks=["一", "二"])), "province") as reader:
        page = markup.check((await reader.get(ONE)).text, "zh")
    [words] = [each for each in page.all("textarea") if each["id"] == "redraft-remarks"]
    assert words.text == "一\n二"


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_bulletin_is_drafted_and_its_page_opens(language: str):
    gateway, address = PlayedGateway(), NEW.replace("zh", language)
    data = {**WORD, "form": "draft", "kind": "monthly_bulletin"}
    async with browser(portal(gateway), "province") as reader:
        back = markup.check((await reader.post(address, data=data)).text, language)
        assert set(faults(back)) == {"draft-period-fault"}
        answer = await reader.post(address, data={**data, "period": "2013-07"})
    assert answer.headers["location"] == f"/{language}/documents/made-1?done=draft"
    body = {"kind": "monthly_bulletin", "period": "2013-07"}
    assert sent(gateway) == [("/api/v1/documents", body, "key-1")]


async def test_a_correction_is_a_document_of_its_own():
    gateway = standing(standing="issued")
    async with browser(portal(gateway), "province") as reader:
        answer = await reader.post(ONE, data={**WORD, "form": "correct", "reason": "报表更正"})
    assert answer.headers["location"] == "/zh/documents/made-1?done=draft"
    [(path, body, _)] = sent(gateway)
    assert path == "/api/v1/documents"
    assert body == {
        "kind": "monthly_bulletin",
        "period": recorded("/documents/{document}")["period"],
        "corrects": "demo-bulletin-2013-01",
        "reason": "报表更正",
    }


async def test_what_was_published_for_july_is_asked_of_the_gateway():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "city") as reader:
        await reader.get("/zh/documents?period=2013-07&standing=issued")
    [asked] = [each.url.params for each in gateway.asked]
    assert dict(asked) == {"standing": "issued", "period": "2013-07", "limit": "100"}
