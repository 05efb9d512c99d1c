"""What the demo's devices send: exact, the same at every run, and cut at any time."""

import json
from datetime import date, timedelta

import numpy as np
import pytest

from demo.feed import quantities
from demo.outgoing import BEFORE_ALL, Column, Devices, Post, china, day_total, split
from demo.push import encode
from demo.world import ROLLING_OVER, DemoEnterprise, DemoMeter, enterprises

WORLD = {each.enterprise: each for each in enterprises()}


def _meter(name: str) -> tuple[DemoEnterprise, DemoMeter]:
    return next((e, m) for e in WORLD.values() for m in e.meters if m.meter == name)


def test_the_province_has_enterprises_around_the_line_in_all_nine_cities() -> None:
    cities = {each.city for each in WORLD.values()}
    assert len(cities) == 9
    assert len({meter.meter for each in WORLD.values() for meter in each.meters}) == sum(
        len(each.meters) for each in WORLD.values()
    )
    for city in cities:
        sizes = [each.tce for each in WORLD.values() if each.city == city]
        assert 10_000 in sizes  # 以上 includes the number itself
        assert min(sizes) < 10_000 < max(sizes) or city == "350400"
    assert {"electricity", "raw_coal", "natural_gas_gasfield"} <= {
        meter.carrier for each in WORLD.values() for meter in each.meters
    }


def test_a_registers_readings_telescope_to_what_was_measured_whatever_the_cuts() -> None:
    enterprise, meter = _meter("FZ01-1")
    whole = Devices(enterprise).cut(BEFORE_ALL, china(2013, 1, 4), [meter.meter])[0]
    devices = Devices(enterprise)
    parts = [
        devices.cut(begin, begin + timedelta(minutes=90), [meter.meter])
        for begin in (china(2013, 1, 1) + timedelta(minutes=90 * n) for n in range(48))
    ]
    assert np.concatenate([part[0].v for part in parts]).tolist() == whole.v[1:].tolist()
    measured = sum(day_total(meter, date(2013, 1, day)) for day in (1, 2, 3))
    assert int(whole.v[-1] - whole.v[0]) == measured


def test_continuing_on_a_later_day_gives_the_same_registers() -> None:
    enterprise, meter = _meter("XM03-2" if _meter("XM03-1")[1].kind == "interval" else "XM03-1")
    day_by_day = Devices(enterprise)
    *_, last = (
        day_by_day.cut(china(2013, 1, day), china(2013, 1, day + 1), [meter.meter]) for day in range(1, 20)
    )
    afresh = Devices(enterprise).cut(china(2013, 1, 19), china(2013, 1, 20), [meter.meter])
    assert last[0].v.tolist() == afresh[0].v.tolist()


def test_the_rolling_register_falls_once_and_loses_nothing() -> None:
    enterprise, meter = _meter(ROLLING_OVER)
    column = Devices(enterprise).cut(BEFORE_ALL, china(2013, 1, 8), [ROLLING_OVER])[0]
    steps = np.diff(column.v)
    assert int((steps < 0).sum()) == 1
    assert meter.digits is not None
    passed = int(steps.sum()) + 10**meter.digits * 1000
    assert passed == sum(day_total(meter, date(2013, 1, day)) for day in range(1, 8))


def test_a_meter_that_comes_later_is_silent_before_its_first_day() -> None:
    enterprise, meter = _meter("PT01-3")
    assert Devices(enterprise).cut(BEFORE_ALL, china(2013, 1, 2), [meter.meter]) == ()
    assert len(Devices(enterprise).cut(china(2013, 1, 2), china(2013, 1, 3), [meter.meter])[0].t) == 96


def test_midnights_reading_belongs_to_the_day_before() -> None:
    enterprise, _ = _meter("FZ01-1")
    column = Devices(enterprise).cut(china(2013, 5, 1, 23, 45), china(2013, 5, 2), ["FZ01-1"])[0]
    assert column.t.tolist() == [int(china(2013, 5, 2).timestamp())]


def test_quantities_stay_within_what_the_meter_can_measure() -> None:
    for enterprise in WORLD.values():
        for meter in enterprise.meters:
            most = int(quantities(meter, date(2013, 7, 3)).max())
            assert 0 < most * 4 < meter.capacity * 1000


@pytest.mark.parametrize("limit", [1, 7, 96, 100, 191, 192])
def test_a_batch_is_split_without_losing_a_reading(limit: int) -> None:
    enterprise, _ = _meter("FZ01-1")
    post = Post("demo-FZ01", Devices(enterprise).cut(china(2013, 2, 1), china(2013, 2, 2)), "late")
    parts = split(post, limit)
    assert all(0 < part.count <= limit for part in parts)
    assert {part.fault for part in parts} == {"late"}

    def readings(posts: list[Post]) -> list[tuple[str, int, int]]:
        return [
            (column.meter, t, v)
            for each in posts
            for column in each.columns
            for t, v in zip(column.t.tolist(), column.v.tolist(), strict=True)
        ]

    assert readings(parts) == readings([post])


def test_a_body_says_every_value_to_the_thousandth() -> None:
    values = np.array([1, 999, 1_000_911_000, 99_999_999_999], np.int64)
    body = json.loads(
        encode(Post("E", (Column("M", np.arange(4) + 1_357_000_000, values),))), parse_float=str
    )
    assert body["columns"]["meter"] == "M"
    assert body["columns"]["value"] == ["0.001", "0.999", "1000911.0", "99999999.999"]
    assert "correction" not in body


def test_a_correction_says_when_it_was_reported() -> None:
    column = Column("M", np.array([1_357_000_000]), np.array([5_000]))
    body = json.loads(encode(Post("E", (column,), correction=True), china(2013, 1, 6, 10)))
    assert body["correction"] is True
    assert body["reported_at"] == "2013-01-06T10:00:00+08:00"
