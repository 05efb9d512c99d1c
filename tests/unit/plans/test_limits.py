"""Limits of energy per product and electricity prices, as data for later issues."""

import re
from datetime import date
from decimal import Decimal

import pytest

from plans.limits import DifferentialRate, Limit
from plans.loader import Plan, load_plan

LEVELS = ("limit", "access", "advanced")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("fujian-2013")


def series(plan: Plan, standard: str, segment: str, indicator: str, **more: str) -> list[Decimal | None]:
    """限定值, 准入值, 先进值 of one indicator, in this order."""
    found: dict[str, Limit] = {
        one.level: one
        for one in plan.limits
        if (one.standard, one.segment, one.indicator) == (standard, segment, indicator)
        and one.class_ == more.get("class_", "all")
        and one.basis == more.get("basis", one.basis)
    }
    assert list(found) == list(LEVELS)[: len(found)]
    return [one.value for one in found.values()]


def numbers(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_en5_the_28_national_standards(plan: Plan) -> None:
    counted = [one for one in plan.limit_standards if one.number is not None]
    assert [one.number for one in counted] == list(range(1, 29))
    assert {one.authority for one in counted} == {"national"}
    years = [re.sub(r".*-", "", one.standard) for one in counted]
    assert [years.count(year) for year in ("2007", "2008", "2010", "2011")] == [9, 13, 5, 1]
    # 21340 to 21351 without a gap, then 21370.
    of_2008 = [int(one.standard[3:8]) for one in counted if one.standard.endswith("2008")]
    assert of_2008 == [*range(21340, 21352), 21370]


def test_x3_cement_changes_its_standard_on_the_1st_of_october_2013(plan: Plan) -> None:
    by_code = {one.standard: one for one in plan.limit_standards}
    assert by_code["GB 16780-2007"].valid_to == date(2013, 9, 30)
    assert by_code["GB 16780-2012"].valid_from == date(2013, 10, 1)
    # G-11: ammonia stays as it is.
    assert by_code["GB 21344-2008"].valid_to is None


def test_cement_limits_as_seen(plan: Plan) -> None:
    large = {"class_": "4000 t/d and more"}
    assert series(plan, "GB 16780-2007", "clinker", "coal", **large) == numbers("120", "110", "107")
    assert series(plan, "GB 16780-2007", "clinker", "energy", **large) == numbers("128", "118", "114")
    grinding = {"class_": "grinding station"}
    assert series(plan, "GB 16780-2007", "grinding", "electricity", **grinding) == numbers("45", "38", "34")
    assert series(plan, "GB 16780-2012", "clinker", "energy") == numbers("120", "115", "110")


def test_where_sources_differ_there_is_a_range_and_no_value(plan: Plan) -> None:
    ranges = [
        (one.term, one.class_, one.value_low, one.value_high) for one in plan.limits if one.value is None
    ]
    assert ranges == [
        ("可比水泥综合能耗", "4000 t/d and more", Decimal(95), Decimal(96)),
        ("可比水泥综合电耗", "2000 to 4000 t/d", Decimal(93), Decimal(98)),
    ]


def test_the_steps_of_steel_making_add_up_to_the_route(plan: Plan) -> None:
    route = series(plan, "GB 21256-2007", "bf_bof_route", "energy")
    steps = [
        series(plan, "GB 21256-2007", segment, "energy", basis="equal")
        for segment in ("sintering", "blast_furnace", "converter")
    ]
    assert [sum(values) for values in zip(*steps, strict=True)] == route == numbers("502", "468", "407")


def test_x6_the_converter_has_limits_of_zero_and_below(plan: Plan) -> None:
    assert series(plan, "GB 21256-2007", "converter", "energy", basis="equal") == numbers("0", "0", "-20")
    assert series(plan, "GB 21256-2007", "converter", "energy", basis="equivalent") == numbers("10")


def test_ferrosilicon_is_limited_by_coal_and_by_electricity_on_either_basis(plan: Plan) -> None:
    standard = "GB 21341-2008"
    assert series(plan, standard, "ferrosilicon", "energy", basis="equal") == numbers("1980", "1910", "1850")
    assert series(plan, standard, "ferrosilicon", "energy", basis="equivalent") == numbers("4600", "4440")
    assert series(plan, standard, "ferrosilicon", "electricity") == numbers("8800", "8500")


def test_every_energy_limit_says_its_electricity_basis_or_that_it_is_not_stated(plan: Plan) -> None:
    assert {one.basis for one in plan.limits if one.indicator == "energy"} == {
        "equal",
        "equivalent",
        "not_stated",
    }
    assert {one.basis for one in plan.limits if one.indicator != "energy"} == {"none"}


def rate(plan: Plan, category: str, day: date, industry: str) -> Decimal:
    def holds(one: DifferentialRate) -> bool:
        return (one.valid_from or date.min) <= day <= (one.valid_to or date.max)

    found = [
        one
        for one in plan.prices.differential_rates
        if one.category == category and holds(one) and one.industry in (None, industry)
    ]
    (best,) = [one for one in found if one.industry] or found
    return best.rate


def test_pr2_pr3_pr5_differential_rates_are_dated(plan: Plan) -> None:
    before, since, later = date(2010, 5, 31), date(2010, 6, 1), date(2017, 6, 1)
    assert rate(plan, "restricted", before, "cement") == Decimal("0.05")
    assert rate(plan, "restricted", since, "cement") == Decimal("0.10")
    assert rate(plan, "obsolete", before, "steel") == Decimal("0.20")
    assert rate(plan, "obsolete", since, "steel") == Decimal("0.30")
    assert rate(plan, "obsolete", later, "steel") == Decimal("0.50")
    assert rate(plan, "obsolete", later, "cement") == Decimal("0.30")
    assert rate(plan, "permitted", since, "cement") == 0


def test_pr1_eight_industries(plan: Plan) -> None:
    assert [one.term for one in plan.prices.industries] == [
        *("电解铝", "铁合金", "电石", "烧碱", "水泥", "钢铁", "黄磷", "锌冶炼"),
    ]


def test_pr4_the_tier_at_exactly_100_percent_is_one_policy_in_one_place(plan: Plan) -> None:
    within, beyond = plan.prices.punitive_tiers
    assert (within.above_percent, within.rate_of) == (Decimal(0), None)
    assert (beyond.from_percent, beyond.rate_of, beyond.confidence) == (Decimal(100), "obsolete", "I")


def test_the_other_price_rules_stand_with_their_rows(plan: Plan) -> None:
    prices = plan.prices
    (surcharge,), (metering,), (combination,) = (
        prices.benchmarking_surcharges,
        prices.metering,
        prices.combinations,
    )
    assert surcharge.rate == Decimal("0.05")
    assert surcharge.refund_within_years == 2
    assert metering.unmetered == "whole_plant"
    assert (combination.rule, combination.confidence) == ("higher_one", "I")
    assert {one.period: len(one.hours) for one in prices.peak_valley} == {"peak": 3, "valley": 1}
    rows = {
        *(one.row for one in prices.industries),
        *(one.row for one in prices.differential_rates),
        *(one.row for one in prices.punitive_tiers),
        *(one.row for one in prices.peak_valley),
        *(one.row for one in prices.background),
        surcharge.row,
        metering.row,
    }
    assert rows == {f"PR-{number}" for number in range(1, 11)}
