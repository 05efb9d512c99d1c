"""The history of feeds; only the watch decides on it."""

from services.energy.monitoring.feeds.decisions import FEEDS, WatchFeed
from services.energy.monitoring.feeds.facts import FeedEvent, FeedState, stream
from services.energy.monitoring.feeds.views import KEPT
from shared.feature import Feature, History


def _stream(command: WatchFeed) -> str:
    return stream(command.enterprise)


HISTORY: History[FeedState] = History(FeedEvent, FEEDS, _stream, (KEPT,))
FEATURE = Feature("feeds", history=HISTORY)
