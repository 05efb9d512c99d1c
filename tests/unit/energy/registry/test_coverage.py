"""Online monitoring (EN-14): a day's verdict (G-10), a feed's silence."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.energy.domain.coverage import (
    CHINA,
    CoverageChanged,
    FeedResumed,
    FeedSilent,
    Flowing,
    Judged,
    JudgeDay,
    Silent,
    Unjudged,
    WatchFeed,
    day_of,
    evolve_feed,
    judge,
    watch,
)

DAY = date(2013, 1, 14)
LAST_SECOND = datetime(2013, 1, 14, 23, 59, 59, tzinfo=CHINA)
MIDNIGHT = datetime(2013, 1, 15, tzinfo=CHINA)
OPEN = JudgeDay("MILL", "350181", DAY, None, DAY)
CLOSED = replace(OPEN, today=date(2013, 1, 15))


def verdict(online: bool, reason: str) -> list[CoverageChanged]:
    return [CoverageChanged("MILL", "350181", DAY, online, reason)]


def test_a_day_is_online_from_its_first_data_on() -> None:
    assert judge(replace(OPEN, first_received_at=LAST_SECOND), Unjudged()) == verdict(True, "same_day_data")


def test_an_unfinished_day_without_data_waits() -> None:
    assert judge(OPEN, Unjudged()) == []


def test_a_finished_day_without_data_is_not_online() -> None:
    assert judge(CLOSED, Unjudged()) == verdict(False, "no_same_day_data")


def test_g10_data_that_arrive_on_the_next_day_do_not_make_the_day_online() -> None:
    """G-10: at 00:00:00 the next day has begun, in +08:00 and nowhere else."""
    late = replace(CLOSED, first_received_at=MIDNIGHT)
    assert judge(late, Unjudged()) == verdict(False, "no_same_day_data")
    assert judge(late, Judged(False)) == []
    in_utc = replace(CLOSED, first_received_at=LAST_SECOND.astimezone(UTC))
    assert judge(in_utc, Unjudged()) == verdict(True, "same_day_data")


def test_data_that_came_in_time_and_were_worked_off_late_correct_the_verdict() -> None:
    found = judge(replace(CLOSED, first_received_at=LAST_SECOND), Judged(False))
    assert found == verdict(True, "same_day_data_processed_late")


def test_an_online_day_stays_online() -> None:
    assert judge(CLOSED, Judged(True)) == []


def test_days_are_those_of_china() -> None:
    assert day_of(datetime(2013, 1, 14, 15, 59, 59, tzinfo=UTC)) == date(2013, 1, 14)
    assert day_of(datetime(2013, 1, 14, 16, tzinfo=UTC)) == date(2013, 1, 15)


NOON = datetime(2013, 1, 14, 4, tzinfo=UTC)
WATCH = WatchFeed("MILL", "350181", NOON, timedelta(hours=2), NOON + timedelta(hours=2))


def test_a_feed_is_silent_when_the_span_is_full() -> None:
    assert watch(WATCH, Flowing()) == [FeedSilent("MILL", "350181", NOON, WATCH.now)]
    assert watch(replace(WATCH, now=WATCH.now - timedelta(seconds=1)), Flowing()) == []


def test_a_silent_feed_is_said_once() -> None:
    assert watch(replace(WATCH, now=WATCH.now + timedelta(days=1)), Silent(NOON)) == []


def test_a_feed_resumes_when_data_arrive() -> None:
    came = NOON + timedelta(hours=5)
    command = replace(WATCH, last_received_at=came, now=came + timedelta(minutes=1))
    assert watch(command, Silent(NOON)) == [FeedResumed("MILL", "350181", NOON, came)]


def test_a_feed_that_spoke_and_stopped_between_two_looks_gives_both() -> None:
    came = NOON + timedelta(hours=5)
    command = replace(WATCH, last_received_at=came, now=came + timedelta(hours=3))
    resumed, silent = watch(command, Silent(NOON))
    assert resumed == FeedResumed("MILL", "350181", NOON, came)
    assert silent == FeedSilent("MILL", "350181", came, command.now)


@pytest.mark.parametrize("state", [Flowing(), Silent(NOON)])
def test_what_is_said_is_what_holds(state: Flowing | Silent) -> None:
    assert evolve_feed(state, FeedSilent("MILL", "350181", NOON, WATCH.now)) == Silent(NOON)
    assert evolve_feed(state, FeedResumed("MILL", "350181", NOON, WATCH.now)) == Flowing()
