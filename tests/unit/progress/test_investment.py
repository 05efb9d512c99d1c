"""TR-1, TR-2, TR-6: what the cities report, against targets that are judged apart."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.progress.measures.figure import Light, Status
from tests.unit.progress.builders import CITIES, World, plan_targets

MONTHS = [f"2013-{number:02d}" for number in range(1, 13)]
TARGETS = {t.region: t for t in plan_targets().values() if t.target.startswith("TR-6")}


def all_reported(world: World, months: list[str], share: Decimal = Decimal(1)) -> World:
    """Every city reports `share` of a twelfth of its target for each month; the last month makes up the rest."""
    for region, target in TARGETS.items():
        assert target.value is not None
        for month in months:
            world.reported(region, month, str(target.value * share / 12))
    return world


def test_g6_the_nine_city_targets_add_up_to_the_province():
    assert sorted(TARGETS) == sorted(CITIES)
    assert sum(t.value for t in TARGETS.values() if t.value) == 2600 == plan_targets()["TR-1"].value


def test_a_month_that_is_not_reported_is_missing_and_not_zero():
    figure = World().at("2013-03-06")["TR-6a"]
    assert figure.status is Status.NO_DATA
    assert (figure.value, figure.completion, figure.gap_points, figure.rank) == (None, None, None, None)
    assert figure.light is Light.GREY
    assert figure.completeness is not None
    assert figure.completeness.missing == ("350100:2013-01", "350100:2013-02")


def test_value_is_the_sum_of_the_months_in_the_targets_unit():
    figure = World().reported("350100", "2013-01", "50.25").reported("350100", "2013-02", 61).at("2013-03-06")
    assert figure["TR-6a"].value == Decimal("111.25")
    assert figure["TR-6a"].unit == "CNY_1e8"
    assert figure["TR-6a"].completion == Decimal("111.25") / 660 * 100


@pytest.mark.parametrize(
    ("day", "time", "months"),
    [
        ("2013-02-05", "23:59", 0),  # the due day itself: still in time
        ("2013-02-06", "00:00", 1),
        ("2013-03-05", "23:59", 1),
        ("2013-03-06", "00:00", 2),
        ("2014-01-05", "23:59", 11),
        ("2014-01-06", "00:00", 12),  # December is due in January
    ],
)
def test_the_pro_rata_line_steps_when_a_due_day_is_past_in_the_plans_own_time(day, time, months):
    figure = World().at(day, time)["TR-6a"]
    assert figure.pro_rata == Decimal(months) / 12 * 100
    assert figure.pro_rata_value == Decimal(660) * figure.pro_rata / 100


def test_before_the_first_due_day_there_is_no_line_to_be_ahead_of():
    figure = World().at("2013-02-04")["TR-6a"]
    assert figure.gap_points is None
    assert figure.light is Light.GREY


def test_an_early_report_brings_its_months_schedule_along():
    """Between the 1st and the 5th those who have reported don't turn green for it."""
    world = World().reported("350100", "2013-01", 55).reported("350100", "2013-02", 50)
    figures = world.at("2013-03-03")
    figure = figures["TR-6a"]
    assert (figure.value, figure.pro_rata) == (105, Decimal(2) / 12 * 100)
    assert figure.light is Light.YELLOW
    # Of the province's months only January counts: nobody else has reported February.
    province = figures["TR-1"]
    assert (province.value, province.pro_rata) == (105, Decimal(1) / 12 * 100)
    assert province.gap_points is not None
    assert abs(province.gap_points - (Decimal(55) / 26 - Decimal(100) / 12)) < Decimal("1e-20")


def test_cities_are_ranked_on_the_same_complete_months_and_who_lacks_one_stands_aside():
    world = all_reported(World(), MONTHS[:5])
    for number, region in enumerate(sorted(CITIES)):
        if region != "350900":
            world.reported(region, "2013-06", 10 + number)
    on_time = world.reported("350100", "2013-07", 500).at("2013-07-06")
    aside = on_time["TR-6i"]
    assert (aside.rank, aside.rank_months) == (None, tuple(MONTHS[:6]))
    assert aside.rank_reason == "stands aside until it is reported: 2013-06"
    ranked = [
        figure for figure in on_time.values() if figure.rank is not None and figure.level == "prefecture"
    ]
    assert {figure.ranked for figure in ranked} == {8}
    assert sorted(figure.rank for figure in ranked if figure.rank) == list(range(1, 9))
    # Fuzhou's early July doesn't count in any rank.
    without = world.withdrawn("350100", "2013-07").at("2013-07-06")
    assert without["TR-6a"].rank == on_time["TR-6a"].rank
    # On the due day June isn't complete yet: all nine are compared on five months.
    before = world.at("2013-07-05")
    assert before["TR-6i"].rank_months == tuple(MONTHS[:5])
    assert before["TR-6i"].ranked == 9
    # Once the last one reports, June is complete for all, be it before it is due.
    world.reported("350900", "2013-06", 9)
    assert world.at("2013-07-05")["TR-6i"].rank_months == tuple(MONTHS[:6])


