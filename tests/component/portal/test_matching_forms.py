"""Needs and offers are put forward, revised, withdrawn; what fits is brought together; a pair goes on step by step."""

from typing import Any

import httpx
import pytest

from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal, recorded
from tests.kit.portal_forms import WORD, faults, offered, seen, sent

NEED = "/zh/matching/N-2013-0042"
PAIR = "/zh/matches/N-2013-0042/C-2013-0007"


def answering(template: str, end: str, **changes: Any) -> PlayedGateway:
    """A gateway that answers the question of that path so."""
    answer = recorded(template) | changes

    def before(request: httpx.Request) -> dict[str, Any] | None:
        return answer if request.method == "GET" and request.url.path == f"/api/v1{end}" else None

    return PlayedGateway(before)


def need(**changes: Any) -> PlayedGateway:
    return answering("/matching/listings/{listing}", "/matching/listings/N-2013-0042", **changes)


@pytest.mark.parametrize(
    ("role", "changes", "forms"),
    [
        ("city", {}, {"introduce-C-2013-0007", "revise", "withdraw_listing"}),
        ("enterprise", {}, {"revise", "withdraw_listing"}),
        ("enterprise", {"enterprise": "another"}, set()),
        ("province", {"open": False}, set()),
        ("ops", {}, set()),
    ],
)
async def test_the_role_and_the_standing_decide_which_form_there_is(
    role: str, changes: dict[str, Any], forms: set[str]
):
    async with browser(portal(need(**changes)), role) as reader:
        assert offered(markup.check((await reader.get(NEED)).text, "zh")) == forms


async def test_an_enterprise_puts_its_own_need_forward():
    gateway = PlayedGateway()
    data = {
        **WORD,
        "form": "put_forward",
        "meeting": "finance",
        "side": "need",
        "title": "设备贷款",
        "amount_max": "300",
        "keywords": "贷款\r\n 设备 ",
    }
    async with browser(portal(gateway), "enterprise") as reader:
        answer = await reader.post("/zh/new-listing", data=data)
        assert answer.headers["location"] == "/zh/matching/made-1?done=put_forward"
    [(path, body, _)] = sent(gateway)
    assert path == "/api/v1/matching/listings"
    assert body == {
        "meeting": "finance",
        "side": "need",
        "title": "设备贷款",
        "amount_max": "3000000.00",
        "keywords": ["贷款", "设备"],
        "enterprise": "demo-FZ01",
        "region": "350181",
        "party": recorded("/enterprises/{enterprise}")["name"],
    }


async def test_it_is_revised_as_a_whole_against_the_revision_seen():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "city") as reader:
        page = markup.check((await reader.get(NEED)).text, "zh")
        assert seen(page, "revise", "amount_min") == "100"
        data = {**WORD, "form": "revise", "title": "余热利用", "revision": seen(page, "revise", "revision")}
        back = markup.check((await reader.post(NEED, data=data)).text, "zh")
        assert set(faults(back)) == {"revise-reason-fault"}
        answer = await reader.post(NEED, data={**data, "reason": "更具体"})
        assert answer.headers["location"] == f"{NEED}?done=revise"
    assert sent(gateway)[0][1] == {"title": "余热利用", "reason": "更具体", "revision": 1}


async def test_what_fits_is_explained_and_brought_together():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "city") as reader:
        page = markup.check((await reader.get(NEED)).text, "zh")
        [fits] = [each for each in page.all("section") if each["id"] == "listing-suggested"]
        assert "都提到：余热" in fits.text
        assert "未写明金额" not in fits.text
        answer = await reader.post(NEED, data={**WORD, "form": "introduce-C-2013-0007", "note": "电话联系"})
    assert answer.headers["location"] == f"{PAIR}?done=introduce"
    body = {"need": "N-2013-0042", "offer": "C-2013-0007", "note": "电话联系"}
    assert sent(gateway) == [("/api/v1/matching/matches", body, "key-1")]


@pytest.mark.parametrize(
    ("role", "status", "steps"),
    [
        ("city", "introduced", {"negotiating", "matched", "declined"}),
        ("city", "negotiating", {"matched", "declined"}),
        ("province", "matched", {"reopened"}),
        ("province", "declined", set()),
        ("ops", "introduced", set()),
    ],
)
async def test_a_pair_has_the_steps_that_are_next(role: str, status: str, steps: set[str]):
    end = "/matching/matches/N-2013-0042/C-2013-0007"
    gateway = answering("/matching/matches/{need}/{offer}", end, status=status)
    async with browser(portal(gateway), role) as reader:
        page = markup.check((await reader.get(PAIR)).text, "zh")
    assert offered(page) == {f"match_{step}" for step in steps}


async def test_the_list_is_narrowed_by_the_address():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "enterprise") as reader:
        await reader.get("/zh/matching?meeting=technology&side=offer&text=余热&open=yes")
        assert (await reader.get("/zh/matching?side=both")).status_code == 422
    [asked] = [each.url.params for each in gateway.asked]
    assert dict(asked) == {
        "meeting": "technology",
        "side": "offer",
        "text": "余热",
        "open": "true",
        "limit": "50",
    }
