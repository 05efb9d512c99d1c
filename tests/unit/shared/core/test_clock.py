"""The Clock: aware, in UTC, never back."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.clock import SteppedClock, SystemClock

NOON = datetime(2013, 2, 5, 4, tzinfo=UTC)


def test_a_stepped_clock_stands_until_it_is_set() -> None:
    clock = SteppedClock(NOON)
    assert clock.simulated
    assert clock.now() == clock.now() == NOON
    assert clock.set(NOON + timedelta(hours=1))
    assert clock.now() == NOON + timedelta(hours=1)


def test_it_never_goes_back() -> None:
    clock = SteppedClock(NOON)
    assert not clock.set(NOON - timedelta(microseconds=1))
    assert clock.now() == NOON
    assert clock.set(NOON)


def test_every_moment_is_aware_and_in_utc() -> None:
    local = datetime(2013, 2, 5, 12, tzinfo=timezone(timedelta(hours=8)))
    clock = SteppedClock(local)
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC
    assert SystemClock().now().tzinfo is UTC
    assert not SystemClock().simulated
    for naive in (lambda: SteppedClock(datetime(2013, 2, 5)), lambda: clock.set(datetime(2013, 2, 6))):  # noqa: DTZ001
        with pytest.raises(ValueError, match="no time zone"):
            naive()


async def test_who_waits_for_a_step_is_woken_by_it_each_time() -> None:
    clock = SteppedClock(NOON)
    for hour in (1, 2):
        waiter = asyncio.create_task(clock.changed(timeout=30))
        await asyncio.sleep(0)
        assert not waiter.done()
        clock.set(NOON + timedelta(hours=hour))
        await asyncio.wait_for(waiter, 1)


async def test_who_waits_for_a_step_waits_no_longer_than_it_said() -> None:
    await asyncio.wait_for(SteppedClock(NOON).changed(timeout=0.01), 1)
    await asyncio.wait_for(SystemClock().changed(timeout=0.01), 1)
