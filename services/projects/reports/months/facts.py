"""What the province did about the books of a month, and when that closes them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingMonthClosed:
    """The province closed the month for all cities, before its day by the rule or after a reopening."""

    month: str
    on: date
    reason: str
    closed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
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
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Books:
    """What the province did about a month; `closed_on` None: nothing but the rule closes it.

    `reason` of the newest act. `month` is empty where it did nothing.
    """

    closed_on: date | None = None
    reopenings: tuple[Reopening, ...] = ()
    month: str = ""
    reason: str = ""

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


def stream(month: str) -> str:
    """The stream of the books of a month."""
    return f"month:{month}"


def evolve(state: Books, event: ReportingMonthEvent) -> Books:
    """The state after a stored fact. Closing ends every consent."""
    if isinstance(event, ReportingMonthClosed):
        return Books(event.on, month=event.month, reason=event.reason)
    consent = Reopening(event.region, event.until, event.reason)
    return replace(state, reopenings=(*state.reopenings, consent), month=event.month, reason=event.reason)
