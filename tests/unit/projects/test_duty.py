"""Duty (报送义务): due days as the plan's calendar gives them, and how a report stands."""

from dataclasses import replace
from datetime import date

import pytest

from services.projects.common.duty import (
    DueRule,
    Duty,
    Instance,
    due_on,
    find,
    last_day,
    months,
    months_of,
    occasions,
    standing,
)
from services.projects.plan.facts import Region

MONTHLY = Duty(
    plan="fujian-2013",
    duty="TR-12",
    rows=("TR-12",),
    name="Monthly report",
    term="月报",
    kind="report",
    who="prefecture_governments",
    levels=("prefecture",),
    recurrence="monthly",
    due=DueRule("day_of_next_month", day=5),
    source="TR-12",
    confidence="S",
    first_period="2013-01",
    last_period="2013-12",
)


def with_rule(rule: DueRule, first: str | None = None, last: str | None = None) -> Duty:
    return Duty("p", "D", (), "", "", "", "", (), "", rule, "", "", first_period=first, last_period=last)


@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2012-12", None),  # 5 January 2013 is before the plan
        ("2013-01", date(2013, 2, 5)),
        ("2013-03", date(2013, 4, 5)),  # Qingming holiday: no roll
        ("2013-04", date(2013, 5, 5)),  # a Sunday
        ("2013-09", date(2013, 10, 5)),  # National Day week
        ("2013-12", date(2014, 1, 5)),  # a Sunday
        ("2014-01", None),
    ],
)
def test_the_city_report_is_due_on_the_5th_of_the_next_month_without_roll(
    month: str, due: date | None
) -> None:
    assert due_on(MONTHLY, month) == due


def test_nine_cities_owe_108_reports_for_2013() -> None:
    days = [due_on(MONTHLY, month) for month in months("2013-01", "2013-12")]
    assert None not in days
    assert len(days) * 9 == 108


@pytest.mark.parametrize(
    ("duty", "period", "due"),
    [
        (with_rule(DueRule("end_of_period"), "2013-Q1", "2013-Q4"), "2013-Q1", date(2013, 3, 31)),
        (with_rule(DueRule("end_of_period"), "2013-01", "2013-12"), "2013-02", date(2013, 2, 28)),
        (
            with_rule(DueRule("on_each", instances=(Instance("2012", date(2013, 1, 31)),))),
            "2012",
            date(2013, 1, 31),
        ),
        (with_rule(DueRule("on_each", instances=(Instance("2012", date(2013, 1, 31)),))), "2013", None),
        (with_rule(DueRule("configuration")), "2013-01", None),
    ],
)
def test_other_rules_of_the_calendar(duty: Duty, period: str, due: date | None) -> None:
    assert due_on(duty, period) == due


def test_the_duty_of_a_month_is_that_of_the_plan_that_has_it() -> None:
    next_year = replace(MONTHLY, plan="fujian-2014", first_period="2014-01", last_period="2014-12")
    assert find([MONTHLY, next_year], "TR-12", "2014-02") == next_year
    assert find([MONTHLY, next_year], "TR-12", "2015-01") is None


@pytest.mark.parametrize(
    ("today", "reported_on", "expected"),
    [
        (date(2013, 2, 5), None, "not_due"),
        (date(2013, 2, 6), None, "missing"),
        (date(2013, 2, 6), date(2013, 2, 5), "received"),
        (date(2013, 2, 6), date(2013, 2, 6), "late"),
    ],
)
def test_what_is_not_reported_is_missing_once_its_day_has_passed(
    today: date, reported_on: date | None, expected: str
) -> None:
    assert standing(today, date(2013, 2, 5), reported_on) == expected


def test_what_is_waived_is_neither_late_nor_missing() -> None:
    assert standing(date(2013, 2, 9), date(2013, 2, 5), None, waived=True) == "waived"


def test_a_skipped_period_is_not_owed_and_the_others_are() -> None:
    statistics = replace(MONTHLY, duty="FAI", skips=("2013-01",))
    assert due_on(statistics, "2013-01") is None
    assert [each.period for each in occasions(statistics)] == months("2013-02", "2013-12")


def test_every_rule_lists_its_occasions_in_order_of_their_days() -> None:
    quarterly = with_rule(DueRule("end_of_period"), "2013-Q1", "2014-Q1")
    assert [str(each.due_on) for each in occasions(quarterly)] == [
        "2013-03-31",
        "2013-06-30",
        "2013-09-30",
        "2013-12-31",
        "2014-03-31",
    ]
    on = with_rule(DueRule("on", on=date(2013, 2, 28)))
    within = with_rule(DueRule("within", start=date(2013, 6, 1), end=date(2013, 6, 30)))
    assert occasions(on) == (Instance("2013", date(2013, 2, 28)),)
    assert occasions(within) == (Instance("2013", date(2013, 6, 30)),)


def test_where_the_plan_prints_no_day_an_operator_sets_it() -> None:
    unset = with_rule(DueRule("configuration"))
    assert occasions(unset) == ()
    decided = Instance("2013", date(2013, 11, 30))
    assert occasions(unset, [decided]) == (decided,)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2013-02", ["2013-02"]),
        ("2013-Q4", ["2013-10", "2013-11", "2013-12"]),
        ("2013", months("2013-01", "2013-12")),
    ],
)
def test_the_months_of_a_period(period: str, expected: list[str]) -> None:
    assert months_of(period) == expected


def test_who_owes_is_administered_of_that_level_and_exists_on_the_day() -> None:
    on = date(2013, 1, 31)
    assert Region("350100", "福州市", "prefecture").owes(MONTHLY, on)
    assert not Region("PT", "平潭综合实验区", "zone").owes(MONTHLY, on)
    assert not Region("350100", "x", "prefecture", administered=False).owes(MONTHLY, on)
    assert not Region("350100", "x", "prefecture", valid_from=date(2013, 2, 1)).owes(MONTHLY, on)
    assert not Region("350100", "x", "prefecture", valid_to=date(2013, 1, 30)).owes(MONTHLY, on)


def test_months_cross_the_year_and_february_ends_when_it_does() -> None:
    assert months("2012-11", "2013-02") == ["2012-11", "2012-12", "2013-01", "2013-02"]
    assert (last_day("2012-02"), last_day("2013-02")) == (date(2012, 2, 29), date(2013, 2, 28))
