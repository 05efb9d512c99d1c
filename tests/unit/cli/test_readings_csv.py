"""A feed is read as its owner says it is meant, and every line that can't be is named."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cli.readings_csv import Mapping, read

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


def test_a_label_of_the_start_is_moved_to_the_end(tmp_path: Path) -> None:
    path = file(tmp_path, "time,value\n2013-01-01 00:00,1.5\n")
    assert read(path, replace(PLAIN, label="start")).rows[0].end == at("2013-01-01T00:15+08:00")
    assert read(path, PLAIN).rows[0].end == at("2013-01-01T00:00+08:00")


def test_midnight_under_a_days_date_ends_that_day(tmp_path: Path) -> None:
    path = file(tmp_path, "time,value\n01/01/2018 23:45,1\n01/01/2018 00:00,2\n")
    feed = read(path, replace(PLAIN, time_format="%d/%m/%Y %H:%M", midnight="ends-the-day"))
    assert [row.end for row in feed.rows] == [at("2018-01-01T23:45+08:00"), at("2018-01-02T00:00+08:00")]
    assert feed.gaps(15) == 0


def test_a_stamp_with_its_own_offset_keeps_it(tmp_path: Path) -> None:
    path = file(tmp_path, "time,value\n2013-01-01T00:15Z,1\n")
    assert read(path, PLAIN).rows[0].end == at("2013-01-01T00:15+00:00")


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
        ("2013-01-01 00:15,NaN", "finite"),
        ("2013-01-01 00:15,", "not a number"),
        ("yesterday,1", "not a time"),
    ],
)
def test_a_bad_line_is_named_and_the_good_ones_stay(tmp_path: Path, line: str, why: str) -> None:
    feed = read(file(tmp_path, f"time,value\n2013-01-01 00:30,1\n{line}\n"), PLAIN)
    assert len(feed.rows) == 1
    assert feed.faults[0].line == 3
    assert why in feed.faults[0].why


@pytest.mark.parametrize(
    ("text", "mapping", "why"),
    [
        ("a,b\n1,2\n", PLAIN, "no column 'time'"),
        ("time,value\n", PLAIN, "no line"),
        ("time,value\n2013-01-01 00:15,1\n", replace(PLAIN, zone="Mars/Base"), "time zone"),
        ("time,value\n2013-01-01 00:15,1\n", replace(PLAIN, meter=""), "--meter"),
    ],
)
def test_a_file_or_mapping_that_can_not_be_is_refused(
    tmp_path: Path, text: str, mapping: Mapping, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        read(file(tmp_path, text), mapping)
