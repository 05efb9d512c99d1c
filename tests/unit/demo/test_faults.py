"""Each fault of the table: what it does to the batches, and what its check accepts and refuses."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from demo.answers import DaySum
from demo.fault_kinds import Fault, Known
from demo.faults import FAULTS
from demo.outgoing import Devices, Post, china, day_total
from demo.pace import OPENING
from demo.world import FIRST_DAY, enterprises

WORLD = {each.enterprise: each for each in enterprises()}
TABLE = {fault.key: fault for fault in FAULTS}
DAY = timedelta(days=1)


class Saying:
    """A system that answers as it is told; by default with the whole truth, nothing parked, silent or held."""

    def __init__(self, **told: Any) -> None:
        self._told = told

    async def day(self, enterprise: str, carrier: str, day: date) -> DaySum | None:
        if "day" in self._told:
            told: DaySum | None = self._told["day"]
            return told
        meters = [m for m in WORLD[enterprise].meters if m.carrier == carrier and m.since <= day]
        total = sum(day_total(meter, day) for meter in meters)
        return DaySum(Decimal(total).scaleb(-3), "kWh", 96 * len(meters), 96 * len(meters))

    async def parked(self, enterprise: str, meter: str) -> int:
        return int(self._told.get("parked", 0))

    async def held(self, enterprise: str, reason: str) -> int:
        return int(self._told.get("held", 0))

    async def silent_since(self, enterprise: str) -> datetime | None:
        told: datetime | None = self._told.get("silent_since")
        return told

    async def online(self, enterprise: str, day: date) -> bool | None:
        told: bool | None = self._told.get("online")
        return told


def _known(receipts: Mapping[str, int], seen: Mapping[str, Any], ask: Saying) -> Known:
    return Known(receipts, seen, ask, WORLD)  # type: ignore[arg-type]


def _send(fault: Fault, begin: datetime, end: datetime, step: timedelta) -> tuple[list[Post], list[Post]]:
    """What leaves the enterprise's devices from `begin` to `end`: (ordinary, besides)."""
    devices = Devices(WORLD[fault.enterprise])
    ordinary, besides = [], []
    now = begin
    while now < end:
        before, now = now, now + step
        columns = devices.cut(before, now)
        ordinary += fault.ordinary(Post(fault.enterprise, columns), now) if columns else []
        besides += fault.besides(devices, before, now)
    return ordinary, besides


def _readings(posts: list[Post]) -> list[tuple[str, int, int]]:
    return sorted(
        (column.meter, t, v)
        for post in posts
        for column in post.columns
        for t, v in zip(column.t.tolist(), column.v.tolist(), strict=True)
    )


def test_the_table_plays_in_the_opening_days() -> None:
    assert len(TABLE) == len(FAULTS)
    ends = china(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day) + OPENING
    assert all(fault.settled < ends for fault in FAULTS)
    assert all(fault.observe_at is None or fault.observe_at < fault.settled for fault in FAULTS)


@pytest.mark.parametrize("key", ["twice", "resend", "late", "silent", "correction", "spike", "ahead"])
@pytest.mark.parametrize("step", [timedelta(minutes=90), timedelta(hours=24)])
def test_whatever_goes_wrong_every_true_reading_is_sent_in_the_end(key: str, step: timedelta) -> None:
    fault = TABLE[key]
    begin, end = china(2013, 1, 2), china(2013, 1, 10)
    sent = set(_readings([post for posts in _send(fault, begin, end, step) for post in posts]))
    assert set(_readings([Post("", Devices(WORLD[fault.enterprise]).cut(begin, end))])) <= sent


def test_a_silent_feed_sends_nothing_until_it_sends_everything() -> None:
    fault = TABLE["silent"]
    ordinary, besides = _send(fault, china(2013, 1, 3), china(2013, 1, 6), timedelta(minutes=90))
    begins, ends = china(2013, 1, 3, 20).timestamp(), china(2013, 1, 5, 9).timestamp()
    assert not [t for _, t, _ in _readings(ordinary) if begins < t <= ends]
    assert len(_readings(besides)) == 37 * 4 * len(WORLD[fault.enterprise].meters)


def test_late_readings_are_of_one_meter_only() -> None:
    fault = TABLE["late"]
    ordinary, besides = _send(fault, china(2013, 1, 2), china(2013, 1, 8), timedelta(minutes=90))
    assert {meter for meter, _, _ in _readings(besides)} == {"QZ01-1"}
    assert len(_readings(besides)) == 24
    assert {meter for meter, t, _ in _readings(ordinary) if t == china(2013, 1, 2, 9).timestamp()} == {
        "QZ01-2"
    }


