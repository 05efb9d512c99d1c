"""What is an enterprise's own: its desk, its meters' life, its devices' credentials, what of its readings waits."""

import json
from typing import Any

import httpx
import pytest

from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal, recorded
from tests.kit.portal_forms import WORD, faults, offered, sent

METER = "/zh/meters/FZ01-1"
CREDENTIALS = "/zh/energy/demo-FZ01/credentials"
HELD = "/zh/quarantine?enterprise=demo-NP02"


def answering(template: str, end: str, **changes: Any) -> PlayedGateway:
    """A gateway that answers the question of that path so."""
    answer = recorded(template) | changes

    def before(request: httpx.Request) -> dict[str, Any] | None:
        return answer if request.method == "GET" and request.url.path == f"/api/v1{end}" else None

    return PlayedGateway(before)


async def test_an_enterprise_s_desk_says_what_is_missing_or_parked_and_what_is_its_own():
    gateway = PlayedGateway()
    async with browser(portal(gateway), "enterprise") as reader:
        told = json.loads((await reader.get("/zh/my-enterprise.json")).content)
        page = markup.check((await reader.get("/zh/my-enterprise")).text, "zh")
    assert {each["name"] for each in told["figures"]} == {
        "suspect", "held", "own-problems", "own-projects", "own-subsidies",
    }  # fmt: skip
    lists = ("/suspects", "/quarantine", "/problems", "/projects", "/subsidies")
    asked = [each.url for each in gateway.asked if each.url.path.endswith(lists)]
    assert asked
    assert all(each.params["enterprise"] == "demo-FZ01" for each in asked)
    assert "/zh/my-enterprise" in {each["href"] for each in page.all("nav")[0].all("a")}


@pytest.mark.parametrize("role", ["province", "city", "county", "enterprise"])
@pytest.mark.parametrize("form", ["credential_issue", "credential_rotate"])
async def test_a_secret_is_in_the_answer_alone(role: str, form: str):
    made: dict[str, Any] = {
        "enterprise": "demo-FZ01",
        "credential": "0123456789abcdef",
        "token": "the-secret",
        "credentials": [
            {
                "credential": "0123456789abcdef",
                "label": "3号网关",
                "valid_from": "2013-11-30T00:00:00Z",
                "valid_to": None,
            }
        ],
    }
    gateway = PlayedGateway(lambda request: made if request.method == "POST" else None)
    async with browser(portal(gateway), role) as reader:
        answer = await reader.post(CREDENTIALS, data={**WORD, "form": form, "label": "3号网关"})
        assert answer.status_code == 200
        assert "the-secret" in markup.check(answer.text, "zh").text
        assert "no-store" in answer.headers["cache-control"]
        assert "the-secret" not in (await reader.get(CREDENTIALS)).text
        made["token"] = None
        again = await reader.post(CREDENTIALS, data={**WORD, "form": form, "label": "3号网关"})
        assert "已显示过一次" in markup.check(again.text, "zh").text


async def test_credentials_are_revoked_with_a_reason():
    gateway = PlayedGateway()
    data = {**WORD, "form": "credential_revoke"}
    async with browser(portal(gateway), "enterprise") as reader:
        back = markup.check((await reader.post(CREDENTIALS, data=data)).text, "zh")
        assert set(faults(back)) == {"credential_revoke-reason-fault"}
        answer = await reader.post(CREDENTIALS, data={**data, "reason": "设备遗失"})
        assert answer.headers["location"] == f"{CREDENTIALS}?done=credential_revoke"
    path = "/api/v1/enterprises/demo-FZ01/credentials/revocations"
    assert sent(gateway) == [(path, {"reason": "设备遗失"}, "key-1")]


@pytest.mark.parametrize(
    ("role", "changes", "forms"),
    [
        ("city", {}, {"resolve", "replace", "change_ratio", "retire"}),
        ("county", {"kind": "interval"}, {"resolve", "replace", "retire"}),
        ("province", {"retired_at": "2013-10-01T00:00:00Z"}, set()),
        ("enterprise", {}, set()),
        ("ops", {}, set()),
    ],
)
async def test_governments_have_what_happens_in_a_meter_s_life(
    role: str, changes: dict[str, Any], forms: set[str]
):
    async with browser(portal(answering("/meters/{meter}", "/meters/FZ01-1", **changes)), role) as reader:
        page = markup.check((await reader.get(METER)).text, "zh")
    assert offered(page) == {f"meter_{name}" for name in forms}


async def test_a_replacement_is_typed_in_china_s_time():
    gateway = PlayedGateway()
    data = {
        **WORD,
        "form": "meter_replace",
        "at": "2013-11-30 8 点",
        "serial": "DEMO-2",
        "old_last": "1,384,136.6",
        "reason": "烧毁",
    }
    async with browser(portal(gateway), "city") as reader:
        back = markup.check((await reader.post(METER, data=data)).text, "zh")
        assert "不是时刻" in faults(back)["meter_replace-at-fault"]
        answer = await reader.post(METER, data={**data, "at": "2013-11-30 08:15"})
        assert answer.headers["location"] == f"{METER}?done=meter_replace"
    [(path, body, _)] = sent(gateway)
    assert path == "/api/v1/meters/FZ01-1/replacements"
    assert body == {
        "at": "2013-11-30T08:15:00+08:00",
        "serial": "DEMO-2",
        "old_last": "1384136.6",
        "reason": "烧毁",
    }


async def test_a_parked_interval_is_judged_by_its_end():
    gateway = PlayedGateway()
    data = {
        **WORD,
        "form": "meter_resolve",
        "at": "2013-11-02T01:15:00Z",
        "verdict": "void",
        "reason": "跳变",
    }
    async with browser(portal(gateway), "city") as reader:
        assert (await reader.post(METER, data=data)).status_code == 303
    body = {"at": "2013-11-02T01:15:00Z", "verdict": "void", "reason": "跳变"}
    assert sent(gateway) == [("/api/v1/meters/FZ01-1/suspects", body, "key-1")]


@pytest.mark.parametrize(
    ("role", "forms"),
    [
        ("city", {"quarantine_release", "quarantine_drop"}),
        ("ops", {"quarantine_release", "quarantine_drop"}),
        ("enterprise", set()),
    ],
)
async def test_what_waits_is_released_or_dropped_by_who_may(role: str, forms: set[str]):
    gateway = PlayedGateway()
    async with browser(portal(gateway), role) as reader:
        everybody_s = markup.check((await reader.get("/zh/quarantine")).text, "zh")
        assert offered(everybody_s) == set(), "of all enterprises at once nobody has looked at them"
        assert offered(markup.check((await reader.get(HELD)).text, "zh")) == forms
        data = {**WORD, "form": "quarantine_release", "reason": "时钟已校"}
        answer = await reader.post(HELD, data=data)
    assert answer.status_code == (303 if forms else 403)
    body = {"enterprise": "demo-NP02", "readings": [229, 230, 231], "reason": "时钟已校"}
    assert sent(gateway) == ([("/api/v1/quarantine/releases", body, "key-1")] if forms else [])


async def test_what_was_dropped_can_only_be_released():
    gateway = answering("/quarantine/{reading}", "/quarantine/229", state="dropped")
    async with browser(portal(gateway), "city") as reader:
        page = markup.check((await reader.get("/zh/quarantine/229")).text, "zh")
    assert offered(page) == {"quarantine_release"}