def test_before_any_month_is_complete_nobody_is_ranked():
    figure = World().reported("350100", "2013-01", 50).at("2013-02-04")["TR-6a"]
    assert figure.rank is None
    assert "no month is due" in figure.rank_reason


def test_a_withdrawn_report_is_a_missing_month():
    world = World().reported("350100", "2013-01", 55).withdrawn("350100", "2013-01")
    figure = world.at("2013-02-06")["TR-6a"]
    assert (figure.value, figure.rank, figure.light) == (None, None, Light.GREY)
    assert figure.completeness is not None
    assert figure.completeness.missing == ("350100:2013-01",)


@pytest.mark.parametrize(
    ("reported", "gap", "light"),
    [
        ("55", "0", Light.GREEN),  # exactly on the line: 660 / 12
        ("54.9999", None, Light.YELLOW),
        ("22", "-5", Light.YELLOW),  # exactly five points behind
        ("21.9999", None, Light.RED),
    ],
)
def test_lights_at_their_thresholds(reported, gap, light):
    figure = World().reported("350100", "2013-01", reported).at("2013-02-06")["TR-6a"]
    assert figure.light is light
    if gap is not None:
        assert figure.gap_points is not None
        assert abs(figure.gap_points - Decimal(gap)) < Decimal("1e-20")


def test_missing_reports_keep_a_city_from_red_but_not_from_green():
    behind = World().reported("350100", "2013-01", 30).at("2013-03-06")["TR-6a"]
    assert behind.lower_bound
    assert behind.light is Light.GREY
    ahead = World().reported("350100", "2013-01", 120).at("2013-03-06")["TR-6a"]
    assert ahead.lower_bound
    assert ahead.light is Light.GREEN


def test_equal_targets_and_equal_reports_share_a_rank_and_the_next_rank_is_left_out():
    world = World()
    for region in ("350500", "350400"):  # 泉州 and 三明: 470 each
        world.reported(region, "2013-01", 47)
    world.reported("350100", "2013-01", 132)  # 20 %
    world.reported("350200", "2013-01", 10)  # 5 %
    figures = world.at("2013-02-06")
    ranks = {
        name: (figures[name].rank, figures[name].rank_ties) for name in ("TR-6a", "TR-6d", "TR-6e", "TR-6b")
    }
    assert ranks == {"TR-6a": (1, 1), "TR-6d": (2, 2), "TR-6e": (2, 2), "TR-6b": (4, 1)}
    assert figures["TR-6a"].ranked == 4
    assert figures["TR-6c"].rank is None
    assert figures["TR-1"].rank is None


@pytest.mark.parametrize("months", range(1, 13))
def test_who_is_exactly_on_the_line_is_green_in_every_month(months):
    """No colour may come of how a division is rounded."""
    world = World()
    for month in MONTHS[:months]:
        world.reported("350100", month, 55)  # a twelfth of 660
    due = "2014-01-06" if months == 12 else f"2013-{months + 1:02d}-06"
    figure = world.at(due)["TR-6a"]
    assert figure.gap_points == 0
    assert figure.light is Light.GREEN


def test_a_third_is_no_tie_with_its_rounding():
    world = World().change_target("TR-6d", value=Decimal(3)).change_target("TR-6e", value=Decimal(3))
    world.reported("350500", "2013-01", 1).reported("350400", "2013-01", "0.9999999999999999999999999999")
    figures = world.at("2013-02-06")
    assert (figures["TR-6d"].rank, figures["TR-6e"].rank) == (1, 2)


def test_the_province_is_the_sum_of_its_cities_and_counts_their_months():
    figure = all_reported(World(), MONTHS[:2]).at("2013-03-06")["TR-1"]
    assert figure.value is not None
    assert abs(figure.value - Decimal(2600) / 6) < Decimal("1e-15")
    assert figure.completeness is not None
    assert (figure.completeness.expected, figure.completeness.received) == (18, 18)
    assert figure.completeness.missing == ()


def test_pingtan_has_no_line_in_this_programme_and_its_report_does_not_count():
    """X-2: nine regions, not ten."""
    world = World().reported("350100", "2013-01", 60).reported("PT", "2013-01", 7)
    figure = world.at("2013-02-06")["TR-1"]
    assert figure.value == 60
    assert figure.completeness is not None
    assert figure.completeness.expected == 9
    assert not any(missing.startswith("PT") for missing in figure.completeness.missing)


def test_an_early_report_counts_but_is_not_expected_yet():
    figure = World().reported("350100", "2013-01", 60).at("2013-02-03")["TR-6a"]
    assert figure.value == 60
    assert figure.completeness is not None
    assert (figure.completeness.expected, figure.completeness.received) == (0, 0)


