"""The calendar of duties: who owes what by which day (X-13, X-14, X-17, X-23)."""

from datetime import date

import pytest

from plans.duties import Duty
from plans.loader import Plan, load_plan

DATED_ROWS = {
    *("TR-8", "TR-9", "TR-10", "TR-11", "TR-12", "TR-18", "TR-22", "TR-23b", "TR-23c", "TR-25a", "TR-25b"),
    *("TR-27a", "TR-28", "PM-2", "PM-4", "PM-10", "PM-12", "PM-13a", "PM-13b", "PM-14", "PM-15", "PM-16"),
    *("EI-16", "EN-8", "EN-9", "EN-10", "EN-12", "EN-13b", "EN-13c", "EN-13d", "EN-17", "EN-18", "EN-19"),
    *("EN-20", "EN-21", "EN-22", "EN-23", "IN-13"),
}
"""Every row that the plan's deadline calendar names, written here by hand."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("fujian-2013")


def duty(plan: Plan, name: str) -> Duty:
    (found,) = [one for one in plan.duties if one.duty == name]
    return found


def test_every_dated_row_of_the_plan_has_its_duty(plan: Plan) -> None:
    assert {row for one in plan.duties for row in one.rows} == DATED_ROWS | {"X-17"}


def test_official_statistics_skip_january_and_the_city_report_does_not(plan: Plan) -> None:
    statistics, report = ([one.period for one in duty(plan, name).instances()] for name in ("FAI", "TR-12"))
    assert report == ["2013-01", *statistics]
    assert len(statistics) == 11


def test_three_missing_reports_in_a_row_have_a_consequence_that_says_where_it_comes_from(plan: Plan) -> None:
    rule = duty(plan, "TR-12").follow_up
    assert rule is not None
    assert (rule.missing_in_a_row, rule.consequence) == (3, "named_in_bulletin")
    assert "not in the plan" in rule.source


def test_the_monthly_report_is_due_on_the_5th_of_the_next_month_and_never_rolls(plan: Plan) -> None:
    report = duty(plan, "TR-12")
    assert [(one.period, str(one.due_on)) for one in report.instances()] == [
        ("2013-01", "2013-02-05"),
        ("2013-02", "2013-03-05"),
        ("2013-03", "2013-04-05"),  # Qingming
        ("2013-04", "2013-05-05"),  # a Sunday
        ("2013-05", "2013-06-05"),
        ("2013-06", "2013-07-05"),
        ("2013-07", "2013-08-05"),
        ("2013-08", "2013-09-05"),
        ("2013-09", "2013-10-05"),  # a Saturday, National Day week
        ("2013-10", "2013-11-05"),
        ("2013-11", "2013-12-05"),
        ("2013-12", "2014-01-05"),  # a Sunday
    ]
    assert (report.roll, report.levels, report.who) == ("none", ("prefecture",), "prefecture_governments")


def test_108_city_reports_fall_due_for_2013(plan: Plan) -> None:
    cities = [region for region in plan.regions if region.level in duty(plan, "TR-12").levels]
    assert len(cities) * len(duty(plan, "TR-12").instances()) == 108


def test_the_yearly_self_assessment_has_an_instance_without_targets_and_the_one_that_is_scored(
    plan: Plan,
) -> None:
    instances = duty(plan, "TR-25a").instances()
    assert [(one.period, str(one.due_on), one.scored) for one in instances] == [
        ("2012", "2013-01-31", False),
        ("2013", "2014-01-31", True),
    ]


@pytest.mark.parametrize(
    ("name", "due_on"),
    [
        ("EN-8", date(2013, 3, 31)),
        ("EN-13b", date(2013, 3, 31)),
        ("EN-13c", date(2013, 6, 30)),
        ("EN-10", date(2013, 9, 30)),
        ("EN-19", date(2013, 9, 30)),
    ],
)
def test_before_the_quarter_means_by_its_last_day(plan: Plan, name: str, due_on: date) -> None:
    found = duty(plan, name)
    assert [one.due_on for one in found.instances()] == [due_on]
    assert "X-14" in found.source
    assert found.dated == "read"


@pytest.mark.parametrize("name", ["TR-23b", "TR-23c", "TR-27a", "TR-28", "EI-16", "EN-17", "EN-22"])
def test_a_duty_without_a_printed_day_is_due_at_the_end_of_the_year_and_says_so(
    plan: Plan, name: str
) -> None:
    found = duty(plan, name)
    assert [str(one.due_on) for one in found.instances()] == ["2013-12-31"]
    assert (found.dated, found.confidence) == ("default", "I")


@pytest.mark.parametrize("name", ["TR-22", "EN-18", "IN-13"])
def test_where_an_operator_must_set_the_day_none_is_assumed(plan: Plan, name: str) -> None:
    assert duty(plan, name).instances() == ()


def test_quarterly_duties_are_due_on_the_last_day_of_each_quarter(plan: Plan) -> None:
    expected = ["2013-03-31", "2013-06-30", "2013-09-30", "2013-12-31"]
    for name in ("TR-8", "TR-18", "PM-10-dispatch"):
        assert [str(one.due_on) for one in duty(plan, name).instances()] == expected


def test_pingtan_is_a_reporter_of_project_matching_only(plan: Plan) -> None:
    with_zone = {one.duty for one in plan.duties if "zone" in one.levels}
    assert with_zone == {"PM-13b", "PM-14", "PM-15", "PM-16"}
