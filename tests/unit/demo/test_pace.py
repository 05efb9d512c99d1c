"""How finely the demo plays, by what its days have cost."""

import itertools
from datetime import date, timedelta

import pytest

from demo.outgoing import china
from demo.pace import OPENING, Budget, Pace, Stop, stops, weeks
from demo.world import FIRST_DAY

LAST = date(2014, 1, 20)
LATER = FIRST_DAY + OPENING


@pytest.mark.parametrize("pace", [Pace.FINE, Pace.DAILY])
def test_every_day_ends_at_its_midnight_in_order(pace: Pace) -> None:
    for day in (FIRST_DAY, date(2013, 6, 9)):
        moments = [stop.moment for stop in stops(day, pace)]
        assert moments == sorted(moments)
        assert moments[-1] == china(day.year, day.month, day.day) + timedelta(days=1)


def test_a_week_of_one_push_ends_at_its_midnight_and_stops_before_only_for_errands() -> None:
    monday, sunday, errand = date(2013, 6, 3), date(2013, 6, 9), china(2013, 6, 3, 9)
    assert stops(monday, Pace.WEEKLY) == []
    assert stops(monday, Pace.WEEKLY, [errand]) == [Stop(errand, push=False)]
    assert [stop.push for stop in stops(sunday, Pace.WEEKLY)] == [True, False]
    assert stops(sunday, Pace.WEEKLY)[-1].moment == china(2013, 6, 10)


def test_no_feed_looks_silent_at_the_finest_pace() -> None:
    pushes = [
        stop.moment for day in (FIRST_DAY, date(2013, 1, 2)) for stop in stops(day, Pace.FINE) if stop.push
    ]
    assert max(b - a for a, b in itertools.pairwise(pushes)) < timedelta(hours=2)


def test_a_day_of_one_push_is_heard_on_that_very_day() -> None:
    pushes = [stop.moment for stop in stops(date(2013, 6, 3), Pace.DAILY) if stop.push]
    assert [moment.date() for moment in pushes] == [date(2013, 6, 3)]


def test_somebodys_errand_stops_the_clock_without_a_push() -> None:
    errand = china(2013, 6, 3, 9)
    found = [stop for stop in stops(date(2013, 6, 3), Pace.DAILY, [errand]) if stop.moment == errand]
    assert [stop.push for stop in found] == [False]


def test_weeks_cover_every_day_once() -> None:
    stretches = weeks(FIRST_DAY, LAST)
    days = [begin + timedelta(days=n) for begin, end in stretches for n in range((end - begin).days + 1)]
    assert days == [FIRST_DAY + timedelta(days=n) for n in range((LAST - FIRST_DAY).days + 1)]
    assert stretches[0] == (FIRST_DAY, LATER - timedelta(days=1))
    assert all(end.weekday() == 6 for _, end in stretches[1:-2])
    assert stretches[-1] == (LAST, LAST)


def test_without_a_limit_everything_is_played_finely() -> None:
    assert {Budget(LAST, None).choose(begin) for begin, _ in weeks(FIRST_DAY, LAST)} == {Pace.FINE}


def test_the_opening_days_are_played_finely_whatever_they_cost() -> None:
    assert Budget(LAST, 1.0).choose(FIRST_DAY) is Pace.FINE


def test_the_last_day_is_played_finely_for_the_summary() -> None:
    assert _after_opening(1.0, fine=3.0, daily=1.0).choose(LAST) is Pace.FINE


def test_the_first_week_after_them_tells_what_a_cheap_day_costs() -> None:
    assert Budget(LAST, 1000.0).choose(LATER) is Pace.DAILY


def _after_opening(seconds: float, fine: float, daily: float) -> Budget:
    budget = Budget(LAST, seconds)
    for _ in range(10):
        budget.note(Pace.FINE, fine)
    for _ in range(3):
        budget.note(Pace.DAILY, daily)
    return budget


def test_time_to_spare_is_spent_on_fine_weeks() -> None:
    budget = _after_opening(1000.0, fine=1.0, daily=0.1)
    assert budget.choose(date(2013, 1, 14)) is Pace.FINE


def test_without_time_to_spare_a_day_has_one_push() -> None:
    budget = _after_opening(55.0, fine=1.0, daily=0.1)
    assert budget.choose(date(2013, 1, 14)) is Pace.DAILY


def test_on_a_slow_machine_a_week_has_one_push() -> None:
    budget = _after_opening(40.0, fine=2.0, daily=0.5)
    assert budget.choose(date(2013, 1, 14)) is Pace.WEEKLY


@pytest.mark.parametrize(("fine", "daily"), [(0.8, 0.1), (1.5, 0.25), (3.0, 0.4)])
def test_the_year_keeps_its_budget(fine: float, daily: float) -> None:
    costs = {Pace.FINE: fine, Pace.DAILY: daily, Pace.WEEKLY: daily / 3}
    budget = Budget(LAST, 150.0)
    for begin, end in weeks(FIRST_DAY, LAST):
        pace = budget.choose(begin)
        for _ in range((end - begin).days + 1):
            budget.note(pace, costs[pace])
    assert budget.spent <= 155.0
    assert sum(budget.played.values()) == (LAST - FIRST_DAY).days + 1
