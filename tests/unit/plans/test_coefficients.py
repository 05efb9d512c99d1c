"""Coefficients of standard coal as data: both editions, both electricity bases, ranges without a number."""

from datetime import date
from decimal import Decimal

import pytest

from plans.loader import Plan, load_plan
from plans.model import Coefficient

IN_2013 = date(2013, 6, 1)
IN_2022 = date(2022, 6, 1)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("fujian-2013")


def find(plan: Plan, carrier: str, day: date, basis: str = "both") -> Coefficient:
    (found,) = [
        one
        for one in plan.coefficients
        if (one.carrier, one.basis) == (carrier, basis)
        and one.valid_from <= day
        and (one.valid_to is None or day <= one.valid_to)
    ]
    return found


@pytest.mark.parametrize(
    ("carrier", "unit", "kgce"),
    [
        ("raw_coal", "kg", "0.7143"),
        ("washed_coal", "kg", "0.9000"),
        ("coke", "kg", "0.9714"),
        ("fuel_oil", "kg", "1.4286"),
        ("gasoline", "kg", "1.4714"),
        ("diesel", "kg", "1.4571"),
        ("lpg", "kg", "1.7143"),
        ("refinery_gas", "kg", "1.5714"),
        ("natural_gas_oilfield", "m3", "1.3300"),
        ("natural_gas_gasfield", "m3", "1.2143"),
        ("blast_furnace_gas", "m3", "0.1286"),
        ("steam_low_pressure", "kg", "0.1286"),
    ],
)
def test_the_2008_edition_as_printed(plan: Plan, carrier: str, unit: str, kgce: str) -> None:
    found = find(plan, carrier, IN_2013)
    assert (found.edition, found.unit, str(found.kgce)) == ("GB/T 2589-2008", unit, kgce)


def test_the_2008_edition_ends_the_day_before_the_2020_edition_begins(plan: Plan) -> None:
    assert find(plan, "raw_coal", date(2021, 3, 31)).edition == "GB/T 2589-2008"
    assert find(plan, "raw_coal", date(2021, 4, 1)).edition == "GB/T 2589-2020"
    assert min(one.valid_from for one in plan.coefficients) == date(2008, 6, 1)


def test_electricity_by_both_bases(plan: Plan) -> None:
    assert find(plan, "electricity", IN_2013, "equal").kgce == Decimal("0.1229")
    assert find(plan, "electricity", IN_2022, "equal").kgce == Decimal("0.1229")
    equivalent = find(plan, "electricity", IN_2013, "equivalent")
    assert (equivalent.kgce, equivalent.provisional, equivalent.confidence) == (Decimal("0.404"), True, "I")


@pytest.mark.parametrize("day", [date(2012, 12, 31), date(2014, 1, 1), IN_2022])
def test_the_equivalent_value_of_another_year_is_missing_not_that_of_2013(plan: Plan, day: date) -> None:
    found = find(plan, "electricity", day, "equivalent")
    assert found.kgce is None
    assert "load it for the year" in found.note


def test_a_range_is_no_number(plan: Plan) -> None:
    ranges = {(one.edition[-4:], one.carrier) for one in plan.coefficients if one.kgce_low is not None}
    assert ranges == {
        ("2008", "coal_slime"),
        ("2008", "coal_mine_gas"),
        ("2008", "coke_oven_gas"),
        ("2020", "coal_slime"),
        ("2020", "natural_gas"),
        ("2020", "coke_oven_gas"),
        ("2020", "biogas"),
    }
    slime = find(plan, "coal_slime", IN_2013)
    assert (slime.kgce, slime.kgce_low, slime.kgce_high) == (None, Decimal("0.2857"), Decimal("0.4286"))


def test_fresh_water_triples_and_the_other_working_media_stay(plan: Plan) -> None:
    media = {one.carrier for one in plan.coefficients if one.group == "working_medium"}
    assert len(media) == 11
    changed = {
        carrier: (str(old.kgce), str(new.kgce))
        for carrier in media
        if (old := find(plan, carrier, IN_2013, "equivalent")).kgce
        != (new := find(plan, carrier, IN_2022, "equivalent")).kgce
    }
    assert changed == {"fresh_water": ("0.0857", "0.2571")}


def test_printed_kgce_and_printed_kj_agree_except_where_the_standard_itself_does_not(plan: Plan) -> None:
    """Catches a slip of the pen: 2008 was made with 29 271 kJ/kgce, 2020 with 29 307.6."""
    kj_per_kgce = {"GB/T 2589-2008": Decimal("29271"), "GB/T 2589-2020": Decimal("29307.6")}
    pairs = [
        (one, kj, kgce)
        for one in plan.coefficients
        if one.group in ("fuel", "heat")
        for kj, kgce in ((one.kj, one.kgce), (one.kj_low, one.kgce_low), (one.kj_high, one.kgce_high))
        if kj is not None and kgce is not None
    ]
    assert len(pairs) > 50
    off = {
        (one.edition[-4:], one.carrier)
        for one, kj, kgce in pairs
        if abs(kj / kj_per_kgce[one.edition] - kgce) > Decimal("0.0002")
    }
    assert off == {("2008", "refinery_gas")}


def test_statistical_coefficients_keep_the_units_of_the_form(plan: Plan) -> None:
    by_carrier = {one.carrier: (str(one.tce), one.unit) for one in plan.statistical_coefficients}
    assert by_carrier["electricity_equal"] == ("1.229", "kWh_1e4")
    assert by_carrier["electricity_equivalent"] == ("4.04", "kWh_1e4")
    assert by_carrier["natural_gas_gasfield"] == ("12.143", "m3_1e4")
    assert by_carrier["heat"] == ("0.0341", "GJ")
    codes = {one.code: one.term for one in plan.nbs_codes}
    assert (codes["33"], codes["01"], len(codes)) == ("电力", "原煤", 24)


def test_g1_and_g2_follow_from_the_data(plan: Plan) -> None:
    """G-1: 1000 t coal + 100 万 kWh + 10 万 m³ gas; G-2: 3000 万 kWh across the 10 000 tce line."""

    def tonnes(amount: int, carrier: str, basis: str = "both") -> Decimal:
        found = find(plan, carrier, IN_2013, basis).kgce
        assert found is not None
        return amount * found / 1000

    fuels = tonnes(1_000_000, "raw_coal") + tonnes(100_000, "natural_gas_gasfield")
    assert fuels + tonnes(1_000_000, "electricity", "equal") == Decimal("958.63")
    assert fuels + tonnes(1_000_000, "electricity", "equivalent") == Decimal("1239.73")
    assert tonnes(30_000_000, "electricity", "equal") == 3687 < 10_000
    assert tonnes(30_000_000, "electricity", "equivalent") == 12_120 >= 10_000
