"""Funds and subsidies on a real database: the ledger balances, and no race overdraws it (TR-19 to TR-21, X-11)."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest_asyncio

from shared.identity import Actor
from shared.problems import Problem
from tests.component.projects.conftest import (
    FUQING,
    FUZHOU,
    MILL,
    OPS,
    PROVINCE,
    TREASURY,
    XIAMEN,
    Service,
    local,
)

TERMS = {
    "valid_from": "2013-01-01",
    "valid_to": "2013-12-31",
    "aids": ["interest_subsidy", "grant"],
    "bases": ["bank_loan", "equipment_investment"],
    "rate": "0.05",
    "cap": "5000000",
    "stages": ["started"],
    "programmes": ["TR"],
}
FUND = {
    "fund": "TR-19",
    "name": "省级技改专项资金",
    "region": "350000",
    "purpose": "贴息或补助",
    "amount": "12000000",
    "valid_from": "2013-01-01",
    "valid_to": "2013-12-31",
    "terms": [TERMS],
    "source": "TR-19a",
}
CITY_TERMS = {
    "valid_from": "2013-01-01",
    "aids": ["grant"],
    "bases": ["fixed_investment"],
    "rate": "0.02",
    "cap": "1500000",
}


async def started(service: Service, project: str, **changes: Any) -> str:
    await service.project(project, **changes)
    for stage, on in (("filed", "2013-01-20"), ("started", "2013-02-01")):
        step = {"project": project, "stage": stage, "on": on, "evidence": f"{stage}号"}
        await service.ask(FUZHOU, "reach-stage", **step)
    return project


async def asked(service: Service, number: int, base: str = "120000000", **changes: Any) -> Any:
    body = {
        "fund": "TR-19",
        "application": f"S-{number}",
        "project": f"P-{number}",
        "aid": "grant",
        "base_kind": "bank_loan",
        "base": base,
        "evidence": "贷款凭证",
    }
    return await service.ask(FUQING, "request-subsidy", **{**body, **changes})


async def decide(service: Service, operation: str, number: int, **body: Any) -> Any:
    of = {"fund": "TR-19", "application": f"S-{number}"}
    evidence = (
        {} if operation in ("release-subsidy", "close-subsidy") else {"evidence": f"{operation}-{number}"}
    )
    who = TREASURY if operation == "pay-subsidy" else PROVINCE
    return await service.ask(who, operation, **{**of, **evidence, **body})


async def audited(service: Service, number: int, base: str = "120000000") -> Any:
    """The audit confirms what was asked."""
    return await decide(service, "assess-subsidy", number, base=base, reason="核定")


@pytest_asyncio.fixture
async def funded(service: Service) -> Service:
    """A fund of 12 million, three started projects, in March."""
    service.clock.set(local(2013, 3, 1))
    await service.ask(PROVINCE, "open-fund", **FUND)
    for number in (1, 2, 3):
        await started(service, f"P-{number}")
    return service


async def test_a_subsidy_from_application_to_payment_and_every_entry_balances(funded: Service) -> None:
    view = await asked(funded, 1)
    assert (view["entitlement"], view["status"]) == ("5000000.00", "requested")  # G-7
    await decide(funded, "reserve-subsidy", 1)
    reserved_at = (await funded.events())[-1].position
    await audited(funded, 1)
    await decide(funded, "commit-subsidy", 1, amount="4000000")
    await decide(funded, "pay-subsidy", 1, amount="1500000", evidence="凭证1")
    view = await decide(funded, "pay-subsidy", 1, evidence="凭证2")
    assert (view["status"], view["paid"]) == ("paid", "4000000.00")

    ledger = await funded.ask(PROVINCE, "get-ledger", fund="TR-19")
    balance = Decimal(0)
    for entry in ledger["items"]:
        each = {name: Decimal(value) for name, value in entry["balance"].items()}
        parts = each["available"] + each["reserved"] + each["committed"] + each["paid"]
        assert each["appropriated"] == parts, entry
        balance = each["paid"]
    assert balance == Decimal(4_000_000)
    assert [entry["entry"] for entry in ledger["items"]] == [
        "FundOpened",
        "SubsidyReserved",
        "SubsidyAssessed",
        "SubsidyCommitted",
        "SubsidyPaid",
        "SubsidyPaid",
    ]
    then = await funded.ask(PROVINCE, "get-ledger", fund="TR-19", position=reserved_at)
    assert (then["position"], then["balance"]["reserved"]) == (reserved_at, "5000000.00")
    before = await funded.refused(PROVINCE, "get-ledger", fund="TR-19", position=1)
    assert before.status == 404


async def test_the_ledger_is_read_page_by_page(funded: Service) -> None:
    await asked(funded, 1)
    await audited(funded, 1)
    for step in ("reserve-subsidy", "commit-subsidy", "pay-subsidy"):
        await decide(funded, step, 1)
    seen, cursor = [], None
    while True:
        page = await funded.ask(PROVINCE, "get-ledger", fund="TR-19", limit=3, cursor=cursor)
        seen += [entry["entry"] for entry in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == ["FundOpened", "SubsidyAssessed", "SubsidyReserved", "SubsidyCommitted", "SubsidyPaid"]
    assert page["balance"]["paid"] == "5000000.00"
    made_up = await funded.refused(PROVINCE, "get-ledger", fund="TR-19", cursor="WyJ4Il0")
    assert made_up.status == 422


async def test_two_decisions_at_once_do_not_overdraw_the_fund(funded: Service) -> None:
    """12 million are there, three ask for 5 each at the same moment: two get theirs, the third hears why not."""
    for number in (1, 2, 3):
        await asked(funded, number)
    answers = await asyncio.gather(
        *(decide(funded, "reserve-subsidy", number) for number in (1, 2, 3)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    (problem,) = refused
    assert isinstance(problem, Problem)
    assert (problem.status, problem.code, problem.extra["available"]) == (409, "overdrawn", "2000000.00")
    fund = await funded.ask(PROVINCE, "get-fund", fund="TR-19")
    assert (fund["balance"]["reserved"], fund["balance"]["available"]) == ("10000000.00", "2000000.00")
    held = await funded.ask(PROVINCE, "list-subsidies", fund="TR-19", status="reserved")
    assert (held["count"], held["total"]["reserved"]) == (2, "10000000.00")


async def test_two_clerks_who_enter_one_payment_pay_once(funded: Service) -> None:
    await asked(funded, 1)
    await decide(funded, "reserve-subsidy", 1)
    await audited(funded, 1)
    await decide(funded, "commit-subsidy", 1)
    answers = await asyncio.gather(
        *(decide(funded, "pay-subsidy", 1, amount="2000000", evidence="凭证9") for _ in range(2)),
        return_exceptions=True,
    )
    (problem,) = [answer for answer in answers if isinstance(answer, Problem)]
    assert (problem.status, problem.code) == (409, "voucher-used")
    view = await funded.ask(FUQING, "get-subsidy", fund="TR-19", application="S-1")
    assert (view["paid"], view["committed"]) == ("2000000.00", "3000000.00")


async def test_one_project_may_have_money_of_the_province_and_of_its_city(funded: Service) -> None:
    """TR-21, §6.4: 500 and 150 万元 from two ledgers."""
    city = {**FUND, "fund": "FZ", "region": "350100", "amount": "50000000", "terms": [CITY_TERMS]}
    await funded.ask(FUZHOU, "open-fund", **city)
    await asked(funded, 1)
    await asked(funded, 1, fund="FZ", base_kind="fixed_investment", base="110000000")
    both = await funded.ask(FUQING, "list-subsidies", project="P-1")
    assert [(each["fund"], each["entitlement"]) for each in both["items"]] == [
        ("FZ", "1500000.00"),
        ("TR-19", "5000000.00"),
    ]
    assert both["total"]["entitlement"] == "6500000.00"
    of = {"fund": "FZ", "application": "S-1", "evidence": "榕财企1号"}
    forbidden = await funded.refused(PROVINCE, "reserve-subsidy", **of)
    assert forbidden.status == 403
    assert (await funded.ask(FUZHOU, "reserve-subsidy", **of))["status"] == "reserved"
    funds = await funded.ask(MILL, "list-funds", on="2013-06-01")
    assert (funds["count"], funds["total"]["appropriated"]) == (2, "62000000.00")


async def test_who_decides_and_who_sees(funded: Service) -> None:
    await asked(funded, 1)
    of = {"fund": "TR-19", "application": "S-1"}
    assert (await funded.refused(FUZHOU, "reserve-subsidy", **of, evidence="1号")).status == 403
    assert (await funded.refused(XIAMEN, "get-subsidy", **of)).status == 404
    assert (await funded.refused(XIAMEN, "get-ledger", fund="TR-19")).status == 403
    assert (await funded.ask(OPS, "list-subsidies"))["count"] == 1
    assert (await funded.ask(XIAMEN, "list-subsidies"))["count"] == 0
    withdrawn = {**of, "outcome": "withdrawn", "reason": "企业撤回"}
    assert (await funded.refused(XIAMEN, "close-subsidy", **withdrawn)).status == 404
    assert (await funded.ask(FUQING, "close-subsidy", **withdrawn))["status"] == "withdrawn"


async def test_a_fund_for_another_region_or_programme_refuses(funded: Service) -> None:
    elsewhere = {**FUND, "fund": "XM", "region": "350200"}
    await funded.ask(XIAMEN, "open-fund", **elsewhere)
    body = {
        "fund": "XM",
        "project": "P-1",
        "aid": "grant",
        "base_kind": "bank_loan",
        "base": "50000000",
        "evidence": "1号",
    }
    assert (await funded.refused(FUQING, "request-subsidy", **body)).code == "foreign-project"
    assert (await funded.refused(FUQING, "open-fund", **elsewhere)).status == 403
    unknown = await funded.refused(FUQING, "request-subsidy", **{**body, "fund": "NO"})
    assert (unknown.status, unknown.where) == (404, "fund")
    await started(funded, "P-9", programmes=["PM"])
    other = {**body, "fund": "TR-19", "project": "P-9"}
    assert (await funded.refused(FUQING, "request-subsidy", **other)).code == "other-programme"


async def test_more_money_and_other_terms_and_back(funded: Service) -> None:
    more = {"fund": "TR-19", "amount": "3000000.00", "evidence": "闽财预2号", "reason": "追加"}
    assert (await funded.ask(PROVINCE, "change-appropriation", **more))["balance"][
        "available"
    ] == "15000000.00"
    less = {**more, "amount": "-20000000"}
    assert (await funded.refused(PROVINCE, "change-appropriation", **less)).code == "overdrawn"
    await asked(funded, 1)
    half = {**TERMS, "rate": "0.025"}
    changed = {"fund": "TR-19", "terms": [half], "evidence": "细则", "reason": "调整"}
    assert (await funded.ask(PROVINCE, "change-fund-terms", **changed))["terms"][0]["rate"] == "0.025"
    assert (await asked(funded, 2))["entitlement"] == "3000000.00"
    await decide(funded, "reserve-subsidy", 1)
    smaller = await decide(funded, "assess-subsidy", 1, base="80000000", reason="核减")
    assert (smaller["entitlement"], smaller["reserved"]) == ("2000000.00", "2000000.00")
    await decide(funded, "commit-subsidy", 1)
    await decide(funded, "pay-subsidy", 1)
    await decide(funded, "recover-subsidy", 1, reason="项目终止")
    fund = await funded.ask(PROVINCE, "get-fund", fund="TR-19")
    assert fund["balance"]["available"] == fund["balance"]["appropriated"] == "15000000.00"
    await decide(funded, "reserve-subsidy", 2)
    assert (await decide(funded, "release-subsidy", 2, reason="未开工"))["status"] == "requested"


async def test_one_person_does_not_commit_and_pay_whatever_the_request_says(funded: Service) -> None:
    """Who decides is the token's person; a name in the body is refused (issue: 500 万 by one province token)."""
    await asked(funded, 1)
    of = {"fund": "TR-19", "application": "S-1", "evidence": "1号"}
    await funded.ask(PROVINCE, "reserve-subsidy", **of)
    early = await funded.refused(PROVINCE, "commit-subsidy", **of)
    assert (early.status, early.code) == (409, "not-assessed")
    await audited(funded, 1)
    await funded.ask(PROVINCE, "commit-subsidy", **of)
    pretended = await funded.refused(PROVINCE, "pay-subsidy", **of, decided_by="省财政厅")
    assert (pretended.status, pretended.code) == (422, "invalid")
    same = await funded.refused(PROVINCE, "pay-subsidy", **of)
    assert (same.status, same.code, same.extra) == (409, "same-person", {"earlier": "assess", "step": "pay"})
    backdated = await funded.refused(PROVINCE, "pay-subsidy", **of, on="2013-03-01")
    assert backdated.code == "same-person"
    assert (await funded.ask(TREASURY, "pay-subsidy", **of))["paid"] == "5000000.00"
    ledger = await funded.ask(PROVINCE, "get-ledger", fund="TR-19")
    assert [each["decided_by"] for each in ledger["items"][1:]] == [
        "province-office",
        "province-office",
        "province-office",
        "province-treasury",
    ]


