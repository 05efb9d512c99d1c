"""EN-3: energy per GDP by city; lower is better, three decimals, at constant prices."""

from decimal import Decimal

import pytest

from services.progress.measures.figure import Light, Status
from tests.unit.progress.builders import World

ENERGY = ("total_energy", "350100")
GDP = ("gdp", "350100")


def fuzhou(energy_tce: str, gdp_hundred_millions: str = "4000") -> World:
    world = World().statistic(*ENERGY, energy_tce, "tce", basis="equivalent")
    return world.statistic(*GDP, gdp_hundred_millions, "CNY_1e8", price_base="2010")


def test_energy_over_gdp_with_three_decimals():
    figure = fuzhou("20123456").at("2014-06-30")["EN-3a"]
    assert figure.value == Decimal("0.503")
    assert figure.unit == "tce_per_CNY_1e4"
    assert (figure.basis, figure.price_base) == ("equivalent", "2010")


@pytest.mark.parametrize(
    ("tce", "value", "met", "light"),
    [
        ("20320000", "0.508", True, Light.GREEN),  # exactly the target
        ("20339999", "0.508", True, Light.GREEN),  # 0.50849…: published as 0.508
        ("20340000", "0.509", False, Light.YELLOW),  # 0.5085: half up
        ("21400000", "0.535", False, Light.RED),
    ],
)
def test_judged_as_published_at_the_boundary(tce, value, met, light):
    figure = fuzhou(tce).at("2014-06-30")["EN-3a"]
    assert (figure.value, figure.met, figure.light) == (Decimal(value), met, light)


def test_lower_is_better_in_completion_and_rank():
    """X-5: the other targets rank the other way round."""
    world = fuzhou("20000000")  # 0.500 of 0.508
    world.statistic("total_energy", "350200", "15000000", "tce").statistic(
        "gdp", "350200", "3000", "CNY_1e8", price_base="2010"
    )  # 0.500 of 0.491: over
    figures = world.at("2014-06-30")
    assert figures["EN-3a"].completion == Decimal("0.508") / Decimal("0.500") * 100
    assert figures["EN-3a"].completion > 100
    assert figures["EN-3b"].completion is not None
    assert figures["EN-3b"].completion < 100
    assert (figures["EN-3a"].rank, figures["EN-3b"].rank) == (1, 2)
    assert figures["EN-3a"].pro_rata is None  # a level has no share of the year


def test_what_is_not_reported_is_named():
    figure = World().statistic(*ENERGY, "20000000", "tce").at("2014-06-30")["EN-3a"]
    assert figure.status is Status.NO_DATA
    assert figure.completeness is not None
    assert figure.completeness.missing == ("gdp at 2010 prices:350100:2013",)


def test_gdp_at_current_prices_never_stands_in():
    world = World().statistic(*ENERGY, "20000000", "tce")
    world.statistic(*GDP, "4000", "CNY_1e8", price_base="current")
    world.statistic(*GDP, "4000", "CNY_1e8", price_base="2005")
    assert world.at("2014-06-30")["EN-3a"].value is None


def test_units_of_the_statistics_do_not_matter():
    world = (
        World()
        .statistic(*ENERGY, "2032", "tce_1e4")
        .statistic(*GDP, "400000000000", "CNY", price_base="2010")
    )
    assert world.at("2014-06-30")["EN-3a"].value == Decimal("0.508")


def test_no_ratio_over_a_gdp_that_is_not_positive():
    assert fuzhou("20000000", "0").at("2014-06-30")["EN-3a"].value is None


def test_a_provisional_statistic_settles_nothing():
    world = World().statistic(*ENERGY, "20000000", "tce", provisional=True)
    figure = world.statistic(*GDP, "4000", "CNY_1e8", price_base="2010").at("2014-01-20")["EN-3a"]
    assert figure.value == Decimal("0.500")
    assert figure.met is None
    assert "provisional" in figure.reason


def test_the_provinces_rate_is_not_made_of_the_cities_levels():
    assert fuzhou("20000000").at("2014-06-30")["EN-1"].status is Status.NO_MEASURE_YET
