"""Ten years of a province's events, made up: what `bench.as_of` fills a read-model with. Pure; no two runs differ.

A project has five events, spread over the years; every region reports every month of three years; key users are
judged and measured every day of the last ones.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from plans.loader import load_plan
from shared.clock import CHINA
from shared.envelope import Envelope

PLAN = "fujian-2013"
FIRST, LAST = date(2004, 1, 1), date(2013, 12, 31)
KEY_USERS = 500
_TAGS = (
    *("di_demonstration_project", "ei_fund_investment", "ei_key_project", "ei_renovation", "ei_industrialisation"),
    *("ei_innovation_software", "ei_innovation_platform", "ei_demonstration", "en_boiler", "en_motor", "en_system"),
    *("en_waste_heat", "en_building", "en_public", "en_commerce", "en_transport", "en_epc", "in_team"),
    *("pm_industrial", "tr_outstanding"),
)  # fmt: skip
_KINDS = ("private", "central_soe", "foreign")
_DESIGNATED = (
    *("ei_backbone_enterprise", "enterprise_technology_centre", "technology_development_base", "industry_leader"),
    *("brand_demonstration_enterprise", "industrial_design_centre", "informatisation_demonstration_enterprise"),
)  # fmt: skip
Said = tuple[datetime, str, dict[str, Any]]
"""(when it was recorded, event type, data)"""


def sources(
    projects: int, designations: int = 3_000, key_users: int = KEY_USERS, days: int = 90
) -> dict[str, list[Said]]:
    """The events of each source in the order of their recording."""
    plan = load_plan(PLAN).parts()["assessment"]
    counties = [r["code"] for r in plan["regions"] if r["level"] == "county"]
    dice = random.Random(2013)
    made = {
        "assessment": [*_published(plan), *_designations(dice, designations, counties)],
        "projects": [*_projects(dice, projects, counties), *_reports(dice, plan)],
        "energy": [*_key_users(dice, key_users, days, counties)],
    }
    return {source: sorted(said, key=lambda each: each[0]) for source, said in made.items()}


def envelopes(source: str, said: list[Said]) -> Iterator[Envelope]:
    """The same as a source's log tells it; the chain of hashes is left out."""
    for position, (at, event, data) in enumerate(said, start=1):
        yield Envelope(
            specversion="1.0",
            id=f"{position}-bench",
            source=source,
            type=event,
            subject="bench",
            time=at,
            datacontenttype="application/json",
            schemaversion=1,
            sequence=position,
            streamversion=position,
            recordedtime=at,
            hash="0" * 64,
            previoushash="0" * 64,
            simulated=False,
            data=data,
        )


def _at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), CHINA).astimezone(UTC)


def _published(plan: dict[str, Any]) -> Iterator[Said]:
    at = _at(FIRST, 0)
    header = {k: plan[k] for k in ("plan", "title", "issuer", "issued_on", "year", "source", "programmes")}
    yield at, "PlanPublished", header
    yield at, "RegionsDefined", {"plan": plan["plan"], "regions": plan["regions"]}
    for target in plan["targets"]:
        yield at, "TargetSet", {"plan": plan["plan"], **target, "origin": "publication"}
    for region in (r["code"] for r in plan["regions"] if r["level"] in ("province", "prefecture")):
        for indicator, unit in (
            ("tech_renovation_investment", "CNY_1e8"),
            ("total_energy", "tce_1e4"),
            ("gdp", "CNY_1e8"),
        ):
            for year in ("2012", "2013"):
                said = {
                    "indicator": indicator,
                    "region": region,
                    "period": year,
                    "value": "3000",
                    "unit": unit,
                }
                yield _at(date(int(year) + 1, 1, 20) if year == "2012" else LAST), "StatisticReported", said


def _designations(dice: random.Random, designations: int, counties: list[str]) -> Iterator[Said]:
    for number in range(designations):
        day = _some_day(dice)
        said = {
            "designation": f"D-{number}",
            "kind": dice.choice(_DESIGNATED),
            "level": dice.choice(["provincial", "national"]),
            "name": f"thing {number * 5 // 6}",
            "region": dice.choice(counties),
            "designated_on": day.isoformat(),
        }
        yield _at(day), "Designated", said
        if dice.random() < 0.2:
            end = min(day + timedelta(days=dice.randrange(30, 1_500)), LAST)
            yield _at(end), "DesignationWithdrawn", {**said, "withdrawn_on": end.isoformat()}


