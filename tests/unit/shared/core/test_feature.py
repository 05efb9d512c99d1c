"""What comes of a service's features together."""

from dataclasses import dataclass
from typing import Any

from shared.catalogue import Catalogue
from shared.command import Decider
from shared.feature import Feature, Features, History


@dataclass(frozen=True, slots=True)
class Rung:
    """A bell was rung."""


@dataclass(frozen=True, slots=True)
class Silenced:
    """It was silenced."""


BELL: Decider[None, Any, Any] = Decider(None, lambda _command, _state: [], lambda state, _event: state)
RINGS: History[None] = History(Rung | Silenced, BELL, str)
FEATURES = Features(Feature("bells", history=RINGS, parts=(Feature("silence", history=RINGS),)))


def test_events_are_those_of_every_history_once() -> None:
    assert FEATURES.events == (Rung, Silenced)


async def test_a_rebuild_folds_no_streams_that_no_table_is_kept_of() -> None:
    """Energy has a stream for each enterprise's day: folding them for nothing would take most of a rebuild."""
    no_database: Any = None  # read from, it would raise
    await FEATURES.rebuild(no_database, no_database, Catalogue("bells", FEATURES.events))
