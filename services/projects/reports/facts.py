"""What is known of a city's report of a month."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import assert_never


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One project in a report: CNY completed in the month, progress of the whole project in percent."""

    project: str
    investment: Decimal
    progress_percent: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReportFiled:
    """A city's report of a month. `investment` is all its tech-renovation investment of the month, CNY (yuan).

    `due_on` as the duty calendar said, `late` if handed in after it. `confirmed`: the amount looked unusual
    and was confirmed.
    """

    report: str
    region: str
    month: str
    investment: Decimal
    projects: tuple[ReportLine, ...]
    due_on: date
    reported_on: date
    late: bool
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReportCorrected:
    """A report replaced as a whole, with the figure before and why."""

    report: str
    region: str
    month: str
    investment: Decimal
    projects: tuple[ReportLine, ...]
    previous_investment: Decimal
    reason: str
    reported_on: date
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReportWithdrawn:
    """A report that should not be there (撤回): the month is missing again, and what was owed is owed again."""

    report: str
    region: str
    month: str
    previous_investment: Decimal
    reason: str
    withdrawn_on: date


MonthlyReportEvent = MonthlyReportFiled | MonthlyReportCorrected | MonthlyReportWithdrawn


@dataclass(frozen=True, slots=True)
class NotFiled:
    """No report of this city and month yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What the report says now."""

    region: str
    month: str
    investment: Decimal
    projects: tuple[ReportLine, ...]
    due_on: date
    first_reported_on: date
    reported_on: date
    late: bool
    corrections: int = 0


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The report was withdrawn: nothing is reported until it is filed again. `last` is what it said."""

    last: Filed
    reason: str
    on: date


MonthlyReportState = NotFiled | Filed | Withdrawn
INITIAL: MonthlyReportState = NotFiled()


def report_id(region: str, month: str) -> str:
    """The id of a city's report of a month: "350100:2013-02"."""
    return f"{region}:{month}"


def stream(region: str, month: str) -> str:
    """The stream of one city's report of a month."""
    return f"report:{report_id(region, month)}"


def evolve(state: MonthlyReportState, event: MonthlyReportEvent) -> MonthlyReportState:
    """The state after a stored fact."""
    match event:
        case MonthlyReportFiled():
            return Filed(
                region=event.region,
                month=event.month,
                investment=event.investment,
                projects=event.projects,
                due_on=event.due_on,
                first_reported_on=event.reported_on,
                reported_on=event.reported_on,
                late=event.late,
            )
        case MonthlyReportCorrected():
            if not isinstance(state, Filed):
                raise TypeError("a report's history starts with MonthlyReportFiled")
            return replace(
                state,
                investment=event.investment,
                projects=event.projects,
                reported_on=event.reported_on,
                corrections=state.corrections + 1,
            )
        case MonthlyReportWithdrawn():
            if not isinstance(state, Filed):
                raise TypeError("only a filed report is withdrawn")
            return Withdrawn(state, event.reason, event.withdrawn_on)
        case _:
            assert_never(event)
