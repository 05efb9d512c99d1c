"""A feed is read as its owner says it is meant, and every line that can't be is named."""

import tracemalloc
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cli.readings_csv import Feed, Mapping, Row, read, rows

PLAIN = Mapping(
    meter="M1",
    meter_column=None,
    time_column="time",
    value_column="value",
    time_format="iso",
    zone="Asia/Shanghai",
    label="end",
    midnight="as-written",
    kind="interval",
    minutes=15,
    unit="kWh",
)


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "feed.csv"
    path.write_text(text, encoding="utf-8")
    return path


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def all_of(feed: Feed) -> list[Row]:
    return list(rows(feed))


def test_a_label_of_the_start_is_moved_to_the_end(tmp_path: Path) -> None:
    path = file(tmp_path, "time,value\n2013-01-01 00:00,1.5\n")
    assert all_of(read(path, replace(PLAIN, label="start")))[0].end == at("2013-01-01T00:15+08:00")
    assert all_of(read(path, PLAIN))[0].end == at("2013-01-01T00:00+08:00")


def test_midnight_under_a_days_date_ends_that_day(tmp_path: Path) -> None:
    path = file(tmp_path, "time,value\n01/01/2018 23:45,1\n01/01/2018 00:00,2\n")
    feed = read(path, replace(PLAIN, time_format="%d/%m/%Y %H:%M", midnight="ends-the-day"))
    assert [row.end for row in all_of(feed)] == [at("2018-01-01T23:45+08:00"), at("2018-01-02T00:00+08:00")]
    assert feed.gaps(15) == 0


def test_a_stamp_with_its_own_offset_keeps_it(tmp_path: Path) -> None:
    path = file(tmp_path, "time,value\n2013-01-01T00:15Z,1\n")
    assert all_of(read(path, PLAIN))[0].end == at("2013-01-01T00:15+00:00")


def test_a_byte_order_mark_is_no_part_of_a_column(tmp_path: Path) -> None:
    path = file(tmp_path, "\ufefftime,value\n2013-01-01 00:15,3.17\n")
    assert read(path, PLAIN).total == Decimal("3.17")


def test_gaps_and_repeats_are_counted_per_meter(tmp_path: Path) -> None:
    lines = ["A,2013-01-01 00:15,1", "A,2013-01-01 01:00,1", "A,2013-01-01 01:00,1", "B,2013-01-01 09:00,1"]
    feed = read(
        file(tmp_path, "m,time,value\n" + "\n".join(lines)), replace(PLAIN, meter="", meter_column="m")
    )
    assert feed.gaps(15) == 2
    assert feed.repeated() == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2013-01-01 00:15,abc", "'abc' is not a number"),
        ("2013-01-01 00:15,1,234.5", "3 cells under 2 columns"),
        ("2013-01-01 00:15", "1 cells under 2 columns"),
        ("2013-01-01 00:15,1_000", "not a number"),
        ("2013-01-01 00:15,１２", "not a number"),
        ("2013-01-01 00:15,NaN", "finite"),
        ("2013-01-01 00:15,", "not a number"),
        ("yesterday,1", "not a time"),
    ],
)
def test_a_bad_line_is_named_and_the_good_ones_stay(tmp_path: Path, line: str, why: str) -> None:
    feed = read(file(tmp_path, f"time,value\n2013-01-01 00:30,1\n{line}\n"), PLAIN)
    assert feed.count == 1
    assert feed.faults[0].line == 3
    assert why in feed.faults[0].why


BERLIN = replace(PLAIN, zone="Europe/Berlin", label="start", minutes=30)


def test_an_hour_that_comes_twice_is_two_hours(tmp_path: Path) -> None:
    """On 27 October 2013 the clocks of Berlin went back at 3: a row in four was dropped, with exit code 0."""
    stamps = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
    lines = [f"{meter},2013-10-27 {stamp},1" for stamp in stamps for meter in "AB"]
    path = file(tmp_path, "m,time,value\n" + "\n".join(lines) + "\n")
    feed = read(path, replace(BERLIN, meter="", meter_column="m"))
    first = at("2013-10-27T00:00+00:00")
    assert [row.end for row in all_of(feed) if row.meter == "A"] == [first + 1800 * n for n in range(6)]
    assert (feed.repeated(), feed.gaps(30), feed.faulty) == (0, 0, 0)


def test_an_hour_that_never_came_is_named(tmp_path: Path) -> None:
    path = file(tmp_path, "time,value\n2013-03-31 01:30,1\n2013-03-31 02:30,1\n2013-03-31 03:00,1\n")
    feed = read(path, BERLIN)
    assert [row.end for row in all_of(feed)] == [at("2013-03-31T01:00+00:00"), at("2013-03-31T01:30+00:00")]
    assert [(fault.line, "put forward" in fault.why) for fault in feed.faults] == [(3, True)]


def test_a_file_as_windows_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_bytes("时间;电量\n2013-01-01 00:15;1234,5\n".encode("gbk"))
    mapping = replace(PLAIN, time_column="时间", value_column="电量", delimiter=";", decimal=",")
    with pytest.raises(ValueError, match="--encoding gb18030"):
        read(path, mapping)
    assert read(path, replace(mapping, encoding="gb18030")).total == Decimal("1234.5")
    with pytest.raises(ValueError, match="is no encoding"):
        read(path, replace(mapping, encoding="klingon"))


def test_a_decimal_comma_takes_no_points(tmp_path: Path) -> None:
    path = file(tmp_path, "time;value\n2013-01-01 00:15;1.234,5\n2013-01-01 00:30;1,5\n")
    feed = read(path, replace(PLAIN, delimiter=";", decimal=","))
    assert (feed.total, feed.faulty) == (Decimal("1.5"), 1)


def test_a_registers_energy_is_shown_over_its_rollovers(tmp_path: Path) -> None:
    values = ["838850", "838860", "9.2", "19.2"]
    text = "time,value\n" + "".join(f"2013-01-01 0{n}:00,{value}\n" for n, value in enumerate(values))
    feed = read(file(tmp_path, text), replace(PLAIN, kind="register", modulus=Decimal("838860.8")))
    assert (feed.passed, feed.rollovers) == (Decimal("30.0"), 1)


def test_a_large_file_needs_eight_bytes_a_reading(tmp_path: Path) -> None:
    """200 MB needed 1.4 GB."""
    begin, count = datetime.fromisoformat("2013-01-01T00:00"), 40_000
    lines = "".join(f"{begin + timedelta(minutes=15 * n)},{n}.5\n" for n in range(count))
    path = file(tmp_path, "time,value\n" + lines)
    tracemalloc.start()
    feed = read(path, PLAIN)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert feed.count == sum(1 for _ in rows(feed)) == count
    assert kept < 20 * count


@pytest.mark.parametrize(
    ("text", "mapping", "why"),
    [
        ("a,b\n1,2\n", PLAIN, "no column 'time'"),
        ("time,value\n", PLAIN, "no line"),
        ("time,value,value\n2013-01-01 00:15,1,2\n", PLAIN, "2 columns 'value'"),
        ("time;value\n", replace(PLAIN, delimiter=";", decimal=";"), "can't both"),
        ("time,value\n2013-01-01 00:15,1\n", replace(PLAIN, zone="Mars/Base"), "time zone"),
        ("time,value\n2013-01-01 00:15,1\n", replace(PLAIN, meter=""), "--meter"),
    ],
)
def test_a_file_or_mapping_that_can_not_be_is_refused(
    tmp_path: Path, text: str, mapping: Mapping, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        read(file(tmp_path, text), mapping)
