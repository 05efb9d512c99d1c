"""What this service writes into its log, and how each history is folded."""

from services.projects.domain import monthly_report, plan, project, project_decisions
from services.projects.domain.monthly_report import MonthlyReportCorrected, MonthlyReportFiled
from services.projects.domain.plan import DutiesLoaded, ProgrammesLoaded, RegionsLoaded, RegistersLoaded
from services.projects.domain.project import (
    ProjectRegistered,
    ProjectStageCorrected,
    ProjectStageReached,
    RegisterJoined,
    RegisterLeft,
)
from shared.catalogue import Catalogue
from shared.decider import Decider

SOURCE = "projects"

CATALOGUE = Catalogue(
    SOURCE,
    [
        ProjectRegistered,
        ProjectStageReached,
        ProjectStageCorrected,
        RegisterJoined,
        RegisterLeft,
        MonthlyReportFiled,
        MonthlyReportCorrected,
        RegionsLoaded,
        ProgrammesLoaded,
        RegistersLoaded,
        DutiesLoaded,
    ],
)

PROJECT = Decider(project.INITIAL, project_decisions.decide, project.evolve)
MONTHLY_REPORT = Decider(monthly_report.INITIAL, monthly_report.decide, monthly_report.evolve)
PLAN = Decider(plan.INITIAL, plan.decide, plan.evolve)


def project_stream(project_id: str) -> str:
    """The stream of one project."""
    return f"project:{project_id}"


def report_stream(region: str, month: str) -> str:
    """The stream of one city's report of a month."""
    return f"report:{monthly_report.report_id(region, month)}"


def plan_stream(plan_id: str) -> str:
    """The stream of what a plan brought to this service."""
    return f"plan:{plan_id}"
