"""Monthly reports as answers."""

from typing import Any

from services.projects.domain.monthly_report import (
    Filed,
    MonthlyReportCorrected,
    MonthlyReportEvent,
    MonthlyReportState,
    ReportLine,
    report_id,
)
from services.projects.models.reports import ReportLineView, ReportSummary, ReportVersion, ReportView
from shared.event_log import Event


def report_view(region: str, month: str, state: MonthlyReportState) -> ReportView:
    """A filed report. Raises TypeError for one that isn't."""
    if not isinstance(state, Filed):
        raise TypeError("not a filed report")
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
        projects=[_line(line) for line in state.projects],
    )


def report_version(event: MonthlyReportEvent, recorded: Event) -> ReportVersion:
    """One fact of a report's history."""
    return ReportVersion(
        investment=event.investment,
        projects=[_line(line) for line in event.projects],
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
