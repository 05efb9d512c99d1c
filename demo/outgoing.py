"""What the devices send: readings in columns per meter, cut from the synthetic feeds by time."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from demo.feed import Feed, Ints, day_start, quantities
from demo.world import FIRST_DAY, DemoEnterprise, DemoMeter
from shared.clock import CHINA


@dataclass(frozen=True, slots=True)
class Column:
    """Readings of one meter in order of time; `t` epoch seconds, `v` 1/1000 unit."""

    meter: str
    t: Ints
    v: Ints


@dataclass(frozen=True, slots=True)
class Post:
    """One POST of one enterprise. `fault` names the row of the fault table it belongs to; `correction`: a person's
    word, which takes the place of what was measured."""

    enterprise: str
    columns: tuple[Column, ...]
    fault: str = ""
    correction: bool = False
    reason: str = ""

    @property
    def count(self) -> int:
        return sum(len(column.t) for column in self.columns)


@dataclass(slots=True)
class Devices:
    """All meters of one enterprise. What was cut is not remembered: any span can be cut at any time."""

    enterprise: DemoEnterprise
    _feeds: dict[str, Feed] = field(init=False)
    _days: dict[date, dict[str, tuple[Ints, Ints]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._feeds = {meter.meter: Feed(meter) for meter in self.enterprise.meters}

    def cut(
        self, after: datetime, until: datetime, meters: Iterable[str] | None = None
    ) -> tuple[Column, ...]:
        """The readings at after < t <= until. A register's opening is part of the very first one."""
        low, high = int(after.timestamp()), int(until.timestamp())
        wanted = self._feeds if meters is None else {name: self._feeds[name] for name in meters}
        days = [day for day in _days(after, until) if day >= FIRST_DAY]
        columns = []
        for name, feed in wanted.items():
            parts = [self._day(day)[name] for day in days if day >= feed.meter.since]
            t = np.concatenate([part[0] for part in parts]) if parts else np.array([], np.int64)
            v = np.concatenate([part[1] for part in parts]) if parts else np.array([], np.int64)
            if feed.meter.kind == "register" and low < day_start(FIRST_DAY) <= high:
                opening, value = feed.opening()
                t, v = np.insert(t, 0, opening), np.insert(v, 0, value)
            kept = (t > low) & (t <= high)
            if kept.any():
                columns.append(Column(name, t[kept], v[kept]))
        return tuple(columns)

    def _day(self, day: date) -> dict[str, tuple[Ints, Ints]]:
        if day not in self._days:
            if len(self._days) >= 10:
                self._days.pop(next(iter(self._days)))
            self._days[day] = {name: feed.readings(day) for name, feed in self._feeds.items()}
        return self._days[day]


def without(column: Column, after: datetime, until: datetime) -> Column:
    """The column without what lies at after < t <= until."""
    kept = (column.t <= int(after.timestamp())) | (column.t > int(until.timestamp()))
    return replace(column, t=column.t[kept], v=column.v[kept])


def at(column: Column, moment: datetime, value: int) -> Column:
    """The column with another value at one moment, if it has that moment."""
    return replace(column, v=np.where(column.t == int(moment.timestamp()), value, column.v))


def split(post: Post, limit: int) -> list[Post]:
    """The same readings in POSTs of at most `limit`."""
    if post.count <= limit:
        return [post]
    made, room, columns = [], limit, []
    for column in post.columns:
        begin = 0
        while begin < len(column.t):
            end = min(begin + room, len(column.t))
            columns.append(replace(column, t=column.t[begin:end], v=column.v[begin:end]))
            room -= end - begin
            begin = end
            if room == 0:
                made.append(replace(post, columns=tuple(columns)))
                room, columns = limit, []
    return [*made, replace(post, columns=tuple(columns))] if columns else made


def day_total(meter: DemoMeter, day: date) -> int:
    """What the meter measures on a day, in 1/1000 unit: the truth that the system's figures are held against."""
    return int(quantities(meter, day).sum())


def china(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment in +08:00."""
    return datetime(year, month, day, hour, minute, tzinfo=CHINA)


def local(moment: datetime) -> datetime:
    """The moment in +08:00, in which days begin and end."""
    return moment.astimezone(CHINA)


def _days(after: datetime, until: datetime) -> list[date]:
    """The days whose quarter-hours end at after < t <= until; 00:00 belongs to the day before."""
    first = (local(after) + timedelta(seconds=1)).date()
    last = (local(until) - timedelta(seconds=1)).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


BEFORE_ALL = datetime.fromtimestamp(day_start(FIRST_DAY) - 1, UTC)
"""A second before the first day: cutting from here takes the registers' openings along."""
