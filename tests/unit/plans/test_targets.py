"""The targets of the plan as data, against the plan's own rows (written here by hand)."""

from decimal import Decimal

import pytest

from plans.loader import Plan, load_plan

LETTERS_A_TO_I = "abcdefghi"
ROWS = [
    *("TR-1", "TR-2", "TR-3", "TR-4", "TR-5"),
    *(f"TR-6{letter}" for letter in LETTERS_A_TO_I),
    *("TR-11", "TR-15", "TR-16", "TR-27b"),
    *("PM-1", "PM-2", "PM-3", "PM-4", "PM-5", "PM-6"),
    *("EI-1", "EI-2", "EI-3", "EI-5", "EI-6", "EI-7", "EI-10", "EI-13", "EI-14", "EI-15"),
    *("EN-1", "EN-2"),
    *(f"EN-3{letter}" for letter in LETTERS_A_TO_I),
    *(f"EN-4{letter}" for letter in "abcdefg"),
    *("EN-9", "EN-13a", "EN-14", "EN-15a", "EN-15b", "EN-16"),
    *("IN-1", "IN-2", "IN-3", "IN-4", "IN-5", "IN-6", "IN-7", "IN-8", "IN-9", "IN-10", "IN-11"),
    *("DI-1", "DI-2", "DI-3", "DI-4", "DI-5"),
]
"""Every row of kind T or TC of the plan, in its order."""

