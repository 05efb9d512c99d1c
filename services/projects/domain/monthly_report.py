"""MonthlyReport (月报, TR-12): what a city says it invested in a month, and how its projects stand.

A month that is not reported is missing, not zero. A wrong report is corrected, never overwritten; one that should not
be there at all is withdrawn, and the month is missing again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import assert_never

from services.projects.domain import checks
from services.projects.domain.duty import last_day
from services.projects.domain.plausibility import Usual, doubt
from services.projects.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One project in a report: CNY completed in the month, progress of the whole project in percent."""

    project: str
    investment: Decimal
    progress_percent: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Filed:
    """What the report says now."""

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


@dataclass(frozen=True, slots=True)
class Known:
    """What must be known of the world to judge a report, read in its own transaction.

    `project_regions`: region of each existing project that the report names. `covered`: the codes that the
    reporting region covers. `due_on` None: the calendar has no report for this region and month. `closed_since`: the
    month's books are closed for the region (关账) from that day on; None: open.
    """

    today: date
    due_on: date | None
    project_regions: Mapping[str, str]
    covered: frozenset[str]
    usual: Usual
    closed_since: date | None = None


@dataclass(frozen=True, slots=True)
class FileMonthlyReport:
    """Hand in a city's report of a month ("2013-02")."""

    region: str
    month: str
    investment: Decimal
    projects: tuple[ReportLine, ...]
    reported_on: date
    known: Known
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class CorrectMonthlyReport:
    """Replace a report that was wrong, and say why. What is None stays: the amount, or the lines of projects."""

    region: str
    month: str
    investment: Decimal | None
    projects: tuple[ReportLine, ...] | None
    reported_on: date
    reason: str
    known: Known
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawMonthlyReport:
    """Take a report back (撤回), and say why."""

    region: str
    month: str
    reason: str
    known: Known


MonthlyReportCommand = FileMonthlyReport | CorrectMonthlyReport | WithdrawMonthlyReport


def report_id(region: str, month: str) -> str:
    """The id of a city's report of a month: "350100:2013-02"."""
    return f"{region}:{month}"


