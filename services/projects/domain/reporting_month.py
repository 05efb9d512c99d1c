"""ReportingMonth (报告期): the books of a month of the cities' reports, closed (关账) by rule or by the province.

In a closed month nothing is reported or corrected without the province's consent: a reopening, for one city or for
all, until a day, with the reason. Figures that were reported stay as they are; what is missing stays missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.projects.domain.duty import last_day
from services.projects.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class ReportingMonthClosed:
    """The province closed the month for all cities, before its day by the rule or after a reopening."""

    month: str
    on: date
    reason: str
    closed_by: str


@dataclass(frozen=True, slots=True)
class ReportingMonthReopened:
    """The province lets reports and corrections in again: of `region`, None: of every city, until that day."""

    month: str
    region: str | None
    until: date
    on: date
    reason: str
    reopened_by: str


ReportingMonthEvent = ReportingMonthClosed | ReportingMonthReopened


@dataclass(frozen=True, slots=True)
class ClosingRule:
    """The rule `reporting_months`: a month is open for so many days after its reports are due."""

    open_days_after_due: int

    def open_until(self, due_on: date) -> date:
        """The last day on which the month is open by itself."""
        return due_on + timedelta(days=self.open_days_after_due)


@dataclass(frozen=True, slots=True)
class Reopening:
    """A consent: `region` None: for every city. `until` is the last day."""

    region: str | None
    until: date


@dataclass(frozen=True, slots=True)
class Books:
    """What the province did about a month; `closed_on` None: nothing but the rule closes it."""

    closed_on: date | None = None
    reopenings: tuple[Reopening, ...] = ()

    def closed_since(self, today: date, open_until: date | None) -> date | None:
        """The day since which the month is closed, consents aside; None: open. `open_until` None: no rule."""
        if self.closed_on is not None:
            return self.closed_on
        return open_until + timedelta(days=1) if open_until is not None and today > open_until else None

    def reopened_until(self, region: str | None, today: date) -> date | None:
        """Up to when a consent lets that city (None: every city) in today; None: there is none."""
        days = [
            each.until for each in self.reopenings if each.region in (None, region) and today <= each.until
        ]
        return max(days, default=None)


INITIAL = Books()


@dataclass(frozen=True, slots=True)
class CloseMonth:
    """Close a month's books. `due_on` None: no report is owed for it."""

    month: str
    due_on: date | None
    reason: str
    by: str
    today: date


@dataclass(frozen=True, slots=True)
class ReopenMonth:
    """Consent to reports and corrections of a closed month. `open_until`: by the rule, None: no rule."""

    month: str
    region: str | None
    until: date
    due_on: date | None
    open_until: date | None
    reason: str
    by: str
    today: date


def decide(command: CloseMonth | ReopenMonth, state: Books) -> Sequence[ReportingMonthEvent]:
    """The events of a command, or Refused."""
    if command.due_on is None:
        raise Refused(
            f"The duty calendar has no monthly report for {command.month}.",
            code="no-duty",
            where="month",
            remedy="Check the month; the report calendar lists what is owed.",
        )
    return _closed(command, state) if isinstance(command, CloseMonth) else _reopened(command, state)


def evolve(state: Books, event: ReportingMonthEvent) -> Books:
    """The state after a stored fact. Closing ends every consent."""
    if isinstance(event, ReportingMonthClosed):
        return Books(event.on)
    return replace(state, reopenings=(*state.reopenings, Reopening(event.region, event.until)))


def _closed(command: CloseMonth, state: Books) -> Sequence[ReportingMonthEvent]:
    ends = last_day(command.month)
    if command.today <= ends:
        raise Refused(
            f"{command.month} is not over: it can be closed after {ends}; today is {command.today}.",
            code="future-month",
            where="month",
        )
    if state.closed_on is not None and all(each.until < command.today for each in state.reopenings):
        return []
    return [ReportingMonthClosed(command.month, command.today, command.reason, command.by)]


def _reopened(command: ReopenMonth, state: Books) -> Sequence[ReportingMonthEvent]:
    if state.closed_since(command.today, command.open_until) is None:
        raise Refused(
            f"{command.month} is open" + (f" until {command.open_until}." if command.open_until else "."),
            code="not-closed",
            status=409,
            where="month",
            remedy="Reports and corrections of it need no consent.",
        )
    if command.until < command.today:
        raise Refused(
            f"{command.until} has passed; today is {command.today}.",
            code="date-order",
            where="until",
            remedy="Give the last day on which the reports may still come.",
        )
    if Reopening(command.region, command.until) in state.reopenings:
        return []
    return [
        ReportingMonthReopened(
            command.month, command.region, command.until, command.today, command.reason, command.by
        )
    ]
