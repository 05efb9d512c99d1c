"""Awards from the appraisal's decision to the ledger and back, on a real database (TR-26), and TR-25 by appraisals."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest_asyncio

from plans.loader import load_plan
from services.projects.assessed.appraisals import apply
from services.projects.funds.awards.watch import AwardWatch
from services.projects.service import app_on
from shared.envelope import Envelope
from shared.identity import Actor
from shared.problems import Problem
from tests.component.projects.conftest import (
    FUQING,
    FUZHOU,
    OPS,
    PLAN,
    PROVINCE,
    TREASURY,
    XIAMEN,
    Service,
    local,
)

AWARD = "fujian-2013.2013.350100"
TERMS = {"valid_from": "2014-01-01", "aids": ["award"], "source": "TR-26"}
POT: dict[str, Any] = {
    "fund": "TR-26",
    "name": "绩效考核奖励资金",
    "region": "350000",
    "purpose": "考核奖励",
    "amount": "4500000",
    "valid_from": "2014-01-01",
    "valid_to": "2014-12-31",
    "terms": [TERMS],
    "source": "TR-26",
}
_OF = {"plan": "fujian-2013", "year": 2013}


async def told(service: Service, kind: str, position: int = 1, **data: Any) -> None:
    """What assessment publishes reaches the service."""
    now = datetime(2014, 3, 17, tzinfo=UTC)
    envelope = Envelope(
        specversion="1.0", id=f"{position}-x", source="assessment", type=kind, subject="appraisal:fujian-2013:2013",
        time=now, datacontenttype="application/json", schemaversion=1, sequence=position, streamversion=1,
        recordedtime=now, hash="ab" * 32, previoushash="", simulated=False, data={**_OF, **data},
    )  # fmt: skip
    async with service.engine.begin() as conn:
        await apply(conn, [envelope])


async def granted(
    service: Service, amount: str, edition: int = 1, region: str = "350100", on: str = "2014-03-17"
) -> None:
    """An edition of the ranking grants a city so much."""
    data = {"edition": edition, "rank": edition, "amount": amount, "on": on, "evidence": f"闽财企{edition}号"}
    await told(service, "AwardGranted", 100 + edition, region=region, previous_amount="0", **data)


async def decide(service: Service, operation: str, **changes: Any) -> Any:
    body = {"fund": "TR-26", "award": AWARD, "evidence": f"{operation}号", **changes}
    who = TREASURY if operation == "pay" else PROVINCE
    return await service.ask(who, f"{operation}-award", **body)


async def swept(service: Service) -> int:
    return await AwardWatch(app_on(service.engine, service.log, service.clock)).sweep()


@pytest_asyncio.fixture
async def pot(service: Service) -> Service:
    """A pot of 4.5 million for awards, and an award of two million to Fuzhou, in March 2014."""
    service.clock.set(local(2014, 3, 20))
    await service.ask(PROVINCE, "open-fund", **POT)
    await granted(service, "2000000.00")
    return service


async def test_an_award_is_followed_from_the_decision_to_the_ledger_and_back(pot: Service) -> None:
    before = await pot.ask(FUZHOU, "get-award", award=AWARD)
    assert (before["standing"], before["todo"]) == (
        "granted",
        "Reserve 2000000.00 yuan in a fund that pays awards.",
    )
    assert (before["position"], before["evidence"], before["entries"]) == (101, "闽财企1号", [])
    for operation, standing in (("reserve", "reserved"), ("commit", "committed"), ("pay", "paid")):
        view = await decide(pot, operation)
        assert (view["standing"], view["fund"]) == (standing, "TR-26")
    ledger = await pot.ask(PROVINCE, "get-ledger", fund="TR-26")
    lines = [line for line in ledger["items"] if line["award"] == AWARD]
    after = await pot.ask(FUZHOU, "get-award", award=AWARD)
    assert [each["position"] for each in after["entries"]] == [line["position"] for line in lines]
    assert [line["entry"] for line in lines] == ["AwardReserved", "AwardCommitted", "AwardPaid"]
    assert (after["todo"], after["version"], ledger["balance"]["paid"]) == ("", 3, "2000000.00")
    page = await pot.ask(PROVINCE, "list-awards", year=2013, settled=True)
    assert (page["count"], page["granted"], page["paid"]) == (1, "2000000.00", "2000000.00")
    again = await pot.refused(PROVINCE, "reserve-award", fund="TR-26", award=AWARD, evidence="再")
    assert (again.status, again.code) == (409, "nothing-left")


async def test_an_award_says_what_it_rests_on_and_is_known_otherwise_now(pot: Service) -> None:
    """An appraisal said so, and the award paid by it didn't."""
    changed = {"region": "350100", "target": "TR-6a", "unit": "CNY_1e8"}
    changed |= {
        "verified": "594.0000",
        "now": "600.5000",
        "difference": "6.5000",
        "correct_with": "POST …/scores",
    }
    other = _OF | {"year": 2012} | changed
    assert (await pot.ask(FUZHOU, "get-award", award=AWARD))["outdated"] is None  # nobody looked
    for items, told in (([_OF | changed, other], [changed]), ([other], []), (None, None)):
        pot.attached = {"items": items}
        one = await pot.ask(FUZHOU, "get-award", award=AWARD)
        (listed,) = (await pot.ask(FUZHOU, "list-awards"))["items"]
        assert one["outdated"] == told
        assert one["outdated_figures"] == listed["outdated_figures"] == (None if told is None else len(told))


