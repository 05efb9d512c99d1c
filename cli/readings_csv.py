"""A CSV feed as readings: columns, unit, time zone and label as the caller says; every bad line is named.

Times become whole epoch seconds of the interval's END, whatever the file's labels name, because energy belongs
to (start, end]. Values stay decimal text: nothing is rounded here. A file is read as a stream, once to look at it and
once to send it: what stays in memory is eight bytes a reading.
"""

import csv
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared import numerals

FAULTS_KEPT = 1_000
"""How many bad lines are kept with their reasons; further ones are only counted."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a file is to be read. `midnight`: "ends-the-day" takes a 00:00 under a date as that day's 24:00. `modulus` is
    the value at which a register starts again at 0; only the preview's energy uses it, the stored figures follow the
    meter's own."""

    meter: str
    meter_column: str | None
    time_column: str
    value_column: str
    time_format: str
    zone: str
    label: str
    midnight: str
    kind: str
    minutes: int
    unit: str
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    modulus: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One reading: `line` of the file, end of the interval in epoch seconds, the value as it was written."""

    line: int
    meter: str
    end: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Fault:
    """One line that can't be read, and why."""

    line: int
    why: str


@dataclass
class Feed:
    """What the whole file says, without its rows: those are read again when they are sent."""

    path: Path
    mapping: Mapping
    count: int = 0
    total: Decimal = Decimal(0)
    """The sum of the values: the energy, where they are interval quantities."""
    first: list[Row] = field(default_factory=list)
    last: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    faulty: int = 0
    passed: Decimal = Decimal(0)
    """What the registers of the file went forward by, over their rollovers, in the file's order."""
    rollovers: int = 0
    _ends: dict[str, "array[int]"] = field(default_factory=lambda: defaultdict(lambda: array("q")))
    _shown: dict[str, Decimal] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Take a reading into account."""
        self.count += 1
        self.total += row.value
        self._ends[row.meter].append(row.end)
        if len(self.first) < _SHOWN:
            self.first.append(row)
        else:
            self.last = [*self.last[-1:], row]
        if self.mapping.kind == "register":
            self._register(row)

    def fault(self, line: int, why: str) -> None:
        """Note a line that can't be read."""
        self.faulty += 1
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(Fault(line, why))

    @property
    def meters(self) -> int:
        """How many meters the file has readings of."""
        return len(self._ends)

    def repeated(self) -> int:
        """How many lines say what another line says already: same meter, same interval."""
        return self.count - sum(len(set(ends)) for ends in self._ends.values())

    def gaps(self, minutes: int) -> int:
        """How many intervals are missing between the first and the last of each meter."""
        missing = 0
        for ends in self._ends.values():
            missing += max(0, (max(ends) - min(ends)) // (minutes * 60) + 1 - len(set(ends)))
        return missing

    def _register(self, row: Row) -> None:
        before = self._shown.get(row.meter)
        self._shown[row.meter] = row.value
        if before is None:
            return
        step = row.value - before
        if step < 0 and self.mapping.modulus is not None:
            step += self.mapping.modulus
            self.rollovers += 1
        self.passed += step


def read(path: Path, mapping: Mapping) -> Feed:
    """Look at the whole file. Raises ValueError for a file or mapping of which no line could be right."""
    feed = Feed(path, mapping)
    for found in _lines(path, mapping):
        if isinstance(found, Fault):
            feed.fault(found.line, found.why)
        else:
            feed.add(found)
    if not feed.count:
        first = f" The first: line {feed.faults[0].line}: {feed.faults[0].why}" if feed.faults else ""
        raise ValueError(f"{path} has no line that can be read as a reading.{first}")
    return feed


def rows(feed: Feed) -> Iterator[Row]:
    """The file's readings, read from it again."""
    return (found for found in _lines(feed.path, feed.mapping) if isinstance(found, Row))


def _lines(path: Path, mapping: Mapping) -> Iterator[Row | Fault]:
    """Every line of the file, as a reading or with the reason why it is none."""
    zone = _zone(mapping.zone)
    if not mapping.meter and not mapping.meter_column:
        raise ValueError("say which meter the readings are of: --meter ID, or --meter-column NAME")
    if mapping.decimal == mapping.delimiter:
        raise ValueError(f"{mapping.decimal!r} can't both separate cells and decimals: give --delimiter")
    walls = _Walls(zone)
    encoding = "utf-8-sig" if mapping.encoding.lower() in ("utf-8", "utf8") else mapping.encoding
    try:
        with path.open(encoding=encoding, newline="") as file:
            yield from _records(path, file, mapping, walls)
    except LookupError:
        raise ValueError(f"{mapping.encoding!r} is no encoding: give utf-8, gb18030, utf-16 …") from None
    except UnicodeError:
        raise ValueError(
            f"{path} is not {mapping.encoding}: say how it is encoded, e.g. --encoding gb18030 (GBK, as Chinese "
            "Windows writes it) or --encoding utf-16"
        ) from None


def _records(path: Path, file: TextIO, mapping: Mapping, walls: "_Walls") -> Iterator[Row | Fault]:
    reader = csv.reader(file, delimiter=mapping.delimiter)
    try:
        names = [name.strip() for name in next(reader, [])]
        _check_columns(path, mapping, names)
        for cells in reader:
            if not cells:
                continue
            try:
                yield _row(reader.line_num, names, cells, mapping, walls)
            except ValueError as error:
                yield Fault(reader.line_num, str(error))
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num + 1}: not CSV: {error}") from error


