"""The appraisal over the operations: what the door brings along is frozen, who sees what, a year without targets."""

from datetime import UTC, datetime
from typing import Any

from tests.component.assessment.conftest import FUQING, FUZHOU, OPS, PROVINCE, XIAMEN, Service

OF: dict[str, Any] = {"plan": "fujian-2013", "year": 2013}
NOTICE = {"evidence": "1号"}
_MEASURES = ("decomposition", "reporting", "starts", "reserve", "city_fund")


def points(each: str = "8") -> list[dict[str, str]]:
    return [{"item": item, "points": each, **NOTICE} for item in _MEASURES]


def figure(service: Service, share: str = "0.9", *missing: str, region: str = "350100") -> None:
    """What progress says of every city: that share of its target was completed."""
    items = []
    for target in service.plan["targets"]:
        if target["measure"] == "tech_renovation_investment" and target["level"] == "prefecture":
            value = f"{float(target['value']) * float(share):.4f}"
            completeness = {"expected": 12, "received": 12 - len(missing), "missing": list(missing)}
            items.append(
                {"target": target["target"], "unit": "CNY_1e8", "value": value, "target_value": target["value"],
                 "completeness": completeness, "region": target["region"]}
            )  # fmt: skip
    service.attached = {
        "items": items,
        "fresh": {"sources": {"projects": {"position": 77, "recorded_at": None}}},
    }


def in_2014(service: Service, month: int, day: int) -> None:
    service.clock.set(datetime(2014, month, day, 2, tzinfo=UTC))


async def test_nine_cities_are_assessed_verified_ranked_and_three_awarded(service: Service) -> None:
    in_2014(service, 1, 6)
    opened = await service.ask(PROVINCE, "open-appraisal", **OF)
    regions = [city["region"] for city in opened["cities"]]
    assert (len(regions), opened["scored"], opened["self_due_on"]) == (9, True, "2014-01-31")
    figure(service)
    own = {**OF, "region": "350100", "items": points("10"), **NOTICE}
    mine = await service.ask(FUZHOU, "assess-own", **own)
    assert [city["region"] for city in mine["cities"]] == ["350100"]
    score = mine["cities"][0]["own"]
    assert (score["completion_points"], score["total"], score["late"]) == ("45.00", "95.00", False)
    assert score["completion"]["positions"] == [{"source": "projects", "position": 77}]
    assert score["completion"]["value"] == "594.0000"
    in_2014(service, 2, 10)
    for number, region in enumerate(regions):
        body = {**OF, "region": region, "items": points(str(9 - number / 2)), **NOTICE}
        await service.ask(PROVINCE, "verify-score", **body)
    await service.ask(PROVINCE, "publish-ranking", **OF, **NOTICE)
    awarded = await service.ask(PROVINCE, "grant-awards", **OF, **NOTICE)
    assert awarded["standing"] == "awarded"
    assert [city["award"] for city in awarded["cities"]][:4] == [
        "2000000.00",
        "1500000.00",
        "1000000.00",
        "0",
    ]
    (row,) = (await service.ask(FUQING, "list-appraisals"))["items"]
    assert (row["self_assessed"], row["verified"], row["edition"]) == (1, 9, 1)
    kinds = [event.type for event in await service.events()]
    assert (kinds.count("ScoreVerified"), kinds.count("RankingPublished"), kinds.count("AwardGranted")) == (
        9,
        1,
        3,
    )
    fix = {**OF, "region": "350100", "items": points("2"), **NOTICE}
    assert (await service.refused(PROVINCE, "verify-score", **fix)).code == "reason-required"
    await service.ask(PROVINCE, "verify-score", **fix, reason="evidence was withdrawn")
    edition = await service.ask(PROVINCE, "publish-ranking", **OF, **NOTICE, reason="a score was corrected")
    assert edition["standing"] == "published"
    corrected = edition["editions"][1]["differences"][-1]
    assert (corrected["region"], corrected["region_name"]) == ("350100", "福州市")
    assert "福州市" in {each["region_name"] for each in edition["editions"][0]["cities"]}
    again = await service.ask(PROVINCE, "grant-awards", **OF, **NOTICE)
    assert (again["standing"], sum(float(city["award"]) for city in again["cities"])) == (
        "awarded",
        4_500_000,
    )
    elsewhere = await service.ask(XIAMEN, "get-appraisal", **OF)
    assert [city["region"] for city in elsewhere["cities"]] == ["350200"]
    assert len(elsewhere["editions"][0]["cities"]) == 9
    assert (await service.ask(FUQING, "get-appraisal", **OF))["cities"] == []


