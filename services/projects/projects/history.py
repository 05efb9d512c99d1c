"""The event stream of a project, shared by everything that happens to it, with every table derived from it."""

from services.projects.projects import views
from services.projects.projects.decisions.decide import PROJECT
from services.projects.projects.facts import ProjectEvent, stream
from services.projects.projects.pre_reviews import views as pre_reviews
from services.projects.projects.registers import views as registers
from services.projects.projects.reserve import views as reserve
from services.projects.projects.signings import views as signings
from services.projects.projects.stages import views as stages
from shared.feature import History

HISTORY = History(
    ProjectEvent,
    PROJECT,
    lambda command: stream(command.project),
    (views.KEPT, registers.KEPT, stages.KEPT, pre_reviews.KEPT, signings.KEPT, *reserve.KEPT),
)
