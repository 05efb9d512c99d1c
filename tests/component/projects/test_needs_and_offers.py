"""Matching through the service's operations: both sides, suggestions, what comes of a pair, who sees what."""

import asyncio
from typing import Any

import pytest

from tests.component.projects.conftest import FUQING, FUZHOU, MILL, OPS, PROVINCE, XIAMEN, Service, local

NEED = {
    "listing": "N-1",
    "meeting": "technology",
    "side": "need",
    "region": "350181",
    "party": "福清染整厂",
    "enterprise": "E-1",
    "title": "印染污水深度处理回用",
    "description": "色度高，想回用一半以上",
    "industries": ["1713"],
}
RESULT = {
    "meeting": "technology",
    "side": "offer",
    "region": "350000",
    "party": "海西研究院",
    "description": "",
}


async def results(service: Service) -> None:
    """Three results: one for the need, one near, one for something else."""
    for listing, title in (
        ("R-1", "印染废水膜法回用"),
        ("R-2", "造纸废水厌氧处理"),
        ("R-3", "大功率LED散热"),
    ):
        await service.ask(PROVINCE, "register-listing", **{**RESULT, "listing": listing, "title": title})


async def suggested(service: Service, listing: str = "N-1", actor: Any = FUQING) -> list[str]:
    answer = await service.ask(actor, "suggest", listing=listing)
    return [item["listing"] for item in answer["items"]]


@pytest.fixture
async def met(service: Service) -> Service:
    """A need and three results."""
    await service.ask(FUQING, "register-listing", **NEED)
    await results(service)
    return service


async def test_both_sides_are_read_back_and_suggested_to_each_other(met: Service) -> None:
    answer = await met.ask(FUQING, "suggest", listing="N-1")
    first = answer["items"][0]
    assert [item["listing"] for item in answer["items"]] == ["R-1", "R-2", "R-3"]
    words = next(reason for reason in first["reasons"] if reason["criterion"] == "words")
    assert words["words"] == "words in common: 印染废水、回用"  # 污水 is read as 废水
    assert float(first["score"]) > float(answer["items"][2]["score"])
    assert (answer["considered"], answer["excluded"], answer["weights_from"]) == (3, 0, "2013-01-01")
    assert await suggested(met, "R-1", PROVINCE) == ["N-1"]
    assert (await met.ask(MILL, "get-listing", listing="N-1"))["title"] == NEED["title"]


async def test_a_change_of_either_side_ranks_anew(met: Service) -> None:
    assert (await suggested(met))[0] == "R-1"
    await met.ask(
        PROVINCE,
        "revise-listing",
        listing="R-3",
        title="印染污水深度处理回用装置",
        reason="mistaken",
        revision=1,
    )
    assert (await suggested(met))[0] == "R-3"
    await met.ask(FUQING, "revise-listing", listing="N-1", title="造纸污水厌氧", reason="another line")
    assert (await suggested(met))[0] == "R-2"
    await met.ask(PROVINCE, "withdraw-listing", listing="R-3", reason="sold")
    assert "R-3" not in await suggested(met)
    late = {"listing": "R-3", "title": "x", "reason": "x"}
    assert (await met.refused(PROVINCE, "revise-listing", **late)).code == "withdrawn"


async def test_a_pair_goes_from_the_introduction_to_a_figure(met: Service) -> None:
    pair = {"need": "N-1", "offer": "R-1"}
    made = await met.ask(FUQING, "introduce-match", **pair, note="6·18")
    assert made["status"] == "introduced"
    assert float(made["score"]) > 0.3
    assert "R-1" not in await suggested(met)
    await met.ask(FUQING, "move-match", **pair, step="negotiating")
    assert (await met.refused(FUQING, "move-match", **pair, step="matched")).where == "evidence"
    done = await met.ask(FUQING, "move-match", **pair, step="matched", evidence="协议9号", amount="2800000")
    assert (done["status"], done["amount"]) == ("matched", "2800000.00")
    whole = await met.ask(FUZHOU, "get-match", **pair)
    assert [step["status"] for step in whole["steps"]] == ["introduced", "negotiating", "matched"]
    assert whole["reasons"][0]["criterion"] == "words"
    assert [event.type for event in await met.events()][-1] == "MatchConcluded"

    async def technology(actor: Any, **query: Any) -> tuple[float, ...]:
        figures = (await met.ask(actor, "matching-figures", **query))["items"]
        row = next(each for each in figures if each["meeting"] == "technology")
        return row["offers"], row["needs"], row["introduced"], row["matched"], float(row["amount"])

    assert await technology(PROVINCE, year=2013) == (3, 1, 1, 1, 2_800_000)
    assert await technology(PROVINCE, year=2012) == (0, 0, 0, 0, 0)
    assert await technology(XIAMEN) == (0, 0, 0, 0, 0)
    await met.ask(FUQING, "move-match", **pair, step="reopened", reason="not kept")
    assert await technology(FUZHOU) == (0, 1, 1, 0, 0)
    listed = (await met.ask(FUZHOU, "list-matches", status="negotiating"))["items"]
    assert [(item["need"], item["offer"]) for item in listed] == [("N-1", "R-1")]
    assert (await met.ask(XIAMEN, "list-matches"))["items"] == []