async def test_what_was_verified_and_is_known_otherwise_now_says_so(service: Service) -> None:
    in_2014(service, 2, 10)
    opened = await service.ask(PROVINCE, "open-appraisal", **OF)
    figure(service)
    for city in opened["cities"]:
        body = {**OF, "region": city["region"], "items": points(), **NOTICE}
        await service.ask(PROVINCE, "verify-score", **body)
    await service.ask(PROVINCE, "publish-ranking", **OF, **NOTICE)
    assert (await service.ask(PROVINCE, "get-appraisal", **OF))["outdated"] == []
    for item in service.attached["items"]:  # May was corrected since
        if item["region"] == "350100":
            item["value"] = "600.5000"
    path = "POST /plans/fujian-2013/appraisals/2013"
    marked = {
        "region": "350100",
        "region_name": "福州市",
        "target": "TR-6a",
        "unit": "CNY_1e8",
        "verified": "594.0000",
        "now": "600.5000",
        "difference": "6.5000",
        "correct_with": f"{path}/scores for 350100, then {path}/rankings",
    }
    assert (await service.ask(PROVINCE, "get-appraisal", **OF))["outdated"] == [marked]
    assert (await service.ask(FUZHOU, "get-appraisal", **OF))["outdated"] == [marked]
    assert (await service.ask(XIAMEN, "get-appraisal", **OF))["outdated"] == []
    assert (await service.ask(PROVINCE, "list-outdated-scores"))["items"] == [OF | marked]
    assert (await service.ask(FUZHOU, "list-outdated-scores"))["items"] == [OF | marked]
    assert (await service.ask(XIAMEN, "list-outdated-scores"))["items"] == []
    service.attached = {}  # progress is away
    assert (await service.ask(PROVINCE, "get-appraisal", **OF))["outdated"] is None
    assert (await service.ask(PROVINCE, "list-outdated-scores"))["items"] is None


async def test_a_city_below_the_limit_is_summoned_and_sees_what_it_owes(service: Service) -> None:
    in_2014(service, 2, 10)
    opened = await service.ask(PROVINCE, "open-appraisal", **OF)
    figure(service, "0.6")
    for city in opened["cities"]:
        each = {"region": city["region"], "items": points("5" if city["region"] == "350100" else "8")}
        await service.ask(PROVINCE, "verify-score", **OF, **each, **NOTICE)
    ranked = await service.ask(PROVINCE, "publish-ranking", **OF, **NOTICE)
    assert [city["region"] for city in ranked["cities"] if city["to_summon"]] == ["350100"]
    of = {**OF, "region": "350100"}
    call = {**of, "whom": "市经贸委", "by": "省经贸委", "hold_on": "2014-03-20", **NOTICE}
    assert (await service.refused(FUZHOU, "summon-city", **call)).status == 403
    await service.ask(PROVINCE, "summon-city", **call)
    in_2014(service, 3, 21)
    (mine,) = (await service.ask(FUZHOU, "get-appraisal", **OF))["cities"]
    assert (mine["summons"]["standing"], mine["summons"]["total"]) == ("not_held", "55.00")
    minutes = {"held_on": "2014-03-20", "agreed": "补报储备库", **NOTICE}
    await service.ask(PROVINCE, "hold-summons", **of, **minutes)
    (mine,) = (await service.ask(FUZHOU, "get-appraisal", **OF))["cities"]
    assert (mine["summons"]["standing"], mine["summons"]["report_due_on"]) == ("held", "2014-04-19")
    assert (await service.ask(XIAMEN, "get-appraisal", **OF))["cities"][0]["summons"] is None
    (mine,) = (await service.ask(FUZHOU, "report-improvement", **of, evidence="榕经技35号"))["cities"]
    assert (mine["summons"]["standing"], mine["summons"]["report_late"]) == ("reported", False)


async def test_the_first_self_assessment_is_the_receipt_and_who_sends_none_is_missing(
    service: Service,
) -> None:
    """TR-25a: a second one after the day puts other points in its place, and was in time all the same."""
    in_2014(service, 1, 20)
    opened = await service.ask(PROVINCE, "open-appraisal", **OF)
    assert {city["receipt"] for city in opened["cities"]} == {"not_due"}
    figure(service)
    for month, day, each in ((1, 20, "8"), (2, 3, "9")):
        in_2014(service, month, day)
        await service.ask(FUZHOU, "assess-own", **OF, region="350100", items=points(each), **NOTICE)
    cities = (await service.ask(PROVINCE, "get-appraisal", **OF))["cities"]
    assert (cities[0]["receipt"], cities[0]["received_on"], cities[0]["own"]["on"]) == (
        "received",
        "2014-01-20",
        "2014-02-03",
    )
    assert {city["receipt"] for city in cities[1:]} == {"missing"}