VALUES = {
    "TR-1": ("2600", "CNY_1e8"),
    "TR-2": ("30", "percent"),
    "TR-3": ("50", "percent"),
    "TR-4": ("500", "count"),
    "TR-5": ("150", "count"),
    "TR-11": ("100", "count"),
    "TR-15": ("1", "CNY_1e12"),
    "TR-16": ("3", "count"),
    "TR-27b": ("30", "count"),
    "PM-1": ("20", "count"),
    "PM-2": ("90", "percent"),
    "PM-3": ("3000", "CNY_1e8"),
    "PM-4": ("50", "percent"),
    "PM-5": ("20", "count"),
    "PM-6": ("30", "count"),
    "EI-1": ("1800", "CNY_1e8"),
    "EI-2": ("25", "percent"),
    "EI-3": ("20", "count"),
    "EI-5": ("100", "count"),
    "EI-6": ("100", "count"),
    "EI-7": ("30", "count"),
    "EI-10": ("100", "count"),
    "EI-13": ("50", "count"),
    "EI-14": ("10", "count"),
    "EI-15": ("20", "count"),
    "EN-2": ("3.5", "percent"),
    "EN-4a": ("0.5", "percent"),
    "EN-4b": ("4", "percent"),
    "EN-4c": ("3", "percent"),
    "EN-4d": ("3", "percent"),
    "EN-4e": ("4", "percent"),
    "EN-4f": ("3", "percent"),
    "EN-4g": ("4", "percent"),
    "EN-9": ("100", "percent"),
    "EN-13a": ("3", "count"),
    "EN-14": ("100", "percent"),
    "EN-15a": ("200", "count"),
    "EN-15b": ("80", "tce_1e4"),
    "EN-16": ("60", "count"),
    "IN-1": ("350", "count"),
    "IN-2": ("35", "count"),
    "IN-3": ("1500", "count"),
    "IN-4": ("200", "count"),
    "IN-5": ("300", "count"),
    "IN-6": ("5", "count"),
    "IN-7": ("10", "count"),
    "IN-8": ("100", "count"),
    "IN-9": ("5", "count"),
    "IN-10": ("2", "count"),
    "IN-11": ("50", "count"),
    "DI-1": ("75", "percent"),
    "DI-2": ("75", "percent"),
    "DI-3": ("85", "percent"),
    "DI-4": ("20", "count"),
    "DI-5": ("20", "count"),
}
INVESTMENT = {
    "350100": "660",
    "350200": "200",
    "350600": "250",
    "350500": "470",
    "350400": "470",
    "350300": "140",
    "350700": "120",
    "350800": "220",
    "350900": "70",
}
INTENSITY = {
    "350100": "0.508",
    "350200": "0.491",
    "350300": "0.503",
    "350400": "1.182",
    "350500": "0.636",
    "350600": "0.481",
    "350700": "0.915",
    "350800": "0.777",
    "350900": "0.452",
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("fujian-2013")


def test_every_target_of_the_plan_is_there_once_and_in_the_plans_order(plan: Plan) -> None:
    assert [target.target for target in plan.targets] == ROWS


def test_the_province_wide_values_are_the_plans_own(plan: Plan) -> None:
    found = {
        target.target: (str(target.value), target.unit)
        for target in plan.targets
        if target.value is not None and target.level != "prefecture"
    }
    assert found == VALUES


def test_g6_the_cities_investment_targets_add_up_to_the_provinces_2600(plan: Plan) -> None:
    cities = [target for target in plan.targets if target.parent == "TR-1"]
    assert {target.region: str(target.value) for target in cities} == INVESTMENT
    assert sum((target.value or Decimal(0) for target in cities), Decimal(0)) == 2600
    assert plan.target("TR-1").value == 2600


def test_quanzhou_and_sanming_are_tied_at_470(plan: Plan) -> None:
    tied = [target.region for target in plan.targets if target.parent == "TR-1" and target.value == 470]
    assert tied == ["350500", "350400"]


def test_the_cities_energy_levels_are_the_plans_own_and_lower_is_better(plan: Plan) -> None:
    levels = [target for target in plan.targets if target.measure == "energy_intensity"]
    assert {target.region: str(target.value) for target in levels} == INTENSITY
    assert {target.direction for target in levels} == {"lower_is_better"}
    # the plan prints neither unit nor price base; both are readings and say so.
    assert {(target.unit, target.unit_printed, target.price_base) for target in levels} == {
        ("tce_per_CNY_1e4", None, "2010")
    }


def test_pingtan_has_no_target_of_its_own(plan: Plan) -> None:
    assert "PT" not in {target.region for target in plan.targets}


COUNTED = {
    *("TR-4", "TR-5", "TR-11", "TR-15", "TR-16", "TR-27b"),
    *("PM-1", "PM-2", "PM-3", "PM-4", "PM-5", "PM-6"),
    *("EI-3", "EI-5", "EI-6", "EI-7", "EI-13", "EI-14", "EI-15"),
    *("EN-15a", "EN-15b", "EN-16", "IN-3", "IN-4", "IN-5", "IN-6", "DI-4"),
    *("EI-10", "IN-1", "IN-2", "IN-7", "IN-9", "IN-10", "IN-11", "DI-5"),
}
"""Counted of the events of projects, of matching and of designations, by a rule of progress each."""


def test_only_these_targets_are_measured_now(plan: Plan) -> None:
    measured = {target.target: target.measure for target in plan.targets if target.measure is not None}
    assert measured == {
        "TR-1": "tech_renovation_investment",
        "TR-2": "tech_renovation_investment_growth",
        **{f"TR-6{letter}": "tech_renovation_investment" for letter in LETTERS_A_TO_I},
        **{f"EN-3{letter}": "energy_intensity" for letter in LETTERS_A_TO_I},
        "EN-14": "online_monitoring_coverage",
        **dict.fromkeys(COUNTED, "tally"),
    }


def test_growth_targets_carry_their_base_with_its_vintage(plan: Plan) -> None:
    bases = {base.target: (base.value, base.unit, base.period, base.confidence) for base in plan.bases}
    assert bases == {
        "TR-2": (Decimal(2000), "CNY_1e8", "2012", "C"),
        "EI-2": (Decimal(1440), "CNY_1e8", "2012", "C"),
        "EN-1": (Decimal(16), "percent", "2011/2015", "V"),
    }
    # The computed bases are the ones the plan implies.
    assert Decimal(2000) * Decimal("1.30") == plan.target("TR-1").value
    assert Decimal(1440) * Decimal("1.25") == plan.target("EI-1").value
    assert all(base.vintage for base in plan.bases)


def test_a_target_without_a_printed_figure_has_no_value(plan: Plan) -> None:
    assert [target.target for target in plan.targets if target.value is None] == ["EN-1"]


def test_comparators_keep_what_was_printed_beside_what_was_read(plan: Plan) -> None:
    assert {target.target for target in plan.targets if target.comparator == "exactly"} == {"TR-27b"}
    assert {target.target for target in plan.targets if target.comparator == "decline_at_least"} == {
        *("EN-1", "EN-2"),
        *(f"EN-4{letter}" for letter in "abcdefg"),
    }
    printed = {
        name: plan.target(name).comparator_printed for name in ("TR-1", "TR-3", "PM-1", "PM-2", "EN-13a")
    }
    assert printed == {"TR-1": None, "TR-3": "达…以上", "PM-1": "以上", "PM-2": "达", "EN-13a": "3-5"}
    assert plan.target("EN-13a").value_high == 5


def test_x7_cultivated_counts_say_that_their_type_is_a_default(plan: Plan) -> None:
    cultivated = {name: plan.target(name) for name in ("IN-7", "IN-8", "IN-11", "DI-5")}
    assert {name: target.metric_type for name, target in cultivated.items()} == {
        "IN-7": "flow",
        "IN-8": "flow",
        "IN-11": "stock",
        "DI-5": "stock",
    }
    assert all("X-7" in target.note for target in cultivated.values())
    assert (plan.target("IN-1").metric_type, plan.target("IN-9").metric_type) == ("stock", "flow")


def test_every_quote_holds_the_figure_that_was_read_from_it(plan: Plan) -> None:
    without = [
        target.target
        for target in plan.targets
        if target.value is not None and str(target.value) not in target.quote
    ]
    # TR-15 prints 万亿, EI-5 百项, EN-9 全面, and EN-14 no figure at all.
    assert without == ["TR-15", "EI-5", "EN-9", "EN-14"]


def test_deadlines_end_the_period(plan: Plan) -> None:
    early = {t.target: str(t.deadline) for t in plan.targets if str(t.deadline) != "2013-12-31"}
    assert early == {"TR-11": "2013-03-31", "EN-9": "2013-06-30"}
