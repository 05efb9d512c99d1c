"""A meter's readings out of the archive's files, for a list: the month stays where it is.

Files are in the order of series and time, so that of a month's file only the groups of rows of these series are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

EXACT = {b"shengji.readings": b"2"}
"""Stands in a file whose values are in 1e-6 of their unit, energy in the series' step. 517f57c wrote nothing."""
_MILLI = 1000


class Unreadable(Exception):
    """The file isn't where it was written, or isn't what was written."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A reading in a file: epoch seconds, series, value in 1e-6 of the unit (negative: voided)."""

    t: int
    s: int
    v: int


def readings_of(file: Path, size: int, series: Sequence[int], after: int, until: int) -> list[Kept]:
    """The readings of these series with `after` < t <= `until`, by time. Raises Unreadable. Blocks: for a thread."""
    try:
        if file.stat().st_size != size:
            raise Unreadable(f"{file} isn't the file that was written")
        with pq.ParquetFile(file) as source:
            exact = EXACT.items() <= (source.schema_arrow.metadata or {}).items()
        wanted = [("s", "in", list(series)), ("t", ">", after), ("t", "<=", until)]
        table = pq.read_table(file, columns=["t", "s", "v"], filters=wanted)
    except OSError as error:
        raise Unreadable(str(error)) from error
    rows = sorted(zip(*(table[name].to_pylist() for name in ("t", "s", "v")), strict=True))
    return [Kept(t, s, v if exact or v < 0 else v * _MILLI) for t, s, v in rows]