async def test_who_decides_and_who_sees(pot: Service) -> None:
    of = {"fund": "TR-26", "award": AWARD, "evidence": "1号"}
    assert (await pot.refused(FUZHOU, "reserve-award", **of)).status == 403
    assert (await pot.refused(XIAMEN, "get-award", award=AWARD)).status == 404
    assert (await pot.refused(FUQING, "list-awards", region="350100")).status == 403
    assert (await pot.ask(XIAMEN, "list-awards"))["count"] == 0
    unknown = await pot.refused(PROVINCE, "reserve-award", **{**of, "award": "fujian-2013.2013.350200"})
    assert (unknown.status, unknown.where) == (404, "award")
    assert (await pot.refused(PROVINCE, "reserve-award", **{**of, "fund": "NO"})).where == "fund"


async def test_two_funds_that_race_for_an_award_do_not_both_pay_it(pot: Service) -> None:
    await pot.ask(PROVINCE, "open-fund", **{**POT, "fund": "OTHER"})
    answers = await asyncio.gather(
        *(decide(pot, "reserve", fund=fund) for fund in ("TR-26", "OTHER")), return_exceptions=True
    )
    (problem,) = [answer for answer in answers if isinstance(answer, BaseException)]
    assert isinstance(problem, Problem)
    assert (problem.status, problem.code) == (409, "paid-elsewhere")
    (won,) = [answer["fund"] for answer in answers if not isinstance(answer, BaseException)]
    released = await pot.ask(PROVINCE, "release-award", fund=won, award=AWARD, reason="改由另一资金")
    assert (released["fund"], released["standing"]) == (None, "granted")
    other = {"TR-26": "OTHER", "OTHER": "TR-26"}[won]
    assert (await decide(pot, "reserve", fund=other))["fund"] == other


async def test_two_awards_that_race_do_not_overdraw_the_fund(pot: Service) -> None:
    await pot.ask(PROVINCE, "open-fund", **{**POT, "fund": "SMALL", "amount": "3000000"})
    await granted(pot, "1500000.00", region="350200")
    awards = (AWARD, "fujian-2013.2013.350200")
    answers = await asyncio.gather(
        *(decide(pot, "reserve", fund="SMALL", award=award) for award in awards), return_exceptions=True
    )
    (problem,) = [answer for answer in answers if isinstance(answer, Problem)]
    assert (problem.status, problem.code) == (409, "overdrawn")
    left = (await pot.ask(PROVINCE, "get-fund", fund="SMALL"))["balance"]["available"]
    assert left in ("1000000.00", "1500000.00")