async def test_a_repeat_is_the_same_request_whatever_was_read_for_it_meanwhile(service: Service) -> None:
    in_2014(service, 1, 6)
    await service.ask(PROVINCE, "open-appraisal", **OF)
    own = {**OF, "region": "350100", "items": points(), **NOTICE}
    figure(service, "0.9")
    first = await service.call(FUZHOU, "assess-own", key="once", **own)
    figure(service, "0.95")
    assert await service.call(FUZHOU, "assess-own", key="once", **own) == first


async def test_a_figure_of_another_target_than_the_one_that_stands_is_not_frozen(service: Service) -> None:
    in_2014(service, 1, 6)
    await service.ask(PROVINCE, "open-appraisal", **OF)
    figure(service)
    revision = {"plan": OF["plan"], "target": "TR-6a", "value": "600", "reason": "moved"}
    await service.ask(PROVINCE, "revise-target", **revision)
    own = {**OF, "region": "350100", "items": points(), **NOTICE}
    assert (await service.refused(FUZHOU, "assess-own", **own)).status == 503
    service.attached = {}
    assert (await service.refused(FUZHOU, "assess-own", **own)).status == 503
    assert (await service.refused(XIAMEN, "assess-own", **own)).status == 403


async def test_missing_reports_are_named_and_let_go_only_with_a_reason(service: Service) -> None:
    in_2014(service, 2, 10)
    await service.ask(PROVINCE, "open-appraisal", **OF)
    figure(service, "0.9", "350100:2013-12")
    body = {**OF, "region": "350100", "items": points(), **NOTICE}
    problem = await service.refused(PROVINCE, "verify-score", **body)
    assert (problem.status, problem.code) == (422, "reports-missing")
    assert "350100:2013-12" in problem.detail
    view = await service.ask(PROVINCE, "verify-score", **body, missing_accepted="it came on paper")
    assert view["cities"][0]["verified"]["missing_accepted"] == "it came on paper"


async def test_2012_has_no_targets_it_is_self_assessed_and_not_scored(service: Service) -> None:
    """X-13: the literal date of TR-25a assesses 2012."""
    of = {**OF, "year": 2012}
    opened = await service.ask(PROVINCE, "open-appraisal", **of)
    assert (len(opened["cities"]), opened["scored"], opened["self_due_on"]) == (9, False, "2013-01-31")
    own = await service.ask(FUZHOU, "assess-own", **of, region="350100", items=points(), **NOTICE)
    score, receipt = own["cities"][0]["own"], own["cities"][0]["receipt"]
    assert (score["completion"], score["total"], score["late"], receipt) == (None, "40", True, "late")
    problem = await service.refused(PROVINCE, "verify-score", **of, region="350100", items=points(), **NOTICE)
    assert (problem.status, problem.code) == (422, "no-target")


async def test_the_scheme_comes_with_the_plan_and_a_change_needs_a_reason(bare_service: Service) -> None:
    assert (await bare_service.refused(PROVINCE, "open-appraisal", **OF)).status == 404
    before = {**bare_service.plan, "appraisal_schemes": None}
    assert (await bare_service.ask(OPS, "load-plan", **before))["appraisal_schemes"] == "unchanged"
    assert (await bare_service.refused(PROVINCE, "open-appraisal", **OF)).code == "no-scheme"
    assert (await bare_service.ask(OPS, "load-plan", **bare_service.plan))["appraisal_schemes"] == "changed"
    assert (await bare_service.ask(OPS, "load-plan", **bare_service.plan))["appraisal_schemes"] == "unchanged"
    (scheme,) = bare_service.plan["appraisal_schemes"]
    other = {**bare_service.plan, "appraisal_schemes": [{**scheme, "completion_points": "60"}]}
    assert (await bare_service.refused(OPS, "load-plan", **other)).code == "reason-required"
    await bare_service.ask(OPS, "load-plan", **other, reason="decision of the province")
    wrong = {**bare_service.plan, "appraisal_schemes": [{**scheme, "self_due": [2, 30]}]}
    assert (await bare_service.refused(OPS, "load-plan", **wrong)).code == "inconsistent-plan"
