"""Online monitoring (EN-14): a day's verdict (G-10), a feed's silence."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.energy.monitoring.coverage.decisions import COVERAGE, Arrived, JudgeDay
from services.energy.monitoring.coverage.facts import CoverageChanged, Judged
from services.energy.monitoring.feeds.decisions import FEEDS, Heard, WatchFeed
from services.energy.monitoring.feeds.facts import FeedEvent, FeedResumed, FeedSilent, Flowing, Silent
from shared.clock import CHINA, local_day
from tests.kit.spec import given

DAY = date(2013, 1, 14)
LAST_SECOND = datetime(2013, 1, 14, 23, 59, 59, tzinfo=CHINA)
MIDNIGHT = datetime(2013, 1, 15, tzinfo=CHINA)
JUDGE = JudgeDay(enterprise="MILL", region="350181", day=DAY)
OPEN = Arrived(today=DAY, by="system:energy", first_received_at=None)
CLOSED = replace(OPEN, today=date(2013, 1, 15))


def verdict(online: bool, reason: str) -> CoverageChanged:
    return CoverageChanged(enterprise="MILL", region="350181", day=DAY, online=online, reason=reason)


NOT_ONLINE = verdict(False, "no_same_day_data")
ONLINE = verdict(True, "same_day_data")


def test_a_day_is_online_from_its_first_data_on() -> None:
    given(COVERAGE).when(JUDGE, replace(OPEN, first_received_at=LAST_SECOND)).then(ONLINE)


def test_an_unfinished_day_without_data_waits() -> None:
    given(COVERAGE).when(JUDGE, OPEN).changes_nothing()


def test_a_finished_day_without_data_is_not_online() -> None:
    given(COVERAGE).when(JUDGE, CLOSED).then(NOT_ONLINE)


def test_g10_data_that_arrive_on_the_next_day_do_not_make_the_day_online() -> None:
    """G-10: at 00:00:00 the next day has begun, in +08:00 and nowhere else."""
    late = replace(CLOSED, first_received_at=MIDNIGHT)
    given(COVERAGE).when(JUDGE, late).then(NOT_ONLINE)
    given(COVERAGE, NOT_ONLINE).when(JUDGE, late).changes_nothing()
    in_utc = replace(CLOSED, first_received_at=LAST_SECOND.astimezone(UTC))
    given(COVERAGE).when(JUDGE, in_utc).then(ONLINE)


def test_data_that_came_in_time_and_were_worked_off_late_correct_the_verdict() -> None:
    late = verdict(True, "same_day_data_processed_late")
    given(COVERAGE, NOT_ONLINE).when(JUDGE, replace(CLOSED, first_received_at=LAST_SECOND)).then(late)


def test_an_online_day_stays_online() -> None:
    given(COVERAGE, ONLINE).when(JUDGE, CLOSED).changes_nothing()


def test_a_corrected_day_stays_in_the_region_in_which_it_was_judged_first() -> None:
    corrected = replace(verdict(True, "same_day_data_processed_late"), region="350203")
    assert given(COVERAGE, NOT_ONLINE, corrected).state == Judged(
        enterprise="MILL",
        day=DAY,
        region="350181",
        online=True,
        reason="same_day_data_processed_late",
        version=2,
    )


def test_days_are_those_of_china() -> None:
    assert local_day(datetime(2013, 1, 14, 15, 59, 59, tzinfo=UTC)) == date(2013, 1, 14)
    assert local_day(datetime(2013, 1, 14, 16, tzinfo=UTC)) == date(2013, 1, 15)


NOON = datetime(2013, 1, 14, 4, tzinfo=UTC)
WATCH = WatchFeed(enterprise="MILL", region="350181")
STALE = Heard(
    today=DAY,
    by="system:energy",
    last_received_at=NOON,
    silent_after=timedelta(hours=2),
    now=NOON + timedelta(hours=2),
)


def silent(since: datetime, at: datetime) -> FeedEvent:
    return FeedSilent(enterprise="MILL", region="350181", since=since, at=at)


def resumed(since: datetime, at: datetime) -> FeedEvent:
    return FeedResumed(enterprise="MILL", region="350181", since=since, at=at)


FELL_SILENT = silent(NOON, STALE.now)


def test_a_feed_is_silent_when_the_span_is_full() -> None:
    given(FEEDS).when(WATCH, STALE).then(FELL_SILENT)
    given(FEEDS).when(WATCH, replace(STALE, now=STALE.now - timedelta(seconds=1))).changes_nothing()


def test_a_silent_feed_is_said_once() -> None:
    given(FEEDS, FELL_SILENT).when(WATCH, replace(STALE, now=STALE.now + timedelta(days=1))).changes_nothing()


def test_a_feed_resumes_when_data_arrive() -> None:
    came = NOON + timedelta(hours=5)
    heard = replace(STALE, last_received_at=came, now=came + timedelta(minutes=1))
    given(FEEDS, FELL_SILENT).when(WATCH, heard).then(resumed(NOON, came))


def test_a_feed_that_spoke_and_stopped_between_two_looks_gives_both() -> None:
    came = NOON + timedelta(hours=5)
    heard = replace(STALE, last_received_at=came, now=came + timedelta(hours=3))
    given(FEEDS, FELL_SILENT).when(WATCH, heard).then(resumed(NOON, came), silent(came, heard.now))


@pytest.mark.parametrize("before", [(), (FELL_SILENT,), (FELL_SILENT, resumed(NOON, STALE.now))])
def test_what_is_said_is_what_holds(before: tuple[FeedEvent, ...]) -> None:
    version = len(before) + 1
    assert given(FEEDS, *before, FELL_SILENT).state == Silent(enterprise="MILL", since=NOON, version=version)
    assert given(FEEDS, *before, resumed(NOON, STALE.now)).state == Flowing(
        enterprise="MILL", version=version
    )


def test_a_feed_that_flows_again_falls_silent_again() -> None:
    given(FEEDS, FELL_SILENT, resumed(NOON, STALE.now)).when(WATCH, STALE).then(FELL_SILENT)
