"""Designations over the operations: the register, its filters, its history, and two clerks at once."""

import asyncio
from typing import Any

from shared.problems import Problem
from tests.component.assessment.conftest import FUQING, FUZHOU, MILL, OPS, PROVINCE, Service

CENTRE: dict[str, Any] = {
    "designation": "D-1",
    "kind": "enterprise_technology_centre",
    "name": "示例照明企业技术中心",
    "region": "350200",
    "designated_on": "2013-02-26",
    "issuer": "省经贸委",
    "evidence": "闽经贸技术〔2013〕88号",
    "enterprise": "E-1",
    "fields": ["ei_led"],
}
OF = {"designation": "D-1", "evidence": "2号"}


async def listed(service: Service, **filters: Any) -> list[str]:
    page = await service.ask(MILL, "list-designations", **filters)
    return [item["designation"] for item in page["items"]]


async def test_a_centre_is_designated_warned_and_withdrawn_and_its_history_says_by_what(
    service: Service,
) -> None:
    await service.ask(PROVINCE, "designate", **CENTRE)
    view = await service.ask(PROVINCE, "assess-designation", **OF, year=2012, score="62.5")
    assert (view["standing"], view["since"], view["withdrawn_on"]) == ("warned", "2013-03-05", None)
    await service.ask(PROVINCE, "withdraw-designation", **OF, reason="not mended")
    detail = await service.ask(FUQING, "get-designation", designation="D-1")
    assert [(step["what"], step["on"], step["score"], step["reason"]) for step in detail["history"]] == [
        ("designated", "2013-02-26", None, None),
        ("warned", "2013-03-05", "62.5", None),
        ("withdrawn", "2013-03-05", None, "not mended"),
    ]
    assert (detail["standing"], detail["withdrawn_on"], detail["history"][0]["by"]) == (
        "withdrawn",
        "2013-03-05",
        "province-office",
    )


async def test_one_thing_stands_once_as_one_of_a_kind_also_for_two_clerks_at_once(service: Service) -> None:
    async def enter(number: int) -> str:
        try:
            await service.ask(PROVINCE, "designate", **{**CENTRE, "designation": f"D-{number}"})
        except Problem as problem:
            return f"{problem.status} {problem.code}"
        return "designated"

    outcomes = await asyncio.gather(*(enter(number) for number in range(1, 5)))
    assert sorted(outcomes) == [*["409 already-designated"] * 3, "designated"]
    assert [event.type for event in await service.events()].count("Designated") == 1
    (standing,) = await listed(service)
    renamed = {**CENTRE, "designation": "D-9", "name": "改名后的技术中心"}
    assert (await service.refused(PROVINCE, "designate", **renamed)).code == "already-designated"
    wrong = {"designation": standing, "evidence": "更正1号", "reason": "typing error", "annul": True}
    await service.ask(PROVINCE, "withdraw-designation", **wrong)
    await service.ask(PROVINCE, "designate", **renamed)
    await service.ask(PROVINCE, "designate", **{**renamed, "designation": "D-10", "level": "national"})


async def test_the_list_is_filtered_and_paged_and_knows_who_stood_on_a_day(service: Service) -> None:
    await service.ask(PROVINCE, "designate", **CENTRE)
    leader = {**CENTRE, "kind": "industry_leader", "enterprise": None, "fields": [], "region": "350181"}
    for number in (2, 3):
        await service.ask(
            PROVINCE, "designate", **{**leader, "designation": f"D-{number}", "name": f"企业{number}"}
        )
    await service.ask(
        PROVINCE, "withdraw-designation", **{**OF, "designation": "D-2"}, reason="r", on="2013-03-01"
    )
    assert await listed(service, region="350100") == ["D-2", "D-3"]
    assert await listed(service, field="ei_led") == ["D-1"]  # EI-12: centres of emerging industries
    assert await listed(service, enterprise="E-1", level="provincial") == ["D-1"]
    assert await listed(service, kind="industry_leader", on="2013-02-28") == ["D-2", "D-3"]
    assert await listed(service, kind="industry_leader", on="2013-03-01") == ["D-3"]
    assert await listed(service, standing="withdrawn") == ["D-2"]
    first = await service.ask(OPS, "list-designations", limit=2)
    rest = await service.ask(OPS, "list-designations", cursor=first["next_cursor"])
    assert ([*first["items"], *rest["items"]][2]["designation"], rest["next_cursor"]) == ("D-3", None)
    assert (first["count"], rest["count"]) == (3, 3)
    kinds = (await service.ask(MILL, "list-designation-kinds"))["items"]
    assert {"industry_leader", "enterprise_technology_centre"} <= {kind["kind"] for kind in kinds}


async def test_designating_is_the_provinces(service: Service) -> None:
    assert (await service.refused(FUZHOU, "designate", **CENTRE)).status == 403
    for operation, more in (
        ("warn-designation", {"reason": "r"}),
        ("assess-designation", {"year": 2012, "score": "70"}),
        ("withdraw-designation", {"reason": "r"}),
    ):
        assert (await service.refused(FUZHOU, operation, **OF, **more)).status == 403
        assert (await service.refused(PROVINCE, operation, **OF, **more)).status == 404
    assert (await service.refused(MILL, "get-designation", designation="D-1")).status == 404
    unknown = await service.refused(PROVINCE, "designate", **{**CENTRE, "kind": "happiest_firm"})
    assert (unknown.status, unknown.where) == (422, "kind")
