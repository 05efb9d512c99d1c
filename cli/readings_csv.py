"""A CSV feed as readings: columns, unit, time zone and label as the caller says; every bad line is named.

Times become whole epoch seconds of the interval's END, whatever the file's labels name, because energy belongs
to (start, end]. Values stay decimal text: nothing is rounded here.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a file is to be read. `midnight`: "ends-the-day" takes a 00:00 under a date as that day's 24:00."""

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


@dataclass(frozen=True, slots=True)
class Feed:
    """The whole file, in its order."""

    rows: Sequence[Row]
    faults: Sequence[Fault]

    @property
    def total(self) -> Decimal:
        """The sum of the values: the energy, where they are interval quantities."""
        return sum((row.value for row in self.rows), Decimal(0))

    def repeated(self) -> int:
        """How many lines say what another line says already: same meter, same interval."""
        return len(self.rows) - len({(row.meter, row.end) for row in self.rows})

    def gaps(self, minutes: int) -> int:
        """How many intervals are missing between the first and the last of each meter."""
        missing = 0
        ends: dict[str, set[int]] = {}
        for row in self.rows:
            ends.setdefault(row.meter, set()).add(row.end)
        for known in ends.values():
            missing += (max(known) - min(known)) // (minutes * 60) + 1 - len(known)
        return max(missing, 0)


def read(path: Path, mapping: Mapping) -> Feed:
    """Read the whole file. Raises ValueError for a file or mapping of which no line could be right."""
    zone = _zone(mapping.zone)
    if not mapping.meter and not mapping.meter_column:
        raise ValueError("say which meter the readings are of: --meter ID, or --meter-column NAME")
    rows: list[Row] = []
    faults: list[Fault] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        _check_columns(path, mapping, reader.fieldnames or [])
        for line, record in _records(path, reader):
            try:
                rows.append(_row(line, record, mapping, zone))
            except ValueError as error:
                faults.append(Fault(line, str(error)))
    if not rows:
        first = f" The first: line {faults[0].line}: {faults[0].why}" if faults else ""
        raise ValueError(f"{path} has no line that can be read as a reading.{first}")
    return Feed(rows, faults)


def _records(path: Path, reader: "csv.DictReader[str]") -> Iterator[tuple[int, dict[str, str | None]]]:
    try:
        for record in reader:
            yield reader.line_num, record
    except (csv.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{path}, line {reader.line_num + 1}: not CSV in UTF-8: {error}") from error


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
                "Name yours with --time-column, --value-column, --meter-column."
            )


def _row(line: int, record: dict[str, str | None], mapping: Mapping, zone: ZoneInfo) -> Row:
    meter = (record[mapping.meter_column] or "").strip() if mapping.meter_column else mapping.meter
    if not meter:
        raise ValueError("no meter")
    text = (record[mapping.value_column] or "").strip()
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    if not value.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return Row(line, meter, _end((record[mapping.time_column] or "").strip(), mapping, zone), value)


def _end(text: str, mapping: Mapping, zone: ZoneInfo) -> int:
    """The end of the interval in epoch seconds; a register's reading has its own moment."""
    try:
        iso = mapping.time_format == "iso"
        moment = datetime.fromisoformat(text) if iso else datetime.strptime(text, mapping.time_format)  # noqa: DTZ007
    except ValueError:
        raise ValueError(f"{text!r} is not a time of the form {mapping.time_format}") from None
    if moment.tzinfo is None:
        if mapping.midnight == "ends-the-day" and (moment.hour, moment.minute, moment.second) == (0, 0, 0):
            moment += timedelta(days=1)
        moment = moment.replace(tzinfo=zone)
    if mapping.kind == "interval" and mapping.label == "start":
        moment += timedelta(minutes=mapping.minutes)
    return round(moment.timestamp())


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is no time zone: give a name such as Asia/Shanghai") from None
