"""What the queries of this service act on: one per process."""

from dataclasses import dataclass, field

from services.progress.board.board import Boards
from services.progress.board.feed import Watch
from services.progress.board.live import LiveEnergy
from services.progress.measures.store.read_model import ReadModel


@dataclass(slots=True)
class App:
    """The read-model, today's running energy, and the queries that wait for changes."""

    model: ReadModel
    live: LiveEnergy
    watch: Watch
    boards: Boards = field(default_factory=Boards)
