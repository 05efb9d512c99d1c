"""Projects of all six programmes on their way through the demo's year: registered, reviewed, signed, started, built.

Each line is one project: who keeps it, what it counts for, and its steps with their days. Every step is an errand
through the gateway. The matched one goes through the joint pre-review and signs on the stage of the June ceremony.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cli.demo.world import SYNTHETIC
from cli.door import Door

Act = tuple[date, str, Callable[[], Awaitable[Any]]]
"""A day, what is told on the screen, and what is done."""
CEREMONY = "618-2013"
_DEPARTMENTS = (
    "development_reform_commission",
    "economic_trade_commission",
    "land_resources_department",
    "environment_department",
    "forestry_department",
    "ocean_fisheries_department",
)


def _day(month: int, day: int) -> date:
    return date(2013, month, day)


@dataclass(frozen=True, slots=True)
class DemoProject:
    """One project; `total` in 万元, `steps` as (day, stage)."""

    project: str
    city: str
    county: str
    name: str
    industry: str
    total: int
    programme: str
    tags: tuple[str, ...]
    registered_on: date
    steps: tuple[tuple[date, str], ...] = field(default=())


_OWN = (
    DemoProject(
        "demo-tr-01", "350500", "350582", "印染生产线异地搬迁技改", "1713", 26_000, "TR",
        ("tr_relocation",), _day(2, 5),
        ((_day(2, 25), "filed"), (_day(3, 15), "started"), (_day(10, 15), "producing"), (_day(12, 15), "accepted")),
    ),
    DemoProject(
        "demo-ei-01", "350200", "350212", "大功率LED芯片产业化", "3969", 58_000, "EI",
        ("ei_led", "ei_key_project"), _day(2, 5),
        ((_day(3, 15), "approved"), (_day(5, 20), "started"), (_day(11, 15), "partly_producing")),
    ),
    DemoProject(
        "demo-en-01", "350400", "350481", "水泥窑余热发电合同能源管理", "3011", 8_600, "EN",
        ("en_waste_heat", "en_epc"), _day(2, 5),
        ((_day(2, 25), "filed"), (_day(5, 20), "started"), (_day(9, 16), "producing")),
    ),
    DemoProject(
        "demo-in-01", "350300", "350303", "工业设计园区改造", "1952", 4_200, "IN",
        ("in_industrial_design",), _day(3, 15), ((_day(5, 20), "filed"), (_day(9, 16), "started")),
    ),
    DemoProject(
        "demo-di-01", "350900", "350981", "电机制造两化融合示范", "3812", 5_500, "DI",
        ("di_demonstration_project", "di_enterprise"), _day(2, 25),
        ((_day(3, 15), "filed"), (_day(5, 20), "started"), (_day(11, 15), "producing")),
    ),
)  # fmt: skip
_MATCHED = DemoProject(
    "demo-pm-01", "350100", "350181", "锂离子动力电池生产线", "3841", 96_000, "PM",
    ("pm_industrial", "ei_power_batteries"), _day(2, 5),
    ((_day(7, 15), "approved"), (_day(9, 16), "started")),
)  # fmt: skip
_INVESTOR = {
    "kind": "private",
    "name": f"{SYNTHETIC}集团",
    "categories": ["top_500_private"],
    "origin": "330000",
}


def acts(province: Door, cities: dict[str, Door]) -> list[Act]:
    """All that happens to these projects, in order of days."""
    made = [act for each in _OWN for act in _own(cities[each.city], each)]
    made += _matched(province, cities[_MATCHED.city])
    return sorted(made, key=lambda act: act[0])


def _own(door: Door, each: DemoProject) -> Iterator[Act]:
    yield each.registered_on, f"{each.county} registers {each.name}", _registration(door, each)
    yield from _steps(door, each)


def _registration(door: Door, each: DemoProject, **more: Any) -> Callable[[], Awaitable[Any]]:
    body = {
        "project": each.project,
        "name": f"{SYNTHETIC}：{each.name}",
        "region": each.county,
        "industry": each.industry,
        "total_investment": str(each.total * 10_000),
        "equipment_investment": str(each.total * 6_000),
        "programmes": [each.programme],
        "tags": list(each.tags),
        "planned_on": each.registered_on.isoformat(),
        **more,
    }
    return lambda: door.post("/api/v1/projects", body, key=f"{each.project}-register")


def _steps(door: Door, each: DemoProject) -> Iterator[Act]:
    for day, stage in each.steps:
        yield day, f"{each.name}: {stage}", _step(door, each, stage, day)


def _step(door: Door, each: DemoProject, stage: str, day: date, **more: Any) -> Callable[[], Awaitable[Any]]:
    body = {"stage": stage, "on": day.isoformat(), "evidence": f"{SYNTHETIC}文号", **more}
    path = f"/api/v1/projects/{each.project}/stages"
    return lambda: door.post(path, body, key=f"{each.project}-{stage}")


def _matched(province: Door, city: Door) -> Iterator[Act]:
    """三维对接: pre-report, six opinions, conclusion, talks, the June list, the signing on stage; then the works."""
    each, amount = _MATCHED, str(_MATCHED.total * 10_000)
    project, review = each.project, f"/api/v1/projects/{each.project}/pre-review"
    listed = f"/api/v1/ceremonies/{CEREMONY}/signings/{project}"
    yield (
        each.registered_on,
        f"{each.county} plans {each.name}",
        _registration(city, each, investor=_INVESTOR, focus_sector="strategic_emerging"),
    )
    yield _day(2, 5), f"{each.name}: pre-reported", _step(city, each, "pre_reported", _day(2, 5))

    async def review_it() -> None:
        for department in _DEPARTMENTS:
            opinion = {"department": department, "view": "agrees", "evidence": f"{SYNTHETIC}意见"}
            await province.post(f"{review}/opinions", opinion, key=f"{project}-{department}")
        passed = {"result": "passed", "evidence": f"{SYNTHETIC}预审"}
        await province.post(f"{review}/conclusion", passed, key=f"{project}-passed")

    async def list_it() -> None:
        recommended = {"contract": "contract_signed", "amount": amount}
        await city.post(listed, recommended, key=f"{project}-recommended")
        await province.post(f"{listed}/audit", {"approved": True}, key=f"{project}-audited")

    yield _day(2, 25), f"{each.name}: six departments agree, the pre-review is passed", review_it
    yield _day(3, 15), f"{each.name}: negotiating", _step(city, each, "negotiating", _day(3, 15))
    yield _day(5, 20), f"{each.name}: recommended and approved for {CEREMONY}", list_it
    signing = _step(city, each, "contract_signed", _day(6, 18), amount=amount, ceremony=CEREMONY)
    yield _day(6, 18), f"{each.name}: contract signed on stage", signing
    yield from _steps(city, each)