async def test_what_was_declined_is_not_suggested_again_without_news(met: Service) -> None:
    no = {"need": "N-1", "offer": "R-1", "step": "declined", "by": "need", "reason": "太贵"}
    await met.ask(FUQING, "move-match", **no)
    assert await suggested(met) == ["R-2", "R-3"]
    problem = await met.refused(FUQING, "introduce-match", need="N-1", offer="R-1")
    assert (problem.status, problem.code) == (409, "declined-before")
    await met.ask(
        PROVINCE,
        "revise-listing",
        listing="R-1",
        title="印染废水膜法回用",
        amount_max="900000",
        reason="cheaper",
    )
    answer = await met.ask(FUQING, "suggest", listing="N-1")
    best = answer["items"][0]
    assert (best["listing"], best["declined_before"]) == ("R-1", True)
    await met.ask(FUQING, "introduce-match", need="N-1", offer="R-1")


async def test_exclusions_are_never_introduced(met: Service) -> None:
    terms = {name: NEED[name] for name in ("listing", "title", "description", "industries")}
    await met.ask(FUQING, "revise-listing", **terms, excluded_parties=["海西研究院"], reason="a lawsuit")
    answer = await met.ask(FUQING, "suggest", listing="N-1")
    assert (answer["items"], answer["excluded"]) == ([], 3)
    problem = await met.refused(FUQING, "introduce-match", need="N-1", offer="R-1")
    assert problem.code == "excluded"
    assert "N-1 excludes 海西研究院" in problem.detail


async def test_banks_are_found_by_amount_and_place(service: Service) -> None:
    """TR-22: words say little between a project and a bank."""
    loan = {"meeting": "finance", "title": "技改贷款"}
    for listing, more in {
        "B-far": {"regions": ["350200"], "amount_min": "1000000", "amount_max": "90000000"},
        "B-small": {"regions": ["350100"], "amount_max": "2000000"},
        "B-fits": {"regions": ["350100"], "amount_min": "5000000", "amount_max": "50000000"},
    }.items():
        body = {**loan, "listing": listing, "side": "offer", "region": "350000", "party": listing, **more}
        await service.ask(PROVINCE, "register-listing", **body)
    await service.project("P-1")
    need = {**loan, "listing": "F-1", "side": "need", "region": "350181", "party": "纺织厂", "project": "P-1"}
    await service.ask(FUZHOU, "register-listing", **need, amount_min="20000000", amount_max="20000000")
    assert await suggested(service, "F-1", FUZHOU) == ["B-fits", "B-far", "B-small"]
    pair = {"need": "F-1", "offer": "B-fits"}
    await service.ask(FUZHOU, "introduce-match", **pair)
    signed = {**pair, "step": "matched", "evidence": "借款合同1号"}
    assert (await service.refused(FUZHOU, "move-match", **signed)).code == "amount-missing"
    await service.ask(FUZHOU, "move-match", **signed, amount="20000000")
    unknown = {**need, "listing": "F-2", "project": "P-none"}
    assert (await service.refused(FUZHOU, "register-listing", **unknown)).code == "unknown-project"


async def test_everyone_sees_and_changes_only_what_is_theirs(met: Service) -> None:
    investor = {**RESULT, "meeting": "investment", "listing": "I-1", "title": "拟投资锂电池项目"}
    await met.ask(PROVINCE, "register-listing", **investor)

    async def seen(actor: Any, **query: Any) -> list[str]:
        page = await met.ask(actor, "list-listings", **query)
        return [item["listing"] for item in page["items"]]

    assert await seen(PROVINCE) == await seen(OPS) == ["I-1", "N-1", "R-1", "R-2", "R-3"]
    assert await seen(XIAMEN) == ["I-1", "R-1", "R-2", "R-3"]  # offers are for every office, a need is not
    assert await seen(MILL) == ["N-1", "R-1", "R-2", "R-3"]  # investors' intentions are for government only
    assert await seen(FUZHOU, side="need") == ["N-1"]
    assert await seen(FUZHOU, text="海西", meeting="investment") == ["I-1"]
    assert (await met.refused(XIAMEN, "get-listing", listing="N-1")).status == 404
    assert (await met.refused(MILL, "get-listing", listing="I-1")).status == 404
    assert (await met.refused(XIAMEN, "suggest", listing="N-1")).status == 404
    assert await suggested(met, "R-1", XIAMEN) == []
    assert (await met.refused(XIAMEN, "introduce-match", need="N-1", offer="R-1")).status == 404
    assert (await met.refused(FUQING, "withdraw-listing", listing="R-1", reason="x")).status == 403
    assert (await met.refused(OPS, "introduce-match", need="N-1", offer="R-1")).status == 403
    assert (await met.refused(MILL, "register-listing", **{**NEED, "enterprise": "E-2"})).status == 403
    own = {name: value for name, value in NEED.items() if name != "enterprise"}
    unknown = await met.refused(MILL, "register-listing", **{**own, "listing": "N-2"})
    assert unknown.status == 503
    met.registry["E-1"] = {"enterprise": "E-1", "name": NEED["party"], "region": NEED["region"]}
    made = await met.ask(MILL, "register-listing", **{**own, "listing": "N-2"})
    assert made["enterprise"] == "E-1"


