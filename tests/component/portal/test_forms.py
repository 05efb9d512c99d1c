"""Forms: what was typed is kept, each fault stands at its field, a doubt is asked back, twice sent is one command."""

import json

import httpx
import pytest

from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal, problem
from tests.kit.portal_forms import sent

REPORT = "/zh/reports/350100/2013-11"
GOOD = {"form_word": "the-word", "form_key": "key-1", "form": "file", "investment": "45.52", "projects": ""}


def not_filed(request: httpx.Request) -> httpx.Response | None:
    return problem(404, "not-found") if request.url.path.endswith("/reports/350100/2013-11") else None


async def test_a_report_is_filed_in_yuan_under_the_form_s_key():
    gateway = PlayedGateway(not_filed)
    async with browser(portal(gateway), "city") as reader:
        page = markup.check((await reader.get(REPORT)).text, "zh")
        [form] = [each for each in page.all("form") if each.attributes.get("id") == "file"]
        key = next(each["value"] for each in form.all("input") if each["name"] == "form_key")
        assert len(key) == 32
        lines = "demo-1, 0.26, 76%, 说明\n\ndemo-2\t1,000.5\t100\n"
        answer = await reader.post(REPORT, data={**GOOD, "investment": "４５.５２ 亿元", "projects": lines})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{REPORT}?done=filed"
    [(path, body, key)] = sent(gateway)
    assert path == "/api/v1/reports"
    assert key == "key-1"
    assert body == {
        "region": "350100",
        "month": "2013-11",
        "investment": "4552000000.00",
        "projects": [
            {"project": "demo-1", "investment": "26000000.00", "progress_percent": "76", "note": "说明"},
            {"project": "demo-2", "investment": "100050000000.00", "progress_percent": "100"},
        ],
    }


@pytest.mark.parametrize("amount", ["", "many", "-1", "NaN", "1e999999", "Infinity", "<b>"])
async def test_a_wrong_amount_is_told_at_its_field_and_what_was_typed_stays(amount: str):
    gateway = PlayedGateway(not_filed)
    data = {**GOOD, "investment": amount, "projects": "x, y"}
    async with browser(portal(gateway), "city") as reader:
        answer = await reader.post(REPORT, data=data)
    assert answer.status_code == 422
    page = markup.check(answer.text, "zh")
    [field] = [each for each in page.all("input") if each.attributes.get("id") == "file-investment"]
    assert field["value"] == amount
    assert field["aria-invalid"] == "true"
    [lines] = page.all("textarea")
    assert lines.text == "x, y"
    assert "第 1 行读不出" in page.text
    assert sent(gateway) == []


async def test_a_doubted_amount_is_asked_back_and_then_confirmed():
    def doubts(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST" and not json.loads(request.content).get("confirmed"):
            return problem(422, "confirm-amount", "是上月的 90 倍", where="investment", confirm="confirmed")
        return not_filed(request)

    gateway = PlayedGateway(doubts)
    async with browser(portal(gateway), "city") as reader:
        answer = await reader.post(REPORT, data={**GOOD, "investment": "4552"})
        assert answer.status_code == 422
        page = markup.check(answer.text, "zh")
        assert "是上月的 90 倍" in page.text
        [confirm] = [each for each in page.all("input") if each["name"] == "confirmed"]
        assert "checked" not in confirm.attributes
        [amount] = [each for each in page.all("input") if each["name"] == "investment"]
        assert amount["value"] == "4552"
        answer = await reader.post(REPORT, data={**GOOD, "investment": "4552", "confirmed": "yes"})
    assert answer.status_code == 303


async def test_a_report_is_corrected_and_withdrawn_with_a_reason_against_the_version_seen():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "city") as reader:
        page = markup.check((await reader.get(REPORT)).text, "zh")
        forms = {each["id"]: each for each in page.all("form") if "id" in each.attributes}
        assert {"correct", "withdraw"} <= forms.keys()
        version = next(each["value"] for each in forms["withdraw"].all("input") if each["name"] == "version")
        data = {**GOOD, "form": "withdraw", "version": version}
        refused = await reader.post(REPORT, data=data)
        assert refused.status_code == 422
        assert "请写明理由" in markup.check(refused.text, "zh").text
        answer = await reader.post(REPORT, data={**data, "reason": "误报"})
        assert answer.headers["location"].endswith("?done=withdrawn")
        assert "月报已撤回" in (await reader.get(answer.headers["location"])).text
        data = {**GOOD, "form": "correct", "version": version, "reason": "补报"}
        assert (await reader.post(REPORT, data=data)).status_code == 303
    (path, body, _), (corrections, corrected, _) = sent(gateway)
    assert path == "/api/v1/reports/350100/2013-11/withdrawal"
    assert body == {"reason": "误报", "version": int(version)}
    assert corrections.endswith("/corrections")
    assert corrected["investment"] == "4552000000.00"


async def test_the_gateway_s_refusal_stands_at_the_field_it_names():
    def refuses(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST":
            errors = [
                {"where": "projects.0.project", "why": "没有这个项目"},
                {"where": "investment", "why": "太大"},
            ]
            return problem(422, "invalid", "不行", errors=errors)
        return not_filed(request)

    async with browser(portal(PlayedGateway(refuses)), "city") as reader:
        answer = await reader.post(REPORT, data=GOOD)
    page = markup.check(answer.text, "zh")
    faults = {each["id"]: each.text for each in page.all("p") if each.attributes.get("class") == "fault"}
    assert faults == {"file-projects-fault": "没有这个项目", "file-investment-fault": "太大"}


async def test_a_conflict_is_told_above_the_form():
    def refuses(request: httpx.Request) -> httpx.Response | None:
        return problem(409, "conflict", "别人已更正") if request.method == "POST" else not_filed(request)

    async with browser(portal(PlayedGateway(refuses)), "city") as reader:
        answer = await reader.post(REPORT, data=GOOD)
    assert answer.status_code == 422
    assert "别人已更正" in markup.check(answer.text, "zh").text


@pytest.mark.parametrize("role", ["province", "county", "ops"])
async def test_who_may_not_report_has_no_form_and_can_not_send_one(role: str):
    gateway = PlayedGateway()
    async with browser(portal(gateway), role) as reader:
        page = markup.check((await reader.get(REPORT)).text, "zh")
        assert not [each for each in page.all("form") if each.attributes.get("id")]
        assert (await reader.post(REPORT, data=GOOD)).status_code == 403
    assert sent(gateway) == []


@pytest.mark.parametrize("word", ["", "guess", "the-wor"])
async def test_a_form_from_elsewhere_does_nothing(word: str):
    gateway = PlayedGateway()
    async with browser(portal(gateway), "city") as reader:
        answer = await reader.post(REPORT, data={**GOOD, "form_word": word})
    assert answer.status_code == 403
    assert gateway.asked == []
    markup.check(answer.text, "zh")


async def test_only_plain_forms_of_a_sane_size_are_read():
    async with browser(portal(PlayedGateway()), "city") as reader:
        assert (await reader.post(REPORT, json={})).status_code == 415
        assert (await reader.post(REPORT, data={"x": "y" * 300_000})).status_code == 413
        headers = {"content-type": "application/x-www-form-urlencoded"}
        assert (await reader.post(REPORT, content=b"a=\xff\xfe", headers=headers)).status_code in (403, 422)
        assert (await reader.post(REPORT, content=b"&a=1" * 3_000, headers=headers)).status_code == 422