def decide(command: MonthlyReportCommand, state: MonthlyReportState) -> Sequence[MonthlyReportEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (FileMonthlyReport(), NotFiled() | Withdrawn()):
            due = _check(command, command.investment, command.projects)
            checks.ask_back(_doubt(command, command.investment), command.confirmed, "investment")
            return [
                MonthlyReportFiled(
                    report=report_id(command.region, command.month),
                    region=command.region,
                    month=command.month,
                    investment=command.investment,
                    projects=_ordered(command.projects),
                    due_on=due,
                    reported_on=command.reported_on,
                    late=command.reported_on > due,
                    confirmed=command.confirmed and _doubt(command, command.investment) is not None,
                )
            ]
        case (FileMonthlyReport(), Filed()):
            if (command.investment, _ordered(command.projects)) == (state.investment, state.projects):
                return []
            raise Refused(
                f"{command.region} has reported {command.month} already ({state.investment} yuan, handed in on "
                f"{state.first_reported_on}).",
                code="already-filed",
                status=409,
                where="month",
                remedy="If it was wrong, correct it: send the right report as a correction, with the reason.",
            )
        case ((CorrectMonthlyReport() | WithdrawMonthlyReport()), NotFiled()):
            raise Refused(
                f"{command.region} has not reported {command.month}; there is nothing to correct or withdraw.",
                code="not-filed",
                status=404,
                where="month",
                remedy="File the report.",
            )
        case (CorrectMonthlyReport(), Withdrawn()):
            raise Refused(
                f"{command.region} has withdrawn its report of {command.month} on {state.on} ({state.reason}).",
                code="withdrawn",
                status=409,
                where="month",
                remedy="File the right report: POST /reports.",
            )
        case (CorrectMonthlyReport(), Filed()):
            return _corrected(command, state)
        case (WithdrawMonthlyReport(), Withdrawn()):
            return []
        case (WithdrawMonthlyReport(), Filed()):
            _check_open(command)
            return [
                MonthlyReportWithdrawn(
                    report=report_id(command.region, command.month),
                    region=command.region,
                    month=command.month,
                    previous_investment=state.investment,
                    reason=command.reason,
                    withdrawn_on=command.known.today,
                )
            ]
        case _:
            raise Refused(f"{type(command).__name__} on {type(state).__name__} is not known.")


def evolve(state: MonthlyReportState, event: MonthlyReportEvent) -> MonthlyReportState:
    """The state after a stored fact."""
    match event:
        case MonthlyReportFiled():
            return Filed(
                event.investment,
                event.projects,
                event.due_on,
                event.reported_on,
                event.reported_on,
                event.late,
            )
        case MonthlyReportCorrected():
            if not isinstance(state, Filed):
                raise TypeError("a report's history starts with MonthlyReportFiled")
            return Filed(
                event.investment,
                event.projects,
                state.due_on,
                state.first_reported_on,
                event.reported_on,
                state.late,
                state.corrections + 1,
            )
        case MonthlyReportWithdrawn():
            if not isinstance(state, Filed):
                raise TypeError("only a filed report is withdrawn")
            return Withdrawn(state, event.reason, event.withdrawn_on)
        case _:
            assert_never(event)


def _corrected(command: CorrectMonthlyReport, state: Filed) -> Sequence[MonthlyReportEvent]:
    lines = state.projects if command.projects is None else _ordered(command.projects)
    investment = state.investment if command.investment is None else command.investment
    if (investment, lines) == (state.investment, state.projects):
        return []
    _check(command, investment, lines if command.projects is None else command.projects)
    doubted = None if investment == state.investment else _doubt(command, investment)
    checks.ask_back(doubted, command.confirmed, "investment")
    if command.reported_on < state.reported_on:
        raise Refused(
            f"The report was handed in on {state.reported_on}; a correction of it can't be of "
            f"{command.reported_on}.",
            code="date-order",
            where="reported_on",
        )
    return [
        MonthlyReportCorrected(
            report=report_id(command.region, command.month),
            region=command.region,
            month=command.month,
            investment=investment,
            projects=lines,
            previous_investment=state.investment,
            reason=command.reason,
            reported_on=command.reported_on,
            confirmed=command.confirmed and doubted is not None,
        )
    ]


def _check(
    command: FileMonthlyReport | CorrectMonthlyReport, investment: Decimal, lines: Sequence[ReportLine]
) -> date:
    """Everything that must hold of a report's content. Answers the day it is due. Raises Refused."""
    known = command.known
    # The duty first: a month that nobody owes can't be reported when it is over either.
    if known.due_on is None:
        raise Refused(
            f"The duty calendar has no monthly report of {command.region} for {command.month}.",
            code="no-duty",
            where="month",
            remedy="Check region and month; the report calendar lists what is owed. A further year is owed once "
            "its plan is loaded (shengji plan load).",
        )
    _check_days(command)
    _check_open(command)
    _check_lines(command, investment, lines)
    return known.due_on


def _check_open(command: MonthlyReportCommand) -> None:
    """The month's books are open for the city."""
    since = command.known.closed_since
    if since is not None:
        raise Refused(
            f"{command.month} is closed for {command.region} since {since}; today is {command.known.today}.",
            code="closed-month",
            status=409,
            where="month",
            remedy="Ask the province to reopen the month for your city, with the reason "
            f"(POST /reports/months/{command.month}/reopenings); send this again while it is open.",
        )


def _check_days(command: FileMonthlyReport | CorrectMonthlyReport) -> None:
    today, ends = command.known.today, last_day(command.month)
    if today < ends:
        raise Refused(
            f"{command.month} is not over: its investment can be reported from {ends} on; today is {today}.",
            code="future-month",
            where="month",
            remedy="Check the month, or come back when it is over.",
        )
    if not ends <= command.reported_on <= today:
        raise Refused(
            f"A report of {command.month} can have been handed in between {ends} and today ({today}), "
            f"not on {command.reported_on}.",
            code="date-order",
            where="reported_on",
        )


def _check_lines(
    command: FileMonthlyReport | CorrectMonthlyReport, investment: Decimal, lines: Sequence[ReportLine]
) -> None:
    regions, covered = command.known.project_regions, command.known.covered
    seen: set[str] = set()
    for index, line in enumerate(lines):
        where = f"projects.{index}.project"
        if line.project in seen:
            raise Refused(
                f"{line.project} stands in the report twice.",
                code="repeated",
                where=where,
                remedy="Give each project one line: add the two up, or leave the wrong one out.",
            )
        seen.add(line.project)
        if line.project not in regions:
            raise Refused(
                f"There is no project {line.project!r}.",
                code="unknown-project",
                where=where,
                remedy="Register it first.",
            )
        if regions[line.project] not in covered:
            raise Refused(
                f"Project {line.project} lies in {regions[line.project]}, not in {command.region}.",
                code="foreign-project",
                where=where,
                remedy="A report names projects of its own city: leave it out, or check its id.",
            )
    in_lines = sum((line.investment for line in lines), Decimal(0))
    if in_lines > investment:
        raise Refused(
            f"The projects add up to {in_lines} yuan, more than the month's {investment} yuan of "
            "which they are a part.",
            code="projects-over-total",
            where="investment",
            remedy="Check the units: all amounts are in yuan.",
        )


def _doubt(command: FileMonthlyReport | CorrectMonthlyReport, investment: Decimal) -> str | None:
    return doubt(investment, command.known.usual)


def _ordered(lines: Sequence[ReportLine]) -> tuple[ReportLine, ...]:
    return tuple(sorted(lines, key=lambda line: line.project))