def test_a_target_is_met_as_soon_as_it_is_reached_and_missed_only_when_all_is_reported():
    world = World().reported("350900", "2013-01", 70)
    assert world.at("2013-02-06")["TR-6i"].met is True
    world = World()
    for month in MONTHS[:11]:
        world.reported("350900", month, 5)
    assert world.at("2014-01-06")["TR-6i"].met is None
    assert world.reported("350900", "2013-12", 5).at("2014-01-06")["TR-6i"].met is False


# TR-2: growth, from what was published of the year before


def test_growth_has_no_value_before_the_year_is_complete_but_a_pace():
    figure = all_reported(World().grown_from(2000), MONTHS[:6]).at("2013-07-06")["TR-2"]
    assert figure.value is None
    assert figure.status is Status.NO_DATA
    assert "2012" in figure.reason
    assert figure.pace is not None
    assert figure.pace.required == 2600
    assert figure.pace.pro_rata == 50
    assert figure.pace.completion is not None
    assert abs(figure.pace.completion - 50) < Decimal("1e-15")


def test_growth_of_the_complete_year():
    world = all_reported(World().grown_from(2000), MONTHS[:11])
    for region, target in TARGETS.items():
        assert target.value is not None
        world.reported(region, "2013-12", str(target.value - 11 * (target.value / 12) + target.value / 100))
    figure = world.at("2014-01-06")["TR-2"]
    assert figure.value is not None
    assert abs(figure.value - Decimal("31.3")) < Decimal("1e-15")  # 2626 over 2000
    assert figure.met is True
    assert figure.light is Light.GREEN


def test_one_missing_report_is_enough_to_withhold_the_growth():
    world = all_reported(World().grown_from(2000), MONTHS)
    del world.rows["tech_renovation_investment", "350900:2013-12"]
    assert world.at("2014-01-06")["TR-2"].value is None


def test_a_revised_base_moves_the_growth_and_nothing_else():
    """X-24 and X-1: TR-2 grows from the published statistic; TR-1 is not derived from it, nor it from TR-1."""
    world = all_reported(World().grown_from(2000), MONTHS)
    before = world.at("2014-01-06")
    after = world.grown_from(2500).at("2014-01-06")
    assert before["TR-2"].value is not None
    assert after["TR-2"].value is not None
    assert abs(before["TR-2"].value - 30) < Decimal("1e-15")
    assert abs(after["TR-2"].value - 4) < Decimal("1e-15")
    assert after["TR-2"].base == {
        "value": "2500", "unit": "CNY_1e8", "period": "2012", "vintage": "2013-01-27", "source": "yearbook",
    }  # fmt: skip
    assert replace(after["TR-1"], as_of=before["TR-1"].as_of) == before["TR-1"]


def test_growth_and_sum_are_judged_apart():
    """X-1: with a higher base the sum is met and the growth is not."""
    world = all_reported(World().grown_from(2100), MONTHS)
    for region, target in TARGETS.items():
        assert target.value is not None
        world.reported(region, "2013-12", str(target.value - 11 * (target.value / 12) + 1))
    figures = world.at("2014-01-06")
    assert figures["TR-1"].met is True
    assert figures["TR-2"].met is False


def test_the_base_that_the_plan_implies_is_no_base():
    """TR-1 / 1.30 can't disagree with TR-1: without a published figure there is no growth and no pace."""
    figure = all_reported(World(), MONTHS).at("2014-01-06")["TR-2"]
    assert (figure.value, figure.met, figure.base, figure.pace) == (None, None, None, None)
    assert "2012" in figure.reason
    assert "not published" in figure.reason
    assert figure.completeness is not None
    assert figure.completeness.missing == ()


def test_a_county_is_given_a_part_and_reports_nothing_itself():
    """TR-7: decomposed targets show; there is no measure for them at their level."""
    world = World()
    world.targets["TR-6a:350102"] = replace(
        world.targets["TR-6a"], target="TR-6a:350102", region="350102", level="county", parent="TR-6a"
    )
    figure = world.reported("350100", "2013-01", 60).at("2013-02-06")["TR-6a:350102"]
    assert figure.value is None
    assert "level" in figure.reason
    assert world.at("2013-02-06")["TR-6a"].ranked == 1


def test_a_target_without_a_measure_says_so_and_shows_no_number():
    figure = World().at("2013-06-30")["TR-3"]
    assert figure.status is Status.NO_MEASURE_YET
    assert figure.reason == "no measure yet"
    assert figure.value is None
    assert figure.target_value == 50


def test_every_target_of_the_plan_has_its_figure():
    figures = World().at("2013-06-30")
    assert set(plan_targets()) <= set(figures)
    assert len([name for name in figures if name.startswith("EN-14@")]) == 9


def test_figures_stand_in_the_order_of_the_plan():
    names = [name for name in World().at("2013-06-30") if name.startswith("TR-")]
    assert names.index("TR-2") < names.index("TR-6a") < names.index("TR-11") < names.index("TR-27b")
