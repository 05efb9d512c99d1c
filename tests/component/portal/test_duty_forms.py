"""A duty is handed in by who owes it, waived by whom it is owed to, and either is taken back."""

from typing import Any

import httpx
import pytest

from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal, problem, recorded
from tests.kit.portal_forms import WORD, faults, offered, seen, sent

CITY_OWES = "/zh/duties/TR-25a/350100/2012"
HAND_IN = {**WORD, "form": "hand_in", "evidence": "榕经贸〔2013〕3号", "version": "0"}
FORMS = {"hand_in", "take_back", "waive"}


def standing(how: str, region: str = "350100") -> PlayedGateway:
    """A gateway where the duty of that region stands so."""
    account = recorded("/duties/{duty}/{region}")
    [owed] = account["obligations"]
    account |= {"region": region, "obligations": [owed | {"standing": how, "region": region}]}

    def before(request: httpx.Request) -> dict[str, Any] | None:
        at = request.url.path
        return account if request.method == "GET" and at.endswith(f"/duties/TR-25a/{region}") else None

    return PlayedGateway(before)


@pytest.mark.parametrize(
    ("role", "region", "how", "forms"),
    [
        ("city", "350100", "missing", {"hand_in"}),
        ("city", "350100", "not_due", {"hand_in"}),
        ("city", "350100", "received", {"take_back"}),
        ("city", "350100", "late", {"take_back"}),
        ("city", "350100", "waived", set()),
        ("city", "350200", "missing", set()),
        ("county", "350181", "missing", {"hand_in"}),
        ("county", "350100", "missing", set()),
        ("province", "350000", "missing", {"hand_in"}),
        ("province", "350100", "missing", {"waive"}),
        ("province", "350100", "waived", {"take_back"}),
        ("ops", "350100", "missing", set()),
    ],
)
async def test_the_role_and_the_standing_decide_which_form_there_is(
    role: str, region: str, how: str, forms: set[str]
):
    async with browser(portal(standing(how, region)), role) as reader:
        page = markup.check((await reader.get(f"/zh/duties/TR-25a/{region}/2012")).text, "zh")
    assert offered(page) & FORMS == forms


async def test_it_is_handed_in_from_the_desk():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "city") as reader:
        desk = markup.check((await reader.get("/zh/desk")).text, "zh")
        assert CITY_OWES in {each["href"] for each in desk.all("a")}
        page = markup.check((await reader.get(CITY_OWES)).text, "zh")
        data = {**HAND_IN, "version": seen(page, "hand_in", "version"), "received_on": "2013-12-01"}
        answer = await reader.post(CITY_OWES, data=data)
        assert answer.headers["location"] == f"{CITY_OWES}?done=hand_in"
        assert "已报送。" in (await reader.get(answer.headers["location"])).text
    body = {
        "region": "350100",
        "period": "2012",
        "evidence": "榕经贸〔2013〕3号",
        "received_on": "2013-12-01",
    }
    assert sent(gateway) == [("/api/v1/duties/TR-25a/receipts", {**body, "version": 0}, "key-1")]


@pytest.mark.parametrize(
    ("role", "how", "form", "end"),
    [("city", "received", "take_back", "withdrawals"), ("province", "missing", "waive", "waivers")],
)
async def test_it_is_taken_back_or_waived_with_a_reason(role: str, how: str, form: str, end: str):
    gateway = standing(how)
    data = {**WORD, "form": form, "version": "0"}
    async with browser(portal(gateway), role) as reader:
        refused = await reader.post(CITY_OWES, data=data)
        assert faults(markup.check(refused.text, "zh")) == {f"{form}-reason-fault": "请填写理由。"}
        answer = await reader.post(CITY_OWES, data={**data, "reason": "误报"})
    assert answer.headers["location"] == f"{CITY_OWES}?done={form}"
    body = {"region": "350100", "period": "2012", "reason": "误报", "version": 0}
    assert sent(gateway) == [(f"/api/v1/duties/TR-25a/{end}", body, "key-1")]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(language: str):
    def refuses(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST":
            return problem(422, "future-date", "尚未到来", where="received_on")
        return None

    data = {**HAND_IN, "received_on": "2013-12-31"}
    async with browser(portal(PlayedGateway(refuses)), "city") as reader:
        answer = await reader.post(CITY_OWES.replace("zh", language), data=data)
    page = markup.check(answer.text, language)
    assert faults(page) == {"hand_in-received_on-fault": "尚未到来"}
    assert "榕经贸〔2013〕3号" in {each.attributes.get("value") for each in page.all("input")}


@pytest.mark.parametrize("role", ["county", "ops"])
async def test_nobody_hands_in_for_another(role: str):
    gateway = PlayedGateway()
    async with browser(portal(gateway), role) as reader:
        assert (await reader.post(CITY_OWES, data=HAND_IN)).status_code == 403
    assert sent(gateway) == []


async def test_a_period_for_which_nothing_is_owed_is_told():
    async with browser(portal(PlayedGateway()), "city") as reader:
        answer = await reader.get("/zh/duties/TR-25a/350100/1999")
    assert answer.status_code == 404
    assert "1999 没有这项义务" in markup.check(answer.text, "zh").text
