"""The queries about the board. Its changes go to the gateway's live stream, which has a route of its own."""

from services.progress.access import EVERYONE
from services.progress.board import changes, queries
from services.progress.board.board import Board
from shared.feature import Feature, Query
from shared.rpc import Route

FEATURE = Feature(
    "board",
    operations=(
        Query(
            name="board",
            ask=queries.get_board,
            response=Board,
            summary="The board: the province and its cities",
            route=Route("GET", "/progress/board", EVERYONE, "progress", shared=True),
        ),
        Query(
            name="changes",
            ask=changes.list_changes,
            response=changes.Changes,
            summary="What has changed since an id",
        ),
    ),
)
