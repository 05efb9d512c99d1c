"""The event stream of a year's appraisal, shared by its summonses, with the table derived from it."""

from services.assessment.appraisals import views
from services.assessment.appraisals.decisions.appraisal import APPRAISAL
from services.assessment.appraisals.facts import AppraisalEvent, stream
from shared.feature import History

HISTORY = History(
    AppraisalEvent, APPRAISAL, lambda command: stream(command.plan, command.year), (views.KEPT,)
)
