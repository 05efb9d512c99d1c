"""A subsidy is applied for by its fund's terms, and each step with money is its own government's, by two persons."""

from typing import Any

import httpx
import pytest

from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal, problem, recorded
from tests.kit.portal_forms import WORD, faults, offered, seen, sent

ONE = "/zh/subsidies/TR-19/demo-subsidy-02"
API = "/api/v1/funds/TR-19/applications/demo-subsidy-02"
NOTHING = {"reserved": "0.00", "committed": "0.00", "paid": "0.00"}


def standing(fund: str = "350000", **changes: Any) -> PlayedGateway:
    """A gateway where the application stands so, and the fund is that government's."""
    application = recorded("/funds/{fund}/applications/{application}") | changes
    of = recorded("/funds/{fund}") | {"region": fund}

    def before(request: httpx.Request) -> dict[str, Any] | None:
        if request.method != "GET":
            return None
        return {API: application, "/api/v1/funds/TR-19": of}.get(request.url.path)

    return PlayedGateway(before)


@pytest.mark.parametrize(
    ("role", "fund", "changes", "forms"),
    [
        ("province", "350000", NOTHING | {"status": "requested"}, {"assess", "reserve", "close_subsidy"}),
        ("province", "350000", NOTHING | {"reserved": "5000000.00"}, {"assess", "commit", "release"}),
        ("province", "350000", NOTHING | {"committed": "5000000.00"}, {"assess", "pay", "release"}),
        ("province", "350000", NOTHING | {"paid": "5000000.00"}, {"assess", "recover"}),
        ("province", "350000", NOTHING | {"status": "rejected"}, set()),
        ("province", "350100", NOTHING, {"close_subsidy"}),
        ("city", "350100", NOTHING, {"assess", "reserve", "close_subsidy"}),
        ("city", "350000", NOTHING, {"close_subsidy"}),
        ("city", "350000", {}, set()),
        ("enterprise", "350000", NOTHING, set()),
        ("ops", "350000", NOTHING, set()),
    ],
)
async def test_the_fund_s_own_government_has_the_steps_that_are_next(
    role: str, fund: str, changes: dict[str, str], forms: set[str]
):
    async with browser(portal(standing(fund, **changes)), role) as reader:
        page = markup.check((await reader.get(ONE)).text, "zh")
    assert offered(page) == forms


async def test_a_payment_is_typed_in_10_000_yuan_against_the_version_seen():
    gateway = standing()
    async with browser(portal(gateway), "province") as reader:
        page = markup.check((await reader.get(ONE)).text, "zh")
        data = {**WORD, "form": "pay", "version": seen(page, "pay", "version"), "amount": "250"}
        refused = await reader.post(ONE, data=data)
        assert faults(markup.check(refused.text, "zh")) == {"pay-evidence-fault": "请填写拨付凭证号。"}
        answer = await reader.post(ONE, data={**data, "evidence": "凭证 7"})
        assert answer.headers["location"] == f"{ONE}?done=pay"
        assert "已拨付。" in (await reader.get(answer.headers["location"])).text
    body = {"amount": "2500000.00", "evidence": "凭证 7", "version": 6}
    assert sent(gateway) == [(f"{API}/payments", body, "key-1")]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", "此笔资金您已办理“下达”，按不相容职务分离的规定，“拨付”须由另一人办理"),
        ("en", '"pay" must be taken by another person'),
    ],
)
async def test_a_step_that_needs_another_person_says_which_and_why(language: str, told: str):
    def refuses(request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST":
            return None
        return problem(409, "same-person", where="Authorization", earlier="commit", step="pay")

    data = {**WORD, "form": "pay", "amount": "250", "evidence": "凭证 7"}
    async with browser(portal(PlayedGateway(refuses)), "province") as reader:
        answer = await reader.post(ONE.replace("zh", language), data=data)
    assert answer.status_code == 422
    page = markup.check(answer.text, language)
    assert told in page.text
    assert "250" in {each.attributes.get("value") for each in page.all("input")}


async def test_one_applies_by_the_terms_of_the_fund_with_each_criterion_s_evidence():
    gateway = PlayedGateway()
    address = "/zh/new-subsidy?fund=TR-19&project=demo-350100-01"
    data = {
        **WORD,
        "form": "apply",
        "project": "demo-350100-01",
        "aid": "grant",
        "base_kind": "equipment_investment",
        "base": "10,000 万元",
        "evidence": "发票 3 张",
    }
    async with browser(portal(gateway), "county") as reader:
        page = markup.check((await reader.get(address)).text, "zh")
        assert seen(page, "apply", "project") == "demo-350100-01"
        refused = markup.check((await reader.post(address, data=data)).text, "zh")
        assert set(faults(refused)) == {"apply-criteria.0.evidence-fault"}
        answer = await reader.post(address, data={**data, "criteria.0.evidence": "存款证明"})
    assert answer.headers["location"] == "/zh/subsidies/TR-19/made-1?done=apply"
    [(path, body, _)] = sent(gateway)
    assert path == "/api/v1/funds/TR-19/applications"
    assert body["base"] == "100000000.00"
    assert body["criteria"] == [{"criterion": "own_funds", "evidence": "存款证明"}]


async def test_a_fund_without_a_rate_asks_for_an_amount():
    fund = recorded("/funds/{fund}")
    fund["terms"][-1] |= {"rate": None, "bases": [], "aids": ["grant"]}
    gateway = PlayedGateway(lambda request: fund if request.url.path == "/api/v1/funds/TR-19" else None)
    async with browser(portal(gateway), "city") as reader:
        page = markup.check((await reader.get("/zh/new-subsidy?fund=TR-19")).text, "zh")
    names = {each["name"] for each in page.all("input")}
    assert "amount" in names
    assert "base" not in names


async def test_a_fund_says_what_of_it_is_paid_and_to_whom():
    async with browser(portal(PlayedGateway()), "province") as reader:
        page = markup.check((await reader.get("/zh/funds/TR-19")).text, "zh")
    assert "安排 30,000.0 万元，已拨付 450.0 万元（1.5%）" in page.text
    [paid] = [each for each in page.all("section") if each["id"] == "fund-paid_to"]
    assert "示例：储备技改项目" in paid.text
    assert "/zh/subsidies/TR-19/demo-subsidy-02" in {each["href"] for each in paid.all("a")}


async def test_the_fund_that_pays_an_award_is_chosen_while_none_does():
    award = recorded("/awards/{award}") | {"fund": None, "reserved": "0.00", "standing": "granted"}
    gateway = PlayedGateway(lambda request: award if request.url.path.startswith("/api/v1/awards/") else None)
    address = "/zh/awards/fujian-2013.2013.350100"
    async with browser(portal(gateway), "province") as reader:
        page = markup.check((await reader.get(address)).text, "zh")
        assert offered(page) == {"reserve"}
        data = {**WORD, "form": "reserve", "evidence": "闽经贸〔2014〕9号"}
        answer = await reader.post(address, data=data)
        assert answer.headers["location"] == f"{address}?done=reserve"
    [(path, _, _)] = sent(gateway)
    assert path == "/api/v1/funds/TR-19/awards/fujian-2013.2013.350100/reservations"
