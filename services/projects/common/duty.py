"""Duty (报送义务): who owes what, for which period, by when. The rules are the plan's calendar, loaded as data.

No duty rolls to another day when its due day is not a working day: the plan has no such rule (X-23).
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

CITY_REPORT = "TR-12"
"""The monthly report of the cities (月报)."""

RESERVE_UPDATE = "reserve_update"
"""Carried out by the quarter's last update of the reserve library; by reference if the library is empty."""

VERIFICATION = "verification"
"""Carried out by the verification of the last city in an appraisal (TR-25b); a year without targets has none."""

ALSO_BY_REFERENCE = (RESERVE_UPDATE, VERIFICATION)
"""Values of `carried_by` that also allow handing in by reference, because there may be nothing to do."""

Standing = Literal["received", "late", "missing", "waived", "not_due"]
Consequence = Literal["named_in_bulletin", "summoned"]
"""通报批评: named in the next bulletin. 约谈: called in by the receiver."""


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
class FollowUp:
    """How a duty is followed up (催报): reminders so many days before it is due, and what comes of silence.

    `missing_in_a_row` periods missing one after the other lead to `consequence`; both None: to nothing.
    """

    remind_days: tuple[int, ...]
    missing_in_a_row: int | None = None
    consequence: Consequence | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of a plan. `levels` are the region levels that owe it, `rows` the plan rows that say so.

    Periods are "2013-01" (month) or "2013-Q1" (quarter), `first_period` and `last_period` inclusive; both
    None where the rule lists its days itself. `skips`: periods between them for which nothing is owed (X-17).
    `carried_by`: what carries it out in this service, e.g. a monthly report; None: it is handed in by
    reference. `follow_up` None: nobody is reminded.
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
    skips: tuple[str, ...] = ()
    carried_by: str | None = None
    follow_up: FollowUp | None = None

    def covers(self, period: str) -> bool:
        """Whether the duty exists for that month or quarter."""
        first, last = self.first_period, self.last_period
        return first is not None and last is not None and first <= period <= last and period not in self.skips


def due_on(duty: Duty, period: str) -> date | None:
    """The day by which the duty for `period` is owed, that day included; None if it isn't owed."""
    match duty.due.rule:
        case "day_of_next_month" if duty.covers(period):
            year, month = month_after(last_day(period).isoformat())
            return date(year, month, duty.due.day or 1)
        case "end_of_period" if duty.covers(period):
            return last_day(period)
        case _:
            return next((each.due_on for each in _listed(duty) if each.period == period), None)


def occasions(duty: Duty, decided: Sequence[Instance] = ()) -> tuple[Instance, ...]:
    """Every occasion of the duty in order of due day; `decided`: days set by operators."""
    own = _listed(duty)
    if duty.first_period and duty.last_period:
        between = (months if "Q" not in duty.first_period else quarters)(duty.first_period, duty.last_period)
        own = tuple(Instance(period, due) for period in between if (due := due_on(duty, period)))
    merged = {each.period: each for each in (*own, *decided)}
    return tuple(sorted(merged.values(), key=lambda each: (each.due_on, each.period)))


def _listed(duty: Duty) -> tuple[Instance, ...]:
    """The occasions of a rule that lists its days; the period of a single day is its year."""
    rule = duty.due
    day = rule.on if rule.rule == "on" else rule.end if rule.rule == "within" else None
    return rule.instances if day is None else (Instance(str(day.year), day),)


def find(duties: Sequence[Duty], duty: str, period: str) -> Duty | None:
    """The duty with that id, of any plan, that is owed for `period`."""
    return next((each for each in duties if each.duty == duty and due_on(each, period)), None)


def standing(today: date, due: date, reported_on: date | None, waived: bool = False) -> Standing:
    """The standing of one occasion: without a receipt it is missing once its due day has passed, never zero."""
    if waived:
        return "waived"
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


def months_of(period: str) -> list[str]:
    """The months of "2013-02", "2013-Q1" or "2013", in order."""
    last = last_day(period)
    count = 12 if len(period) == 4 else 3 if "Q" in period else 1
    return [f"{last.year}-{month:02d}" for month in range(last.month - count + 1, last.month + 1)]


def last_day(period: str) -> date:
    """The last day of "2013-02", "2013-Q1" or "2013"."""
    year, rest = int(period[:4]), period[5:7]
    month = 12 if not rest else int(rest[1]) * 3 if rest[0] == "Q" else int(rest)
    return date(year, month, calendar.monthrange(year, month)[1])


def months(first: str, last: str) -> list[str]:
    """Every month from `first` to `last`, both included."""
    found, current = [], first
    while current <= last:
        found.append(current)
        current = "{:04d}-{:02d}".format(*month_after(current))
    return found


def around(month: str, count: int) -> list[str]:
    """The `count` months before `month` and the `count` after it, in order."""
    number = int(month[:4]) * 12 + int(month[5:7]) - 1
    near = [*range(number - count, number), *range(number + 1, number + count + 1)]
    return [f"{each // 12:04d}-{each % 12 + 1:02d}" for each in near]


def quarters(first: str, last: str) -> list[str]:
    """Every quarter from "2013-Q1" to `last`, both included."""
    found, year, number = [], int(first[:4]), int(first[6])
    while (current := f"{year}-Q{number}") <= last:
        found.append(current)
        year, number = (year + 1, 1) if number == 4 else (year, number + 1)
    return found
