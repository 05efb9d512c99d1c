"""Domain states and table rows as answers."""

from collections.abc import Sequence
from typing import Any

from services.projects.domain import plan
from services.projects.domain.monthly_report import (
    Filed,
    MonthlyReportCorrected,
    MonthlyReportEvent,
    MonthlyReportState,
    ReportLine,
    report_id,
)
from services.projects.domain.project import Project, ProjectState
from services.projects.domain.stages import status
from services.projects.models import ProjectSummary, ProjectView, RegisterStay, StepView
from services.projects.models_plan import PlanView
from services.projects.models_reports import ReportLineView, ReportSummary, ReportVersion, ReportView
from shared.event_log import Event


def project_view(state: ProjectState) -> ProjectView:
    """A registered project. Raises TypeError for one that isn't."""
    if not isinstance(state, Project):
        raise TypeError("not a registered project")
    known = state.registered
    return ProjectView(
        project=known.project,
        name=known.name,
        region=known.region,
        enterprise=known.enterprise,
        enterprise_name=known.enterprise_name,
        industry=known.industry,
        total_investment=known.total_investment,
        equipment_investment=known.equipment_investment,
        programmes=list(known.programmes),
        stage=status(state.stage),
        stage_on=state.steps[-1].on,
        registered_on=known.registered_on,
        planned_on=state.steps[0].on,
        registers=[
            RegisterStay(register_=member.register, valid_from=member.valid_from, valid_to=member.valid_to)
            for member in state.memberships
        ],
        steps=[
            StepView(
                step=number,
                stage=step.stage,
                on=step.on,
                evidence=step.evidence,
                reported_by=step.reported_by,
                note=step.note,
            )
            for number, step in enumerate(state.steps, start=1)
        ],
    )


def project_summary(row: Any) -> ProjectSummary:
    """A row of the table `project`."""
    return ProjectSummary.model_validate(dict(row._mapping))


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


def report_summary(row: Any) -> ReportSummary:
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
    )


def plan_view(plan_id: str, state: plan.LoadedPlan, events: Sequence[plan.PlanEvent]) -> PlanView:
    """How much of each part is loaded, and which parts the events changed."""
    counts = {"regions": 0, "programmes": 0, "registers": 0, "duties": 0}
    for part in state.parts.values():
        name, items = _part(part)
        counts[name] = len(items)
    return PlanView(plan=plan_id, **counts, changed=[_part(event)[0] for event in events])


def _part(event: plan.PlanEvent) -> tuple[str, Sequence[Any]]:
    match event:
        case plan.RegionsLoaded():
            return "regions", event.regions
        case plan.ProgrammesLoaded():
            return "programmes", event.programmes
        case plan.RegistersLoaded():
            return "registers", event.registers
        case plan.DutiesLoaded():
            return "duties", event.duties


def _line(line: ReportLine) -> ReportLineView:
    return ReportLineView(
        project=line.project,
        investment=line.investment,
        progress_percent=line.progress_percent,
        note=line.note,
    )
