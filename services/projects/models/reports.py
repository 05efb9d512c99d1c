"""Requests and answers about the cities' monthly reports (月报, TR-12) and what is owed when."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from services.projects.models.base import (
    Answer,
    Cursor,
    Limit,
    Money,
    Month,
    Note,
    ProjectId,
    RegionCode,
    Request,
    SeenVersion,
    ShortText,
    Version,
    plain,
)
from shared.numerals import plain_text

Percent = Annotated[
    Decimal,
    Field(ge=0, le=100, max_digits=6, decimal_places=3),
    AfterValidator(plain),
    BeforeValidator(plain_text),
]
_EXAMPLE: dict[str, Any] = {
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


MOST_PROJECTS = 2000


def _not_too_many(projects: object) -> object:
    """Says what to do, before the plain limit of the schema does."""
    if isinstance(projects, list) and len(projects) > MOST_PROJECTS:
        raise ValueError(
            f"a report names at most {MOST_PROJECTS} projects, this one {len(projects)}: nothing of it was taken. "
            "Its investment is the whole city's all the same: name the key projects (市级重点项目) and leave the "
            "small ones out"
        )
    return projects


_NOT_TOO_MANY = BeforeValidator(_not_too_many)


class ReportedProject(Request):
    """One project in a report."""

    project: ProjectId
    investment: Money = Field(description="completed in the month, CNY (yuan)")
    progress_percent: Percent = Field(description="progress of the whole project, percent", examples=[35])
    note: Note = Field(default="", description="how it goes, in words")


class _MonthlyReport(Request):
    """What a report and its correction both say."""

    region: RegionCode = Field(description="the reporting city (设区市)", examples=["350100"])
    month: Month
    reported_on: date | None = Field(
        default=None, description="the day it was handed in, if not today; not before the month's end"
    )
    confirmed: bool = Field(
        default=False,
        description="the amount is right although it looks unusual (asked for by confirm-amount)",
    )


class FileMonthlyReport(_MonthlyReport):
    """A city's report of a month: its tech-renovation investment, and its projects' part of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    investment: Money = Field(
        description="tech-renovation investment (技改投资) of the city completed in the month, CNY (yuan)"
    )
    projects: Annotated[list[ReportedProject], _NOT_TOO_MANY] = Field(
        default=[], max_length=MOST_PROJECTS, description="city key projects"
    )


class CorrectMonthlyReport(_MonthlyReport):
    """The right report in place of a wrong one. What is left out stays as it was."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_EXAMPLE, "investment": "4910000000", "reason": "永泰县补报"}]}
    )

    investment: Money | None = Field(
        default=None,
        description="technology renovation investment of the month, CNY (yuan); left out: it stays as it was",
    )
    projects: Annotated[list[ReportedProject] | None, _NOT_TOO_MANY] = Field(
        default=None,
        max_length=MOST_PROJECTS,
        description="city key projects, all of them; left out: they stay as they were; []: none",
    )
    reason: ShortText = Field(description="why it is corrected", examples=["永泰县补报"])
    version: SeenVersion


class WithdrawMonthlyReport(Request):
    """A report that should not be there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"region": "350100", "month": "2013-02", "reason": "误报，数据未核实"}]
        }
    )

    region: RegionCode = Field(description="the reporting city (设区市)", examples=["350100"])
    month: Month
    reason: ShortText = Field(description="why it is withdrawn", examples=["误报，数据未核实"])
    version: SeenVersion


class GetReport(Request):
    """Ask for one report with its corrections."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"region": "350100", "month": "2013-02"}]})

    region: RegionCode
    month: Month


class ListReports(Request):
    """Ask for reports, in order of month and region."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"first_month": "2013-01", "last_month": "2013-06"}]}
    )

    region: RegionCode | None = Field(default=None, description="of this city only")
    first_month: Month | None = Field(default=None, description="from this month on")
    last_month: Month | None = Field(default=None, description="up to this month")
    limit: Limit
    cursor: Cursor


