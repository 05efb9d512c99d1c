"""The history of an enterprise's days; only the flusher decides on it, and `views.py` writes its rows."""

from services.energy.days.decisions import DAYS, MeasureDay
from services.energy.days.facts import DayState, EnterpriseDayMeasured, stream
from shared.feature import Feature, History


def _stream(command: MeasureDay) -> str:
    return stream(command.enterprise, command.day)


HISTORY: History[DayState] = History(EnterpriseDayMeasured, DAYS, _stream)
FEATURE = Feature("days", history=HISTORY)