def _check_columns(path: Path, mapping: Mapping, names: Sequence[str]) -> None:
    wanted = [
        mapping.time_column,
        mapping.value_column,
        *([mapping.meter_column] if mapping.meter_column else []),
    ]
    for name in wanted:
        if name not in names:
            raise ValueError(
                f"{path} has no column {name!r}; it has {', '.join(names) or 'none'}. "
                "Name yours with --time-column, --value-column, --meter-column; another character between the cells "
                "with --delimiter."
            )
        if names.count(name) > 1:
            raise ValueError(
                f"{path} has {names.count(name)} columns {name!r}: it isn't known which is meant"
            )


def _row(line: int, names: Sequence[str], cells: Sequence[str], mapping: Mapping, walls: "_Walls") -> Row:
    if len(cells) != len(names):
        raise ValueError(
            f"{len(cells)} cells under {len(names)} columns: a decimal or thousands comma? "
            "Say so with --delimiter and --decimal, or put the value in quotes"
        )
    record = dict(zip(names, cells, strict=True))
    meter = record[mapping.meter_column].strip() if mapping.meter_column else mapping.meter
    if not meter:
        raise ValueError("no meter")
    value = _value(record[mapping.value_column].strip(), mapping.decimal)
    return Row(line, meter, _end(record[mapping.time_column].strip(), meter, mapping, walls), value)


def _value(text: str, point: str) -> Decimal:
    if point != "." and "." in text:
        raise ValueError(f"{text!r} has a point, and the decimals come after {point!r}")
    if numerals.is_no_number(text):
        raise ValueError(f"{text!r} is not a finite number")
    return numerals.decimal(text.replace(point, "."))


def _end(text: str, meter: str, mapping: Mapping, walls: "_Walls") -> int:
    """The end of the interval in epoch seconds; a register's reading has its own moment."""
    try:
        iso = mapping.time_format == "iso"
        moment = datetime.fromisoformat(text) if iso else datetime.strptime(text, mapping.time_format)  # noqa: DTZ007
    except ValueError:
        raise ValueError(f"{text!r} is not a time of the form {mapping.time_format}") from None
    if moment.tzinfo is None:
        if mapping.midnight == "ends-the-day" and (moment.hour, moment.minute, moment.second) == (0, 0, 0):
            moment += timedelta(days=1)
        moment = walls.moment(meter, moment)
    seconds = round(moment.timestamp())
    # Added to the moment, not to the wall time: an interval across a change of summer time keeps its length.
    return (
        seconds + mapping.minutes * 60 if mapping.kind == "interval" and mapping.label == "start" else seconds
    )


class _Walls:
    """Wall times of a zone as moments. An hour that comes twice is told apart by the order of the file."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._once: set[tuple[str, datetime]] = set()

    def moment(self, meter: str, wall: datetime) -> datetime:
        """The moment. Raises ValueError for a wall time that the zone's clocks skip."""
        early, late = (wall.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1))
        if early.utcoffset() == late.utcoffset():
            return early
        if early.astimezone(UTC).astimezone(self._zone).replace(tzinfo=None) != wall:
            raise ValueError(
                f"{wall:%Y-%m-%d %H:%M} doesn't exist in {self._zone.key}: clocks were put forward"
            )
        if (meter, wall) in self._once:
            return late
        self._once.add((meter, wall))
        return early


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is no time zone: give a name such as Asia/Shanghai") from None
