"""The events of this service's log, and the stream of an import."""

from typing import get_args

from services.projects.ceremonies.guests import facts as guest_list
from services.projects.cohorts import facts as cohort
from services.projects.diagnoses import facts as diagnosis
from services.projects.documents import facts as document
from services.projects.domain import file_import
from services.projects.duties import facts as duty
from services.projects.duties.days.facts import DutyDaySet
from services.projects.funds import facts as fund
from services.projects.matching.listings import facts as listing
from services.projects.matching.matches import facts as match
from services.projects.measures import facts as measure
from services.projects.meetings import facts as meeting
from services.projects.plan import facts as plan
from services.projects.problems import facts as problem
from services.projects.projects import facts as project
from services.projects.reports import facts as monthly_report
from services.projects.reports.months import facts as reporting_month
from shared.catalogue import Catalogue

SOURCE = "projects"

_SLICES = (
    project.ProjectEvent,
    cohort.CohortEvent,
    guest_list.GuestListEvent,
    diagnosis.DiagnosisEvent,
    monthly_report.MonthlyReportEvent,
    reporting_month.ReportingMonthEvent,
    plan.PlanEvent,
    problem.ProblemEvent,
    meeting.MeetingEvent,
    document.DocumentEvent,
    duty.DutyEvent | DutyDaySet,
    fund.FundEvent,
    measure.MeasureEvent,
    listing.ListingEvent,
    match.MatchEvent,
)
"""The union of each slice's event classes; a single class isn't a union."""

CATALOGUE = Catalogue(
    SOURCE, [*(event for slice_ in _SLICES for event in get_args(slice_)), file_import.FileImported]
)


def import_stream(file_import_id: str) -> str:
    """The stream of one import of a spreadsheet."""
    return f"import:{file_import_id}"
