"""Projects of all six programmes on their way through the demo's year: registered, reviewed, signed, started, built.

Each line is one project: who keeps it, what it counts for, and its steps with their days. The matched one goes
through the joint pre-review and signs on the stage of the June ceremony.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from demo.story import PROVINCE, Story, day_of
from demo.world import SYNTHETIC

CEREMONY = "618-2013"
_DEPARTMENTS = (
    "development_reform_commission",
    "economic_trade_commission",
    "land_resources_department",
    "environment_department",
    "forestry_department",
    "ocean_fisheries_department",
)


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
        ("tr_relocation",), day_of(2, 5),
        (
            (day_of(2, 25), "filed"), (day_of(3, 15), "started"),
            (day_of(10, 15), "producing"), (day_of(12, 15), "accepted"),
        ),
    ),
    DemoProject(
        "demo-ei-01", "350200", "350212", "大功率LED芯片产业化", "3969", 58_000, "EI",
        ("ei_led", "ei_key_project"), day_of(2, 5),
        ((day_of(3, 15), "approved"), (day_of(5, 20), "started"), (day_of(11, 15), "partly_producing")),
    ),
    DemoProject(
        "demo-en-01", "350400", "350481", "水泥窑余热发电合同能源管理", "3011", 8_600, "EN",
        ("en_waste_heat", "en_epc"), day_of(2, 5),
        ((day_of(2, 25), "filed"), (day_of(5, 20), "started"), (day_of(9, 16), "producing")),
    ),
    DemoProject(
        "demo-in-01", "350300", "350303", "工业设计园区改造", "1952", 4_200, "IN",
        ("in_industrial_design",), day_of(3, 15), ((day_of(5, 20), "filed"), (day_of(9, 16), "started")),
    ),
    DemoProject(
        "demo-di-01", "350900", "350981", "电机制造两化融合示范", "3812", 5_500, "DI",
        ("di_demonstration_project", "di_enterprise"), day_of(2, 25),
        ((day_of(3, 15), "filed"), (day_of(5, 20), "started"), (day_of(11, 15), "producing")),
    ),
)  # fmt: skip
_MATCHED = DemoProject(
    "demo-pm-01", "350100", "350181", "锂离子动力电池生产线", "3841", 96_000, "PM",
    ("pm_industrial", "ei_power_batteries"), day_of(2, 5),
    ((day_of(7, 15), "approved"), (day_of(9, 16), "started")),
)  # fmt: skip
_INVESTOR = {
    "kind": "private",
    "name": f"{SYNTHETIC}集团",
    "categories": ["top_500_private"],
    "origin": "330000",
}


def stories() -> Iterator[Story]:
    """All that happens to these projects."""
    for each in _OWN:
        yield _registration(each)
        yield from _steps(each)
    yield from _matched(_MATCHED)


def step(project: str, city: str, name: str, stage: str, day: date, **more: Any) -> Story:
    """One stage that a project reaches, reported by its city."""
    body = {"stage": stage, "on": day.isoformat(), "evidence": f"{SYNTHETIC}文号", **more}
    return Story(day, city, f"/api/v1/projects/{project}/stages", f"{name}: {stage}", body)


def _registration(each: DemoProject, **more: Any) -> Story:
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
    what = f"{each.county} registers {each.name} ({each.programme})"
    return Story(each.registered_on, each.city, "/api/v1/projects", what, body)


def _steps(each: DemoProject) -> Iterator[Story]:
    for day, stage in each.steps:
        yield _step(each, stage, day)


def _step(each: DemoProject, stage: str, day: date, **more: Any) -> Story:
    return step(each.project, each.city, each.name, stage, day, **more)


def _matched(each: DemoProject) -> Iterator[Story]:
    """三维对接: pre-report, six opinions, conclusion, talks, the June list, the signing on stage; then the works."""
    amount = str(each.total * 10_000)
    review = f"/api/v1/projects/{each.project}/pre-review"
    listed = f"/api/v1/ceremonies/{CEREMONY}/signings/{each.project}"
    yield _registration(each, investor=_INVESTOR, focus_sector="strategic_emerging")
    yield _step(each, "pre_reported", day_of(2, 5))
    for department in _DEPARTMENTS:
        opinion = {"department": department, "view": "agrees", "evidence": f"{SYNTHETIC}意见"}
        yield Story(
            day_of(2, 25), PROVINCE, f"{review}/opinions", f"{each.name}: {department} agrees", opinion
        )
    passed = {"result": "passed", "evidence": f"{SYNTHETIC}预审"}
    yield Story(
        day_of(2, 25), PROVINCE, f"{review}/conclusion", f"{each.name}: the pre-review is passed", passed
    )
    yield _step(each, "negotiating", day_of(3, 15))
    recommended = {"contract": "contract_signed", "amount": amount}
    yield Story(day_of(5, 20), each.city, listed, f"{each.name}: recommended for {CEREMONY}", recommended)
    approved = {"approved": True}
    yield Story(day_of(5, 20), PROVINCE, f"{listed}/audit", f"{each.name}: approved for {CEREMONY}", approved)
    yield _step(each, "contract_signed", day_of(6, 18), amount=amount, ceremony=CEREMONY)
    yield from _steps(each)
