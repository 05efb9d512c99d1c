"""The province's decisions about the books of a month: close, reopen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from services.projects.common.duty import last_day
from services.projects.common.refusal import Refused
from services.projects.common.values import Month, RegionCode, ShortText
from services.projects.reports.months.facts import (
    INITIAL,
    Books,
    ReportingMonthClosed,
    ReportingMonthEvent,
    ReportingMonthReopened,
    evolve,
)
from shared.command import Given, command, decider
from shared.values import Says


@command(example={"month": "2013-02", "reason": "月通报已印发"})
class CloseReportingMonth:
    """Close a month of the cities' reports before its day by the rule, or after a reopening."""

    month: Month
    reason: Annotated[ShortText, Says(description="why it is closed now", example="月通报已印发")]


@command(example={"month": "2013-02", "region": "350100", "until": "2013-09-30", "reason": "永泰县补报"})
class ReopenReportingMonth:
    """Let reports and corrections of a closed month in again."""

    month: Month
    region: Annotated[RegionCode | None, Says(description="for this city only; without it for all")] = None
    until: Annotated[date, Says(description="the last day on which they may come", example="2013-09-30")]
    reason: Annotated[ShortText, Says(description="why", example="永泰县补报")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days(Given):
    """What a decision needs. `due_on` None: no report is owed for the month. `open_until` None: no rule closes it."""

    due_on: date | None
    open_until: date | None = None


def decide(
    command: CloseReportingMonth | ReopenReportingMonth, state: Books, given: Days
) -> Sequence[ReportingMonthEvent]:
    """The events of a command, or Refused."""
    if given.due_on is None:
        raise Refused(
            f"The duty calendar has no monthly report for {command.month}.",
            code="no-duty",
            where="month",
            remedy="Check the month; the report calendar lists what is owed.",
        )
    if isinstance(command, CloseReportingMonth):
        return _closed(command, state, given)
    return _reopened(command, state, given)


REPORTING_MONTH = decider(INITIAL, decide, evolve)


def _closed(command: CloseReportingMonth, state: Books, given: Days) -> Sequence[ReportingMonthEvent]:
    ends = last_day(command.month)
    if given.today <= ends:
        raise Refused(
            f"{command.month} is not over: it can be closed after {ends}; today is {given.today}.",
            code="future-month",
            where="month",
        )
    if state.closed_on is not None and all(each.until < given.today for each in state.reopenings):
        return []
    return [
        ReportingMonthClosed(month=command.month, on=given.today, reason=command.reason, closed_by=given.by)
    ]


def _reopened(command: ReopenReportingMonth, state: Books, given: Days) -> Sequence[ReportingMonthEvent]:
    if state.closed_since(given.today, given.open_until) is None:
        raise Refused(
            f"{command.month} is open" + (f" until {given.open_until}." if given.open_until else "."),
            code="not-closed",
            status=409,
            where="month",
            remedy="Reports and corrections of it need no consent.",
        )
    if command.until < given.today:
        raise Refused(
            f"{command.until} has passed; today is {given.today}.",
            code="date-order",
            where="until",
            remedy="Give the last day on which the reports may still come.",
        )
    if any((each.region, each.until) == (command.region, command.until) for each in state.reopenings):
        return []
    return [
        ReportingMonthReopened(
            month=command.month,
            region=command.region,
            until=command.until,
            on=given.today,
            reason=command.reason,
            reopened_by=given.by,
        )
    ]