async def test_an_award_that_is_taken_away_gives_its_money_back_and_what_is_paid_is_to_be_recovered(
    pot: Service,
) -> None:
    await decide(pot, "reserve")
    await granted(pot, "1500000.00", edition=2)
    assert await swept(pot) == 1
    assert await swept(pot) == 0
    view = await pot.ask(PROVINCE, "get-award", award=AWARD)
    assert (view["reserved"], view["edition"], view["todo"]) == ("1500000.00", 2, "Commit 1500000.00 yuan.")
    assert (view["entries"][-1]["entry"], view["entries"][-1]["reason"]) == (
        "AwardReleased",
        "第2期通报改为1500000.00元",
    )
    await decide(pot, "commit")
    await decide(pot, "pay", amount="1000000")
    await granted(pot, "0", edition=3)
    assert await swept(pot) == 1
    view = await pot.ask(PROVINCE, "get-award", award=AWARD)
    assert (view["standing"], view["committed"], view["paid"]) == ("to_recover", "0.00", "1000000.00")
    assert view["todo"].startswith("Recover 1000000.00 yuan")
    await granted(pot, "1500000.00", edition=4)
    more = await pot.ask(PROVINCE, "get-award", award=AWARD)
    assert more["todo"] == "Reserve 500000.00 yuan in fund TR-26, which has paid 1000000.00."
    await granted(pot, "0", edition=5)
    back = await decide(pot, "recover", reason="通报更正")
    assert (back["standing"], back["fund"]) == ("withdrawn", None)
    balance = (await pot.ask(PROVINCE, "get-fund", fund="TR-26"))["balance"]
    assert balance["available"] == balance["appropriated"] == "4500000.00"


async def test_a_self_assessment_hands_the_duty_in_and_the_last_verification_the_provinces(
    bare_service: Service,
) -> None:
    """TR-25: the calendar says of each city whether it came in time, late or not at all."""
    owed = [
        each for each in load_plan("fujian-2013").parts()["projects"]["duties"] if "TR-25" in each["duty"]
    ]
    assert [each["duty"] for each in owed] == ["TR-25a", "TR-25b"]
    await bare_service.ask(OPS, "load-plan", **{**PLAN, "duties": owed})
    bare_service.clock.set(local(2014, 2, 20))

    async def standings(duty: str, actor: Actor = PROVINCE) -> dict[str, str]:
        found = await bare_service.ask(actor, "duty-calendar", duty=duty, first_due="2014-01-01")
        return {each["region"]: each["standing"] for each in found["items"]}

    await told(bare_service, "AppraisalOpened", cities=[{"region": "350100"}, {"region": "350200"}])
    assert await standings("TR-25a") == {"350100": "missing", "350200": "missing"}
    for on in ("2014-01-20", "2014-02-03"):  # the first one counts
        await told(bare_service, "SelfAssessed", region="350100", on=on, evidence=f"榕经技 {on}")
    await told(bare_service, "SelfAssessed", region="350200", on="2014-02-02", evidence="厦经技")
    assert await standings("TR-25a") == {"350100": "received", "350200": "late"}
    assert await standings("TR-25a", FUZHOU) == {"350100": "received"}
    account = await bare_service.ask(FUZHOU, "get-duty-account", duty="TR-25a", region="350100")
    assert account["obligations"][-1]["evidence"] == "榕经技 2014-01-20"
    paper = {"duty": "TR-25a", "region": "350100", "period": "2013", "evidence": "纸质"}
    assert (await bare_service.refused(FUZHOU, "hand-in-duty", **paper)).code == "carried-by"

    await told(bare_service, "ScoreVerified", region="350100", on="2014-02-10")
    assert await standings("TR-25b") == {"350000": "not_due"}
    await told(bare_service, "ScoreVerified", region="350200", on="2014-02-18")
    assert await standings("TR-25b") == {"350000": "received"}
    of_2012 = {"duty": "TR-25b", "region": "350000", "period": "2012", "evidence": "闽经贸投资〔2013〕66号"}
    assert (await bare_service.ask(PROVINCE, "hand-in-duty", **of_2012))["standing"] == "late"
