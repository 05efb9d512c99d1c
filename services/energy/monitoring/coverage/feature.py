"""The history of key users' days; only the watch decides on it."""

from services.energy.monitoring.coverage.decisions import COVERAGE, JudgeDay
from services.energy.monitoring.coverage.facts import CoverageChanged, DayState, stream
from services.energy.monitoring.coverage.views import KEPT
from shared.feature import Feature, History


def _stream(command: JudgeDay) -> str:
    return stream(command.enterprise, command.day)


HISTORY: History[DayState] = History(CoverageChanged, COVERAGE, _stream, (KEPT,))
FEATURE = Feature("days-online", history=HISTORY)
