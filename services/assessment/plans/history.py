"""The event stream of a plan, shared by its targets, with every table derived from it."""

from services.assessment.plans import views
from services.assessment.plans.decisions.plan import PLAN
from services.assessment.plans.facts.plan import PlanEvent, stream
from services.assessment.plans.targets import views as targets
from shared.feature import History

HISTORY = History(
    PlanEvent,
    PLAN,
    lambda command: stream(command.plan),
    (views.KEPT, targets.KEPT, views.MAP),
    in_order=True,  # each list of regions takes the whole map
)