class ReportCalendar(Request):
    """Ask what is owed, and how it stands by the Clock. Without months: all that the duty calendar has."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"first_month": "2013-01", "last_month": "2013-12"}]}
    )

    region: RegionCode | None = Field(default=None, description="of this city only")
    first_month: Month | None = Field(default=None, description="from this month on")
    last_month: Month | None = Field(default=None, description="up to this month")


class ListReportLines(Request):
    """Ask for what the reports say of projects, in order of month and project."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"project": "FZ-2013-017", "first_month": "2013-01"}]}
    )

    project: ProjectId | None = Field(default=None, description="of this project only")
    region: RegionCode | None = Field(default=None, description="of projects in this region and under it")
    first_month: Month | None = Field(default=None, description="from this month on")
    last_month: Month | None = Field(default=None, description="up to this month")
    limit: Limit
    cursor: Cursor


class ReportLineView(Answer):
    """One project in a report."""

    project: str
    investment: Money
    progress_percent: Decimal
    note: str


class ReportSummary(Answer):
    """A report as a list shows it."""

    report: str = Field(description="its id", examples=["350100:2013-02"])
    region: str
    month: str
    investment: Money | None = Field(description="CNY (yuan); null: withdrawn, so the month is missing")
    due_on: date
    reported_on: date = Field(description="when it was first handed in")
    late: bool = Field(description="handed in after it was due")
    corrections: int
    last_reported_on: date = Field(description="when the newest correction was handed in")
    version: Version = None


class ReportView(ReportSummary):
    """A report with its projects."""

    projects: list[ReportLineView] = Field(description="the first of them, where not all fit into one answer")
    project_count: int = Field(description="how many projects it names")
    left_out: int = Field(description="how many of them are not listed here")
    whole_list: str | None = Field(
        description="the request that lists all of them; null: they are all here",
        examples=["GET /report-lines?region=350100&first_month=2013-02&last_month=2013-02"],
    )
    withdrawn_on: date | None = Field(
        default=None, description="since when it is withdrawn (撤回); null: it stands"
    )
    withdrawal_reason: str | None = Field(default=None, description="why it was withdrawn")


class ReportVersion(Answer):
    """What the report said at a time: the filing first, then each correction and withdrawal."""

    investment: Money | None = Field(description="CNY (yuan); null: it was withdrawn")
    projects: list[ReportLineView] = Field(description="the first of them, where not all fit into one answer")
    project_count: int = Field(description="how many projects it named")
    left_out: int = Field(description="how many of them are not listed here")
    reported_on: date
    reason: str | None = Field(description="why it was corrected or withdrawn; null for the filing")
    confirmed: bool = Field(description="an unusual amount, confirmed")
    recorded_at: datetime = Field(description="when the system learnt it, by the Clock")
    position: int = Field(description="position of the event in the log of this service")


class ReportHistory(ReportView):
    """A report with all that it ever said."""

    versions: list[ReportVersion]


class ReportPage(Answer):
    """A page of reports."""

    items: list[ReportSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class CalendarEntry(Answer):
    """What one city owes for one month, and how it stands."""

    region: str
    month: str
    due_on: date
    standing: Literal["received", "late", "missing", "not_due"]
    reported_on: date | None
    days_late: int | None = Field(
        description="days after the due day: of the report, or so far; null: not late"
    )
    corrections: int


class Calendar(Answer):
    """The report calendar."""

    duty: str = Field(description="row of the plan", examples=["TR-12"])
    as_of: date = Field(description="today by the Clock")
    items: list[CalendarEntry]
    received: int
    late: int
    missing: int
    not_due: int


class ReportLineItem(ReportLineView):
    """What the newest version of a report says of a project."""

    month: str
    city: str = Field(description="whose report it is")
    region: str = Field(description="the project's region")


class ReportLineTotals(Answer):
    """What all lines that the filters match sum up to."""

    lines: int = Field(description="how many")
    investment: Money = Field(description="completed, CNY (yuan)")


class ReportLinePage(Answer):
    """A page of lines."""

    items: list[ReportLineItem]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    totals: ReportLineTotals | None = Field(description="of all pages; with the first page only")
