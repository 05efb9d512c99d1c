"""The stream of a meter, which all parts decide on, with its tables and what its events do to the readings' store."""

from services.energy.meters import views
from services.energy.meters.aliases import views as aliases
from services.energy.meters.decisions import METER
from services.energy.meters.facts.events import MeterEvent
from services.energy.meters.facts.life import stream
from services.energy.meters.store import carry
from shared.feature import History

HISTORY = History(
    MeterEvent, METER, lambda command: stream(command.meter), (views.KEPT, aliases.KEPT), beside=carry
)
