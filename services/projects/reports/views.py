"""Monthly reports as answers, and as rows of their list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from pydantic import Field
from sqlalchemy import Column, Integer

from services.projects.common.models import Answer, Money, Name, Version
from services.projects.common.tables import metadata
from services.projects.reports.decisions import MonthlyReportCommand
from services.projects.reports.facts import (
    Filed,
    MonthlyReportCorrected,
    MonthlyReportEvent,
    MonthlyReportState,
    MonthlyReportWithdrawn,
    ReportLine,
    Withdrawn,
    report_id,
)
from shared.event_log import Event
from shared.feature import Done
from shared.kept import Kept, only
from shared.table_of import table_of

_LINES = 220_000
"""Bytes for a report's lines in an answer, and again for its history; an answer may have 512,000 in all."""
_LINE = 110
"""Bytes of a line in JSON, without project id and note."""


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
    region_name: Name = None
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


TABLE = table_of(
    "monthly_report",
    metadata,
    ReportSummary,
    key=("region", "month"),
    without=("report", "version"),
    more=(Column("projects", Integer),),
)


def row(state: Filed) -> Mapping[str, Any]:
    """A report as it stands in the list; a withdrawn one isn't there."""
    return {
        "region": state.region,
        "month": state.month,
        "investment": state.investment,
        "projects": len(state.projects),
        "due_on": state.due_on,
        "reported_on": state.first_reported_on,
        "late": state.late,
        "corrections": state.corrections,
        "last_reported_on": state.reported_on,
    }


KEPT: Kept[MonthlyReportState, Filed] = Kept(TABLE, only(Filed), row)


def summary(row: Mapping[str, Any], version: int) -> ReportSummary:
    """A row of the list."""
    return ReportSummary(**_summed(row), version=version)


def _summed(row: Mapping[str, Any]) -> dict[str, Any]:
    listed = {name: value for name, value in row.items() if name != "projects"}
    return {"report": report_id(row["region"], row["month"]), **listed}


class Room:
    """The space left for lines in one answer; the answer says how many lines didn't fit."""

    def __init__(self, left: int = _LINES) -> None:
        self._left = left

    def take(self, lines: Sequence[ReportLine]) -> list[ReportLineView]:
        """The first lines, as many as fit."""
        found = []
        for line in lines:
            self._left -= _LINE + len(line.project) + len(msgspec.json.encode(line.note))
            if self._left < 0:
                break
            found.append(_line(line))
        return found


def view(state: MonthlyReportState, room: Room | None = None) -> ReportView:
    """A report, including one that was withdrawn later. Raises TypeError if none was filed."""
    if isinstance(state, Withdrawn):
        last = view(replace(state.last, projects=()), room)
        withdrawn = {
            "investment": None,
            "withdrawn_on": state.on,
            "withdrawal_reason": state.reason,
        }
        return last.model_copy(update=withdrawn)
    if not isinstance(state, Filed):
        raise TypeError("not a filed report")
    shown = (room or Room()).take(state.projects)
    left_out = len(state.projects) - len(shown)
    whole = f"GET /report-lines?region={state.region}&first_month={state.month}&last_month={state.month}"
    return ReportView(
        **_summed(row(state)),
        projects=shown,
        project_count=len(state.projects),
        left_out=left_out,
        whole_list=whole if left_out else None,
    )


def version_of(event: MonthlyReportEvent, recorded: Event, room: Room) -> ReportVersion:
    """One event of a report's history, with as many lines as fit."""
    if isinstance(event, MonthlyReportWithdrawn):
        return ReportVersion(
            investment=None,
            projects=[],
            project_count=0,
            left_out=0,
            reported_on=event.withdrawn_on,
            reason=event.reason,
            confirmed=False,
            recorded_at=recorded.recorded_at,
            position=recorded.position,
        )
    shown = room.take(event.projects)
    return ReportVersion(
        investment=event.investment,
        projects=shown,
        project_count=len(event.projects),
        left_out=len(event.projects) - len(shown),
        reported_on=event.reported_on,
        reason=event.reason if isinstance(event, MonthlyReportCorrected) else None,
        confirmed=event.confirmed,
        recorded_at=recorded.recorded_at,
        position=recorded.position,
    )


def answer(done: Done[MonthlyReportState, MonthlyReportCommand]) -> ReportView:
    """The answer to every command on a report."""
    return view(done.state)


def _line(line: ReportLine) -> ReportLineView:
    return ReportLineView(
        project=line.project,
        investment=line.investment,
        progress_percent=line.progress_percent,
        note=line.note,
    )
