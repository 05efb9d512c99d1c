"""Decisions on a city's monthly report, and the checks of its content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from services.projects.common import asking as checks
from services.projects.common.duty import last_day
from services.projects.common.plausibility import Usual, doubt
from services.projects.common.refusal import Refused
from services.projects.common.values import (
    Money,
    Month,
    Note,
    ProjectId,
    RegionCode,
    SeenVersion,
    ShortText,
)
from services.projects.reports.facts import (
    INITIAL,
    Filed,
    MonthlyReportCorrected,
    MonthlyReportEvent,
    MonthlyReportFiled,
    MonthlyReportState,
    MonthlyReportWithdrawn,
    NotFiled,
    ReportLine,
    Withdrawn,
    evolve,
    report_id,
)
from shared.command import Given, command, decider
from shared.values import Exact, Many, Says

MOST_PROJECTS = 2000
Percent = Annotated[Decimal, Exact(ge=0, le=100, max_digits=6, decimal_places=3)]
City = Annotated[RegionCode, Says(description="the reporting city (设区市)", example="350100")]
_EXAMPLE = {
    "region": "350100",
    "month": "2013-02",
    "investment": "4820000000",
    "projects": [
        {
            "project": "FZ-2013-017",
            "investment": "9500000",
            "progress_percent": 35,
            "note": "设备安装中",
        }
    ],
}


@command()
class ReportedProject:
    """One project in a report."""

    project: ProjectId
    investment: Annotated[Money, Says(description="completed in the month, CNY (yuan)")]
    progress_percent: Annotated[
        Percent, Says(description="progress of the whole project, percent", example=35)
    ]
    note: Annotated[Note, Says(description="how it goes, in words")] = ""


Projects = Annotated[
    tuple[ReportedProject, ...],
    Many(
        max_length=MOST_PROJECTS,
        beyond="a report names at most {limit} projects, this one {count}: nothing of it was taken. "
        "Its investment is the whole city's all the same: name the key projects (市级重点项目) and leave the "
        "small ones out",
    ),
]


@command()
class _MonthlyReport:
    """What a report and its correction both say."""

    region: City
    month: Month
    reported_on: Annotated[
        date | None, Says(description="the day it was handed in, if not today; not before the month's end")
    ] = None
    confirmed: Annotated[
        bool,
        Says(description="the amount is right although it looks unusual (asked for by confirm-amount)"),
    ] = False


@command(example=_EXAMPLE)
class FileMonthlyReport(_MonthlyReport):
    """A city's report of a month: its tech-renovation investment, and its projects' part of it."""

    investment: Annotated[
        Money,
        Says(
            description="tech-renovation investment (技改投资) of the city completed in the month, CNY (yuan)"
        ),
    ]
    projects: Annotated[Projects, Says(description="city key projects")] = ()


@command(example={**_EXAMPLE, "investment": "4910000000", "reason": "永泰县补报"})
class CorrectMonthlyReport(_MonthlyReport):
    """The right report in place of a wrong one. What is left out stays as it was."""

    investment: Annotated[
        Money | None,
        Says(
            description="technology renovation investment of the month, CNY (yuan); left out: it stays as it was"
        ),
    ] = None
    projects: Annotated[
        Projects | None,
        Says(description="city key projects, all of them; left out: they stay as they were; []: none"),
    ] = None
    reason: Annotated[ShortText, Says(description="why it is corrected", example="永泰县补报")]
    version: SeenVersion = None


@command(example={"region": "350100", "month": "2013-02", "reason": "误报，数据未核实"})
class WithdrawMonthlyReport:
    """A report that should not be there."""

    region: City
    month: Month
    reason: Annotated[ShortText, Says(description="why it is withdrawn", example="误报，数据未核实")]
    version: SeenVersion = None


MonthlyReportCommand = FileMonthlyReport | CorrectMonthlyReport | WithdrawMonthlyReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Given):
    """What a decision on a report needs, read in the command's transaction.

    `project_regions`: region of each existing project that the report names. `covered`: the codes that the
    reporting region covers. `due_on` None: the calendar has no report for this region and month. `closed_since`: the
    month's books are closed for the region (关账) from that day on; None: open.
    """

    due_on: date | None
    project_regions: Mapping[str, str]
    covered: frozenset[str]
    usual: Usual
    closed_since: date | None = None


def decide(
    command: MonthlyReportCommand, state: MonthlyReportState, known: Known
) -> Sequence[MonthlyReportEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (FileMonthlyReport(), NotFiled() | Withdrawn()):
            lines, reported_on = _lines(command.projects), command.reported_on or known.today
            due = _check(command, command.investment, lines, known)
            doubted = doubt(command.investment, known.usual)
            checks.ask_back(doubted, command.confirmed, "investment")
            return [
                MonthlyReportFiled(
                    report=report_id(command.region, command.month),
                    region=command.region,
                    month=command.month,
                    investment=command.investment,
                    projects=_ordered(lines),
                    due_on=due,
                    reported_on=reported_on,
                    late=reported_on > due,
                    confirmed=command.confirmed and doubted is not None,
                )
            ]
        case (FileMonthlyReport(), Filed()):
            if (command.investment, _ordered(_lines(command.projects))) == (state.investment, state.projects):
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
            return _corrected(command, state, known)
        case (WithdrawMonthlyReport(), Withdrawn()):
            return []
        case (WithdrawMonthlyReport(), Filed()):
            _check_open(command, known)
            return [
                MonthlyReportWithdrawn(
                    report=report_id(command.region, command.month),
                    region=command.region,
                    month=command.month,
                    previous_investment=state.investment,
                    reason=command.reason,
                    withdrawn_on=known.today,
                )
            ]
        case _:
            raise TypeError(f"{type(command).__name__} on {type(state).__name__}")


MONTHLY_REPORT = decider(INITIAL, decide, evolve)


def _corrected(command: CorrectMonthlyReport, state: Filed, known: Known) -> Sequence[MonthlyReportEvent]:
    said = state.projects if command.projects is None else _lines(command.projects)
    lines, reported_on = _ordered(said), command.reported_on or known.today
    investment = state.investment if command.investment is None else command.investment
    if (investment, lines) == (state.investment, state.projects):
        return []
    _check(command, investment, said, known)
    doubted = None if investment == state.investment else doubt(investment, known.usual)
    checks.ask_back(doubted, command.confirmed, "investment")
    if reported_on < state.reported_on:
        raise Refused(
            f"The report was handed in on {state.reported_on}; a correction of it can't be of {reported_on}.",
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
            reported_on=reported_on,
            confirmed=command.confirmed and doubted is not None,
        )
    ]


def _check(
    command: FileMonthlyReport | CorrectMonthlyReport,
    investment: Decimal,
    lines: Sequence[ReportLine],
    known: Known,
) -> date:
    """Checks the content of a report. Returns the day the report is due. Raises Refused."""
    # The duty first, because a month that isn't owed can't be reported even when it is over.
    if known.due_on is None:
        raise Refused(
            f"The duty calendar has no monthly report of {command.region} for {command.month}.",
            code="no-duty",
            where="month",
            remedy="Check region and month; the report calendar lists what is owed. A further year is owed once "
            "its plan is loaded (shengji plan load).",
        )
    _check_days(command, known)
    _check_open(command, known)
    _check_lines(command, investment, lines, known)
    return known.due_on


def _check_open(command: MonthlyReportCommand, known: Known) -> None:
    """Raises Refused if the month's books are closed for the city (关账)."""
    since = known.closed_since
    if since is not None:
        raise Refused(
            f"{command.month} is closed for {command.region} since {since}; today is {known.today}.",
            code="closed-month",
            status=409,
            where="month",
            remedy="Ask the province to reopen the month for your city, with the reason "
            f"(POST /reports/months/{command.month}/reopenings); send this again while it is open.",
        )


def _check_days(command: FileMonthlyReport | CorrectMonthlyReport, known: Known) -> None:
    today, ends = known.today, last_day(command.month)
    reported_on = command.reported_on or today
    if today < ends:
        raise Refused(
            f"{command.month} is not over: its investment can be reported from {ends} on; today is {today}.",
            code="future-month",
            where="month",
            remedy="Check the month, or come back when it is over.",
        )
    if not ends <= reported_on <= today:
        raise Refused(
            f"A report of {command.month} can have been handed in between {ends} and today ({today}), "
            f"not on {reported_on}.",
            code="date-order",
            where="reported_on",
        )


def _check_lines(
    command: FileMonthlyReport | CorrectMonthlyReport,
    investment: Decimal,
    lines: Sequence[ReportLine],
    known: Known,
) -> None:
    regions, covered = known.project_regions, known.covered
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


def _lines(projects: Sequence[ReportedProject]) -> tuple[ReportLine, ...]:
    return tuple(
        ReportLine(each.project, each.investment, each.progress_percent, each.note) for each in projects
    )


def _ordered(lines: Sequence[ReportLine]) -> tuple[ReportLine, ...]:
    return tuple(sorted(lines, key=lambda line: line.project))
