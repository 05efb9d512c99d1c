"""Reported statistics over the operations: vintages, units, scope."""

from typing import Any

import pytest

from shared.identity import Actor
from tests.component.assessment.conftest import (
    ENERGY,
    FUQING,
    FUZHOU,
    MILL,
    OPS,
    PROVINCE,
    XIAMEN,
    Service,
)

KEY = {name: ENERGY[name] for name in ("indicator", "region", "period")}


async def test_a_city_reports_its_energy_and_a_revision_keeps_both_figures(service: Service) -> None:
    first = await service.ask(FUZHOU, "report-statistic", **ENERGY)
    assert (first["value"], first["unit"], first["basis"], first["reported_on"]) == (
        "19864000",
        "tce",
        "equivalent",
        "2013-03-05",
    )
    revised = {**ENERGY, "value": "19921500.5", "source": "yearbook", "reason": "economic census"}
    await service.ask(PROVINCE, "revise-statistic", **revised)
    figure = await service.ask(FUZHOU, "get-statistic", **KEY)
    assert figure["value"] == "19921500.5"
    assert [(v["value"], v["source"], v["reason"]) for v in figure["vintages"]] == [
        ("19864000", "bulletin", None),
        ("19921500.5", "yearbook", "economic census"),
    ]
    row = (await service.ask(PROVINCE, "list-statistics", indicator="total_energy"))["items"]
    assert [(each["value"], each["vintage_count"]) for each in row] == [("19921500.5", 2)]
    event = (await service.events())[-1]
    assert (event.type, event.data["previous_value"]) == ("StatisticRevised", "19864000")


async def test_the_same_figure_twice_is_one_and_another_without_revision_is_refused(service: Service) -> None:
    await service.ask(FUZHOU, "report-statistic", **ENERGY)
    count = len(await service.events())
    await service.ask(FUZHOU, "report-statistic", **ENERGY)
    assert len(await service.events()) == count
    problem = await service.refused(FUZHOU, "report-statistic", **{**ENERGY, "value": "1"})
    assert (problem.status, problem.code) == (409, "already-reported")
    assert "revision" in problem.remedy


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"unit": "tce_1e4"}, 422, "wrong-unit"),
        ({"region": "359999"}, 422, "unknown-region"),
        ({"region": "350112"}, 422, "region-not-in-force"),
        ({"indicator": "happiness"}, 404, "not-found"),
        ({"period": "2013"}, 422, "period-not-over"),
        ({"reported_on": "2013-03-06"}, 422, "reported-in-the-future"),
        ({"value": "-1"}, 422, "invalid"),
        ({"period": "2013-13"}, 422, "invalid"),
    ],
)
async def test_a_figure_that_can_not_be_so_is_refused(
    service: Service, changes: dict[str, Any], status: int, code: str
) -> None:
    problem = await service.refused(PROVINCE, "report-statistic", **{**ENERGY, **changes})
    assert (problem.status, problem.code) == (status, code)
    assert problem.remedy


async def test_today_is_the_day_in_fujian(service: Service) -> None:
    """At 2 a.m. UTC of the 5th it is the 5th there; at 5 p.m. UTC it is already the 6th."""
    service.clock.set(service.clock.now().replace(hour=17))
    figure = await service.ask(FUZHOU, "report-statistic", **ENERGY)
    assert figure["reported_on"] == "2013-03-06"


async def test_before_any_plan_is_loaded_no_region_is_known(bare_service: Service) -> None:
    problem = await bare_service.refused(OPS, "report-statistic", **ENERGY)
    assert problem.code == "unknown-region"
    assert "load the plan" in problem.remedy


@pytest.mark.parametrize(
    ("actor", "region", "allowed"),
    [
        (PROVINCE, "350200", True),
        (OPS, "350181", True),
        (FUZHOU, "350100", True),
        (FUZHOU, "350181", True),
        (FUZHOU, "PT", True),  # part of Fuzhou for statistics
        (FUZHOU, "350200", False),
        (FUZHOU, "350203", False),
        (FUZHOU, "350000", False),
        (XIAMEN, "350100", False),
        (FUQING, "350181", False),
        (MILL, "350181", False),
    ],
)
async def test_who_reports_for_whom(service: Service, actor: Actor, region: str, allowed: bool) -> None:
    body = {**ENERGY, "region": region}
    if allowed:
        assert (await service.ask(actor, "report-statistic", **body))["region"] == region
    else:
        assert (await service.refused(actor, "report-statistic", **body)).status == 403
        assert (await service.refused(actor, "revise-statistic", **body, reason="x")).status == 403


async def test_who_reads_what(service: Service) -> None:
    for region in ("350000", "350100", "350181", "350200"):
        await service.ask(PROVINCE, "report-statistic", **{**ENERGY, "region": region})

    async def seen(actor: Actor) -> list[str]:
        return [item["region"] for item in (await service.ask(actor, "list-statistics"))["items"]]

    assert await seen(PROVINCE) == ["350000", "350100", "350181", "350200"]
    assert await seen(FUZHOU) == ["350000", "350100", "350181"]
    assert await seen(FUQING) == await seen(MILL) == ["350000", "350181"]
    assert (await service.refused(FUZHOU, "list-statistics", region="350200")).status == 403
    other = {**KEY, "region": "350200"}
    assert (await service.refused(FUZHOU, "get-statistic", **other)).status == 404


async def test_pages_of_figures_and_the_reference_list(service: Service) -> None:
    for period in ("2011", "2012-Q4", "2012"):
        await service.ask(PROVINCE, "report-statistic", **{**ENERGY, "period": period})
    first = await service.ask(PROVINCE, "list-statistics", region="350100", limit=2)
    rest = await service.ask(PROVINCE, "list-statistics", region="350100", cursor=first["next_cursor"])
    assert [item["period"] for item in first["items"] + rest["items"]] == ["2011", "2012", "2012-Q4"]
    assert rest["next_cursor"] is None
    indicators = (await service.ask(MILL, "list-indicators"))["items"]
    assert {"total_energy", "gdp", "value_added"} <= {item["indicator"] for item in indicators}
    missing = await service.refused(PROVINCE, "get-statistic", **{**KEY, "period": "2010"})
    assert missing.status == 404
    assert "missing, not zero" in missing.remedy