async def test_a_need_that_is_sent_twice_without_an_id_is_asked_about(met: Service) -> None:
    own = {name: value for name, value in NEED.items() if name != "listing"} | {"title": "水性印花色浆国产化"}
    made = await met.ask(FUZHOU, "register-listing", **own)
    again = await met.refused(FUZHOU, "register-listing", **own)
    assert (again.status, again.code, again.extra["listing"]) == (409, "maybe-the-same", made["listing"])
    assert (await met.ask(FUZHOU, "register-listing", **own, confirmed=True))["listing"] != made["listing"]


async def test_an_enterprise_puts_forward_what_is_its_own_where_it_is_registered(met: Service) -> None:
    """Needs came under any party's name, in any region, and the counties' figures counted them."""
    met.registry["E-1"] = {"enterprise": "E-1", "name": NEED["party"], "region": NEED["region"]}
    own = {**{name: value for name, value in NEED.items() if name != "enterprise"}, "listing": "N-3"}
    other_name = await met.refused(MILL, "register-listing", **{**own, "party": "another mill"})
    assert (other_name.status, other_name.code, other_name.where) == (403, "not-your-name", "party")
    assert str(NEED["party"]) in (other_name.remedy or "")
    elsewhere = await met.refused(MILL, "register-listing", **{**own, "region": "350203"})
    assert (elsewhere.status, elsewhere.code, elsewhere.where) == (403, "not-your-region", "region")
    assert (await met.ask(MILL, "register-listing", **own))["party"] == NEED["party"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"region": "999999"}, "unknown-region"),
        ({"regions": ["999999"]}, "unknown-region"),
        ({"amount_min": "5", "amount_max": "4"}, "amount"),
        ({"valid_from": "2013-05-01", "valid_to": "2013-04-30"}, "date-order"),
        ({"title": "长" * 10_000}, "invalid"),
        ({"industries": ["C17"]}, "invalid"),
        ({"meeting": "marriage"}, "invalid"),
    ],
)
async def test_bad_input_is_refused_and_leaves_nothing(
    service: Service, changes: dict[str, Any], code: str
) -> None:
    before = len(await service.events())
    problem = await service.refused(PROVINCE, "register-listing", **{**NEED, **changes})
    assert (problem.status, problem.code) == (422, code)
    assert len(await service.events()) == before


async def test_pairs_that_cannot_meet(met: Service) -> None:
    await met.ask(
        PROVINCE, "register-listing", **{**RESULT, "meeting": "finance", "listing": "B-1", "title": "贷款"}
    )
    for need, offer, code in (
        ("N-1", "B-1", "other-meeting"),
        ("R-1", "N-1", "wrong-side"),
        ("N-1", "R-9", "not-found"),
    ):
        assert (await met.refused(PROVINCE, "introduce-match", need=need, offer=offer)).code == code
    await met.ask(PROVINCE, "withdraw-listing", listing="R-2", reason="x")
    assert (await met.refused(PROVINCE, "introduce-match", need="N-1", offer="R-2")).code == "withdrawn"
    assert (await met.refused(PROVINCE, "suggest", listing="R-2")).code == "not-open"


async def test_an_offer_whose_last_day_is_over_is_not_suggested(met: Service) -> None:
    await met.ask(
        PROVINCE,
        "revise-listing",
        listing="R-1",
        title="印染废水膜法回用",
        valid_to="2013-02-28",
        reason="ends",
    )
    assert (await suggested(met))[0] == "R-1"
    met.clock.set(local(2013, 3, 1))
    assert await suggested(met) == ["R-2", "R-3"]
    assert (await met.refused(PROVINCE, "suggest", listing="R-1")).code == "not-open"


async def test_two_clerks_who_introduce_and_withdraw_at_once_leave_no_pair_of_a_withdrawn_offer(
    met: Service,
) -> None:
    """Either the offer was still open when the two met, or nobody met: the log's order says which."""
    answers = await asyncio.gather(
        met.ask(PROVINCE, "withdraw-listing", listing="R-1", reason="sold"),
        met.ask(FUQING, "introduce-match", need="N-1", offer="R-1"),
        return_exceptions=True,
    )
    types = [event.type for event in await met.events()]
    assert isinstance(answers[0], dict)
    if isinstance(answers[1], dict):
        assert types.index("MatchIntroduced") < types.index("ListingWithdrawn")
    else:
        assert "MatchIntroduced" not in types


async def test_a_list_of_listings_is_read_page_by_page(met: Service) -> None:
    found, cursor = [], None
    while True:
        page = await met.ask(PROVINCE, "list-listings", limit=3, **({"cursor": cursor} if cursor else {}))
        found += [item["listing"] for item in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert found == ["N-1", "R-1", "R-2", "R-3"]
