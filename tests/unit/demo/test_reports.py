"""What the demo's cities report: complete, in order, plausible to who takes it."""

from collections import Counter
from datetime import date

from demo.pace import OPENING
from demo.reports import monthly_reports
from demo.statistics import yearly_statistics
from demo.world import CITIES, FIRST_DAY


def test_each_city_reports_each_month_once_and_one_report_is_corrected() -> None:
    reports = monthly_reports()
    filed = Counter((each.region, each.month) for each in reports if not each.correction)
    assert set(filed) == {(city, f"2013-{month:02d}") for city in CITIES for month in range(1, 13)}
    assert set(filed.values()) == {1}
    assert len([each for each in reports if each.correction]) == 1


def test_reports_come_in_the_order_of_their_days_never_before_the_months_end() -> None:
    reports = monthly_reports()
    assert [each.on for each in reports] == sorted(each.on for each in reports)
    for each in reports:
        year, month = map(int, each.month.split("-"))
        assert each.on > date(year, month, 28)
        assert each.on.strftime("%Y-%m") > each.month


def test_some_are_late_and_one_is_missing_at_first() -> None:
    def days_late(region: str, month: str, on: date) -> int:
        year, number = map(int, month.split("-"))
        return (on - date(year + number // 12, number % 12 + 1, 5)).days

    late = [days_late(each.region, each.month, each.on) for each in monthly_reports() if not each.correction]
    assert sorted(day for day in late if day > 0) == [4, 4, 31]


def test_a_correction_follows_what_it_corrects() -> None:
    reports = monthly_reports()
    correction = next(each for each in reports if each.correction)
    filed = next(
        each for each in reports if (each.region, each.month) == (correction.region, correction.month)
    )
    assert filed.on < correction.on
    assert filed.investment != correction.investment
    assert correction.reason


def test_both_statistics_of_each_city_come_after_the_year() -> None:
    figures = yearly_statistics()
    assert Counter(each.region for each in figures) == dict.fromkeys(CITIES, 2)
    assert all(each.on > date(2013, 12, 31) for each in figures)
    assert {each.price_base for each in figures if each.indicator == "gdp"} == {"2010"}


def test_nothing_is_reported_while_the_faults_play() -> None:
    assert min(each.on for each in monthly_reports()) >= FIRST_DAY + OPENING
