"""Regions of the plan: 9 cities, 85 county-level units, 平潭, and codes that change (X-19)."""

from collections import Counter
from datetime import date

import pytest

from plans.loader import Plan, load_plan
from plans.model import Region

PLAN_DAY = date(2013, 1, 27)
COUNTIES = {
    "350100": 13,
    "350200": 6,
    "350300": 5,
    "350400": 12,
    "350500": 12,
    "350600": 11,
    "350700": 10,
    "350800": 7,
    "350900": 9,
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("fujian-2013")


def on(plan: Plan, day: date) -> list[Region]:
    return [
        one for one in plan.regions if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
    ]


def test_nine_cities_and_85_county_level_units_of_which_84_are_administered(plan: Plan) -> None:
    levels = Counter(region.level for region in on(plan, PLAN_DAY))
    assert levels == {"province": 1, "prefecture": 9, "county": 85, "zone": 1}
    counties = [region for region in on(plan, PLAN_DAY) if region.level == "county"]
    assert Counter(region.kind for region in counties) == {"district": 26, "county_city": 14, "county": 45}
    assert [region.code for region in counties if not region.administered] == ["350527"]
    assert Counter(region.parent for region in counties) == COUNTIES


def test_codes_name_their_city(plan: Plan) -> None:
    for region in plan.regions:
        if region.level == "county":
            assert region.parent == region.code[:4] + "00"
            assert region.name.endswith({"district": "区", "county": "县", "county_city": "市"}[region.kind])


def test_pingtan_has_a_key_of_its_own_and_two_dated_relations(plan: Plan) -> None:
    (pingtan,) = [region for region in plan.regions if region.code == "PT"]
    assert (pingtan.level, pingtan.name, pingtan.parent) == ("zone", "平潭综合实验区", "350000")
    relations = {(one.kind, one.to) for one in plan.relations if one.region == "PT"}
    assert relations == {("part_of", "350100"), ("reports_to", "350000")}
    assert all(one.valid_from <= PLAN_DAY for one in plan.relations)


@pytest.mark.parametrize(
    ("old", "new", "year"),
    [("350784", "350703", 2014), ("350822", "350803", 2014), ("350182", "350112", 2017)],
)
def test_a_later_code_follows_its_predecessor_without_a_gap(
    plan: Plan, old: str, new: str, year: int
) -> None:
    by_code = {region.code: region for region in plan.regions}
    ended, began = by_code[old].valid_to, by_code[new].valid_from
    assert ended is not None
    assert (began - ended).days == 1
    assert began.year == year
    assert by_code[new].replaces == old
    assert by_code[new].parent == by_code[old].parent


def test_the_number_of_counties_survives_the_changes(plan: Plan) -> None:
    assert sum(region.level == "county" for region in on(plan, date(2018, 1, 1))) == 85
