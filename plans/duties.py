"""The calendar of a plan: its dated duties, how often each comes and when it is due (X-13, X-14, X-17, X-23)."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from plans.model import Period, Sourced, Strict, Text
from plans.periods import last_day, months_of, periods


class Instance(Strict):
    """One occasion of a duty: the period it is for and the day it is due."""

    period: Period
    due_on: date
    scored: bool = True
    note: str = ""


class DayOfNextMonth(Strict):
    """Due on a day of the month after the period (TR-12: the 5th)."""

    rule: Literal["day_of_next_month"]
    day: Annotated[int, Field(ge=1, le=28)]


class EndOfPeriod(Strict):
    """Due on the last day of the period."""

    rule: Literal["end_of_period"]


class OnDay(Strict):
    """Due on one day."""

    rule: Literal["on"]
    date: date


class Within(Strict):
    """To be done within a printed span; due on its last day."""

    rule: Literal["within"]
    from_: Annotated[date, Field(alias="from")]
    to: date

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.to < self.from_:
            raise ValueError(f"the span ends ({self.to}) before it begins ({self.from_})")
        return self


class OnEach(Strict):
    """Due on listed days."""

    rule: Literal["on_each"]
    instances: tuple[Instance, ...]


class Configuration(Strict):
    """The plan prints no day, and none is assumed: an operator sets it."""

    rule: Literal["configuration"]


class FollowUp(Sourced):
    """How a duty is followed up: reminders before its day, and what so many missing periods in a row lead to."""

    remind_days: Annotated[tuple[Annotated[int, Field(ge=0, le=60)], ...], Field(min_length=1)]
    missing_in_a_row: Annotated[int, Field(ge=2, le=12)] | None = None
    consequence: Literal["named_in_bulletin", "summoned"] | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.missing_in_a_row is None) != (self.consequence is None):
            raise ValueError("missing_in_a_row and consequence go together")
        return self


Due = Annotated[
    DayOfNextMonth | EndOfPeriod | OnDay | Within | OnEach | Configuration, Field(discriminator="rule")
]
RECURRENCE_LENGTH = {"monthly": 1, "quarterly": 3}


class Duty(Sourced):
    """A dated duty of the plan's calendar. `roll` none: the due day stays on a non-working day (X-23).

    `skips`: periods for which nothing is owed (X-17). `carried_by`: the act that carries it out in the system.
    """

    duty: Text
    rows: Annotated[tuple[Text, ...], Field(min_length=1)]
    name: Text
    term: Text
    kind: Literal[
        "report",
        "bulletin",
        "update",
        "meeting",
        "assessment",
        "event",
        "target_date",
        "publication",
        "selection",
        "funds",
        "step",
        "training",
        "check",
    ]
    who: Text
    to: Text | None = None
    levels: Annotated[
        tuple[Literal["province", "prefecture", "county", "zone", "enterprise"], ...], Field(min_length=1)
    ]
    recurrence: Literal["monthly", "quarterly", "yearly", "once", "regular"]
    first_period: Period | None = None
    last_period: Period | None = None
    due: Due
    dated: Literal["printed", "read", "default"]
    roll: Literal["none"]
    skips: tuple[Period, ...] = ()
    carried_by: (
        Literal[
            "monthly_report",
            "monthly_bulletin",
            "quarterly_dispatch",
            "reserve_update",
            "self_assessment",
            "verification",
        ]
        | None
    ) = None
    follow_up: FollowUp | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        recurring = isinstance(self.due, DayOfNextMonth | EndOfPeriod)
        ends = (self.first_period, self.last_period)
        if recurring != all(ends) or (not recurring and any(ends)):
            raise ValueError(
                "first_period and last_period go with day_of_next_month and end_of_period, and only those"
            )
        if self.first_period and self.last_period:
            _, first, last = months_of(self.first_period)
            if RECURRENCE_LENGTH.get(self.recurrence) != last - first + 1:
                raise ValueError(f"period {self.first_period} does not fit recurrence {self.recurrence}")
            if not periods(self.first_period, self.last_period):
                raise ValueError(f"last_period {self.last_period} is before first_period {self.first_period}")
        return self

    def instances(self) -> tuple[Instance, ...]:
        """Every occasion of the duty with its due day, in order; none where an operator must set the day."""
        match self.due:
            case OnEach(instances=listed):
                return listed
            case OnDay(date=day):
                return (Instance(period=str(day.year), due_on=day),)
            case Within(to=day):
                return (Instance(period=str(day.year), due_on=day),)
            case DayOfNextMonth() | EndOfPeriod() if self.first_period and self.last_period:
                return tuple(
                    Instance(period=period, due_on=self._due_on(period))
                    for period in periods(self.first_period, self.last_period)
                    if period not in self.skips
                )
            case _:
                return ()

    def _due_on(self, period: str) -> date:
        end = last_day(period)
        if not isinstance(self.due, DayOfNextMonth):
            return end
        year, month = (end.year + 1, 1) if end.month == 12 else (end.year, end.month + 1)
        return date(year, month, self.due.day)