def _projects(dice: random.Random, projects: int, counties: list[str]) -> Iterator[Said]:
    for number in range(projects):
        yield from _project(dice, f"P-{number}", dice.choice(counties))


def _project(dice: random.Random, project: str, region: str) -> Iterator[Said]:
    """Registered, one or two stages, in a quarter of all cases in a register, and changed once."""
    day = _some_day(dice)
    since = day.isoformat()
    what = {
        "programmes": ["TR"],
        "tags": dice.sample(_TAGS, dice.choice([0, 0, 0, 0, 0, 1, 1, 2])),
        "investor": {"kind": dice.choice(_KINDS), "name": "X", "categories": []}
        if dice.random() < 0.25
        else None,
        "industry": f"{dice.randrange(6, 47):02d}10",
    }
    amount = str(dice.randrange(10, 5_000) * 100_000)
    first = {"project": project, "region": region, "registered_on": since, "planned_on": since}
    yield _at(day), "ProjectRegistered", {**first, "total_investment": amount, "registers": [], **what}
    register = (
        dice.choice(["provincial_key", "reserve_provincial", "city_key"]) if dice.random() < 0.25 else None
    )
    if register is not None:
        yield _at(day), "RegisterJoined", {"project": project, "register": register, "valid_from": since}
    stages = ["started" if dice.random() < 0.7 else "contract_signed", "producing"]
    for stage in stages if register is not None else ["filed", *stages]:
        day = _later(dice, day, 400)
        known = _later(dice, day, 90) if dice.random() < 0.3 else day
        yield _at(known), "ProjectStageReached", {"project": project, "stage": stage, "on": day.isoformat()}
    day = _later(dice, day, 200)
    if register is not None:
        left = {"project": project, "register": register, "valid_from": since, "valid_to": day.isoformat()}
        yield _at(day), "RegisterLeft", left
    else:
        changed = {"total_investment": "70000000", "changed_on": day.isoformat(), "changed": ["tags"]}
        what["tags"] = dice.sample(_TAGS, 1) if dice.random() < 0.3 else []
        yield _at(day), "ProjectChanged", {"project": project, **what, **changed}


def _reports(dice: random.Random, plan: dict[str, Any]) -> Iterator[Said]:
    for region in (each["code"] for each in plan["regions"]):
        for month in range(36):
            year, number = 2011 + month // 12, month % 12 + 1
            due = min(date(year + number // 12, number % 12 + 1, dice.randrange(1, 9)), LAST)
            report, name = f"{year}-{number:02d}", f"{region}:{year}-{number:02d}"
            said = {"report": name, "region": region, "month": report}
            amount = str(dice.randrange(5, 50) * 100_000_000)
            yield _at(due), "MonthlyReportFiled", {**said, "investment": amount}
            if dice.random() < 0.05:
                again = _at(_later(dice, due, 90), 10)
                yield again, "MonthlyReportCorrected", {**said, "investment": "777000000"}


def _key_users(dice: random.Random, key_users: int, days: int, counties: list[str]) -> Iterator[Said]:
    homes = {f"E-{number:04d}": dice.choice(counties) for number in range(key_users)}
    for name, region in homes.items():
        yield _at(FIRST), "EnterpriseRegistered", {"enterprise": name, "name": name, "region": region}
    listed = [{"enterprise": name, "region": region, "tce": "20000"} for name, region in homes.items()]
    yield (
        _at(date(2013, 1, 28)),
        "KeyUsersDesignated",
        {"year": 2013, "basis": "equivalent", "enterprises": listed},
    )
    for back in range(days):
        day = LAST - timedelta(days=back)
        for name, region in homes.items():
            of = {"enterprise": name, "region": region, "day": day.isoformat()}
            energy = {"revision": 1, "tce_equal": "55.5", "tce_equivalent": "66.6"}
            yield _at(day, 20), "CoverageChanged", {**of, "online": dice.random() < 0.9}
            yield _at(day, 23), "EnterpriseDayMeasured", {**of, **energy}


def _some_day(dice: random.Random) -> date:
    return FIRST + timedelta(days=dice.randrange((LAST - FIRST).days))


def _later(dice: random.Random, day: date, most: int) -> date:
    return min(day + timedelta(days=dice.randrange(1, most)), LAST)
