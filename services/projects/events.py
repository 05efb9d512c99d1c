"""What this service writes into its log, and how each history is folded."""

from typing import get_args

from services.projects.domain import (
    meeting,
    monthly_report,
    plan,
    project,
    project_decisions,
    project_problem,
    project_problem_decisions,
)
from shared.catalogue import Catalogue
from shared.decider import Decider

SOURCE = "projects"

_SLICES = (
    project.ProjectEvent,
    monthly_report.MonthlyReportEvent,
    plan.PlanEvent,
    project_problem.ProblemEvent,
    meeting.MeetingEvent,
)
"""The union of each slice's event classes; a single class isn't a union."""

CATALOGUE = Catalogue(SOURCE, [event for slice_ in _SLICES for event in get_args(slice_)])

PROJECT = Decider(project.INITIAL, project_decisions.decide, project.evolve)
MONTHLY_REPORT = Decider(monthly_report.INITIAL, monthly_report.decide, monthly_report.evolve)
PLAN = Decider(plan.INITIAL, plan.decide, plan.evolve)
PROBLEM = Decider(project_problem.INITIAL, project_problem_decisions.decide, project_problem.evolve)
MEETING = Decider(meeting.INITIAL, meeting.decide, meeting.evolve)


def project_stream(project_id: str) -> str:
    """The stream of one project."""
    return f"project:{project_id}"


def report_stream(region: str, month: str) -> str:
    """The stream of one city's report of a month."""
    return f"report:{monthly_report.report_id(region, month)}"


def plan_stream(plan_id: str) -> str:
    """The stream of what a plan brought to this service."""
    return f"plan:{plan_id}"


def problem_stream(problem: str) -> str:
    """The stream of one problem of a project."""
    return f"problem:{problem}"


def meeting_stream(meeting_id: str) -> str:
    """The stream of one meeting."""
    return f"meeting:{meeting_id}"