def test_a_wrong_value_is_put_right_by_a_correction() -> None:
    fault = TABLE["correction"]
    ordinary, besides = _send(fault, china(2013, 1, 3), china(2013, 1, 5), timedelta(minutes=90))
    moment = int(china(2013, 1, 3, 14, 15).timestamp())
    wrong = [v for meter, t, v in _readings(ordinary) if (meter, t) == ("ND02-2", moment)]
    right = [v for meter, t, v in _readings(besides) if (meter, t) == ("ND02-2", moment)]
    assert wrong == [2 * right[0]]
    assert [post.correction for post in besides] == [True]


def test_a_fast_clock_sends_what_has_not_come_yet() -> None:
    fault = TABLE["ahead"]
    _, besides = _send(fault, china(2013, 1, 4, 7, 30), china(2013, 1, 4, 9), timedelta(minutes=90))
    assert min(t for _, t, _ in _readings(besides)) > china(2013, 1, 4, 9).timestamp() - 3600 + 300


CASES: list[tuple[str, dict[str, int], dict[str, Any], Saying, bool]] = [
    ("twice", {"readings": 384, "duplicate": 192, "accepted": 192}, {}, Saying(), True),
    ("twice", {"readings": 384, "duplicate": 191, "accepted": 193}, {}, Saying(), False),
    ("twice", {"readings": 384, "duplicate": 191, "revised": 1, "accepted": 192}, {}, Saying(), False),
    ("twice", {"readings": 384, "duplicate": 192, "accepted": 192}, {}, Saying(day=None), False),
    ("twice", {"readings": 600, "duplicate": 492, "accepted": 108}, {}, Saying(), True),
    ("twice", {}, {}, Saying(), False),
    ("resend", {"readings": 192, "duplicate": 192}, {}, Saying(), True),
    ("resend", {"readings": 192, "duplicate": 192}, {}, Saying(day=None), False),
    ("late", {"readings": 24, "accepted": 24}, {"missing": 24}, Saying(), True),
    ("late", {"readings": 24, "accepted": 24}, {"missing": 0}, Saying(), False),
    ("rollover", {}, {}, Saying(), True),
    ("rollover", {}, {}, Saying(day=DaySum(Decimal(-5), "kWh", 96, 96)), False),
    ("silent", {"readings": 296, "accepted": 296}, {"silent_since": "x"}, Saying(online=False), True),
    ("silent", {"readings": 296, "accepted": 296}, {"silent_since": "x"}, Saying(online=True), False),
    ("silent", {"readings": 296, "accepted": 296}, {"silent_since": None}, Saying(online=False), False),
    (
        "silent",
        {"readings": 296, "accepted": 296},
        {"silent_since": "x"},
        Saying(online=False, silent_since=china(2013, 1, 5)),
        False,
    ),
    ("correction", {"readings": 1, "revised": 1}, {}, Saying(), True),
    ("correction", {"readings": 1, "duplicate": 1}, {}, Saying(), False),
    ("spike", {"readings": 1, "revised": 1}, {"parked": 2}, Saying(), True),
    ("spike", {"readings": 1, "revised": 1}, {"parked": 0}, Saying(), False),
    ("spike", {"readings": 1, "revised": 1}, {"parked": 2}, Saying(parked=2), False),
    ("unknown", {}, {"held": 400}, Saying(), True),
    ("unknown", {}, {"held": 400}, Saying(held=400), False),
    ("unknown", {}, {}, Saying(), False),
    ("ahead", {"readings": 16, "quarantined": 16}, {}, Saying(), True),
    ("ahead", {"readings": 16, "accepted": 16}, {}, Saying(), False),
    ("garbage", {}, {"answers": {"not JSON": (400, 400)}}, Saying(), True),
    ("garbage", {}, {"answers": {"not JSON": (400, 500)}}, Saying(), False),
    ("garbage", {}, {}, Saying(), False),
]


@pytest.mark.parametrize(("key", "receipts", "seen", "ask", "ok"), CASES)
async def test_a_check_believes_only_what_the_system_says(
    key: str, receipts: dict[str, int], seen: dict[str, Any], ask: Saying, ok: bool
) -> None:
    assert (await TABLE[key].check(_known(receipts, seen, ask))).ok is ok


def test_every_fault_of_the_table_has_a_check_that_can_fail() -> None:
    assert {key for key, *_, ok in CASES if not ok} == set(TABLE)
