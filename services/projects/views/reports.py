"""Monthly reports as answers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from services.projects.domain.monthly_report import (
    Filed,
    MonthlyReportCorrected,
    MonthlyReportEvent,
    MonthlyReportState,
    MonthlyReportWithdrawn,
    ReportLine,
    Withdrawn,
    report_id,
)
from services.projects.models.reports import ReportLineView, ReportSummary, ReportVersion, ReportView
from shared.event_log import Event

_LINES = 220_000
"""Bytes for the lines of a report in an answer, and for those of its history; an answer may have 512,000."""
_LINE = 110
"""Bytes of a line without its id and note."""


class Room:
    """What is left for lines in one answer. It says how many are left out: a report is never cut off in silence."""

    def __init__(self, left: int = _LINES) -> None:
        self._left = left

    def take(self, lines: Sequence[ReportLine]) -> list[ReportLineView]:
        """The first lines, as many as there is room for."""
        found = []
        for line in lines:
            self._left -= _LINE + len(line.project) + len(msgspec.json.encode(line.note))
            if self._left < 0:
                break
            found.append(_line(line))
        return found


def report_view(region: str, month: str, state: MonthlyReportState, room: Room | None = None) -> ReportView:
    """A report that was filed, be it withdrawn since. Raises TypeError for one that never was."""
    if isinstance(state, Withdrawn):
        last = report_view(region, month, replace(state.last, projects=()), room)
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
    whole = f"GET /report-lines?region={region}&first_month={month}&last_month={month}"
    return ReportView(
        report=report_id(region, month),
        region=region,
        month=month,
        investment=state.investment,
        due_on=state.due_on,
        reported_on=state.first_reported_on,
        late=state.late,
        corrections=state.corrections,
        last_reported_on=state.reported_on,
        projects=shown,
        project_count=len(state.projects),
        left_out=left_out,
        whole_list=whole if left_out else None,
    )


def report_version(event: MonthlyReportEvent, recorded: Event, room: Room) -> ReportVersion:
    """One fact of a report's history, with as many lines as there is room for."""
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


def report_summary(row: Any, version: int) -> ReportSummary:
    """A row of the table `monthly_report`."""
    return ReportSummary(
        report=report_id(row.region, row.month),
        region=row.region,
        month=row.month,
        investment=row.investment,
        due_on=row.due_on,
        reported_on=row.reported_on,
        late=row.late,
        corrections=row.corrections,
        last_reported_on=row.last_reported_on,
        version=version,
    )


def _line(line: ReportLine) -> ReportLineView:
    return ReportLineView(
        project=line.project,
        investment=line.investment,
        progress_percent=line.progress_percent,
        note=line.note,
    )
