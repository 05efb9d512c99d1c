"""Duty (报送义务): who owes what, for which period, by when. The rules are the plan's calendar, loaded as data.

No duty rolls to another day when its due day is not a working day: the plan has no such rule (X-23).
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

CITY_REPORT = "TR-12"
"""The monthly report of the cities (月报): the one duty that this service carries out itself so far."""

Standing = Literal["received", "late", "missing", "not_due"]


@dataclass(frozen=True, slots=True)
class Instance:
    """One listed occasion."""

    period: str
    due_on: date


@dataclass(frozen=True, slots=True)
class DueRule:
    """When a duty is due.

    day_of_next_month: `day` of the month after the period · end_of_period · on: `on` · within: by `end` ·
    on_each: as listed in `instances` · configuration: no day is known.
    """

    rule: Literal["day_of_next_month", "end_of_period", "on", "within", "on_each", "configuration"]
    day: int | None = None
    on: date | None = None
    start: date | None = None
    end: date | None = None
    instances: tuple[Instance, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of a plan. `levels` are the region levels that owe it, `rows` the plan rows that say so.

    Periods are "2013-01" (month) or "2013-Q1" (quarter), `first_period` and `last_period` inclusive; both
    None where the rule lists its days itself.
    """

    plan: str
    duty: str
    rows: tuple[str, ...]
    name: str
    term: str
    kind: str
    who: str
    levels: tuple[str, ...]
    recurrence: str
    due: DueRule
    source: str
    confidence: str
    to: str | None = None
    first_period: str | None = None
    last_period: str | None = None
    note: str = ""

    def covers(self, period: str) -> bool:
        """Whether the duty exists for that month or quarter."""
        first, last = self.first_period, self.last_period
        return first is not None and last is not None and first <= period <= last


def due_on(duty: Duty, period: str) -> date | None:
    """The day by which the duty for `period` is owed, that day included; None if it isn't owed."""
    if duty.due.rule == "on_each":
        return next((each.due_on for each in duty.due.instances if each.period == period), None)
    if not duty.covers(period):
        return None
    match duty.due.rule:
        case "day_of_next_month":
            year, month = month_after(period)
            return date(year, month, duty.due.day or 1)
        case "end_of_period":
            return last_day(period)
        case _:
            return None


def find(duties: Sequence[Duty], duty: str, period: str) -> Duty | None:
    """The duty of that id that is owed for `period`, of whichever plan."""
    return next((each for each in duties if each.duty == duty and due_on(each, period)), None)


def standing(today: date, due: date, reported_on: date | None) -> Standing:
    """How it stands with one report. What isn't there is missing once its day has passed, never zero."""
    if reported_on is not None:
        return "late" if reported_on > due else "received"
    return "missing" if today > due else "not_due"


def month_after(month: str) -> tuple[int, int]:
    """(year, month) of the month after "2013-12"."""
    year, number = int(month[:4]), int(month[5:7])
    return (year + 1, 1) if number == 12 else (year, number + 1)


def first_day(month: str) -> date:
    """The first day of "2013-02"."""
    return date(int(month[:4]), int(month[5:7]), 1)


def last_day(period: str) -> date:
    """The last day of "2013-02" or "2013-Q1"."""
    year = int(period[:4])
    month = int(period[6]) * 3 if period[5] == "Q" else int(period[5:7])
    return date(year, month, calendar.monthrange(year, month)[1])


def months(first: str, last: str) -> list[str]:
    """Every month from `first` to `last`, both included."""
    found, current = [], first
    while current <= last:
        found.append(current)
        current = "{:04d}-{:02d}".format(*month_after(current))
    return found