async def test_a_citys_clerk_does_not_pay_what_he_asked_for_alone(funded: Service) -> None:
    """Of the city's own fund, a project that the city itself keeps (issue: 400 万 by one city token)."""
    await funded.ask(FUZHOU, "open-fund", **{**FUND, "fund": "FZ", "region": "350100", "terms": [CITY_TERMS]})
    asks = {"project": "P-1", "aid": "grant", "base_kind": "fixed_investment", "base": "75000000"}
    of = {"fund": "FZ", "application": "S-1", "evidence": "1号"}
    await funded.ask(FUZHOU, "request-subsidy", **of, **asks)
    await funded.ask(FUZHOU, "reserve-subsidy", **of)
    own = await funded.refused(FUZHOU, "assess-subsidy", **of, base="75000000", reason="核定")
    assert own.code == "same-person"
    colleague = Actor("fuzhou-colleague", "city", "350100")
    await funded.ask(colleague, "assess-subsidy", **of, base="75000000", reason="核定")
    assert (await funded.refused(FUZHOU, "commit-subsidy", **of)).code == "same-person"
    await funded.ask(colleague, "commit-subsidy", **of)
    assert (await funded.refused(colleague, "pay-subsidy", **of)).code == "same-person"
    assert (await funded.ask(FUZHOU, "pay-subsidy", **of))["paid"] == "1500000.00"
