"""The event stream of a fund, shared by its subsidies and awards, with every table derived from it."""

from services.projects.funds import views
from services.projects.funds.awards import views as awards
from services.projects.funds.decisions import FUND
from services.projects.funds.facts import FundEvent, stream
from services.projects.funds.subsidies import views as subsidies
from shared.feature import History

HISTORY = History(
    FundEvent, FUND, lambda command: stream(command.fund), (views.KEPT, subsidies.KEPT, awards.KEPT)
)
