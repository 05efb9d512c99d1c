"""The query for the board."""

from pydantic import ConfigDict

from services.progress.board.app import App
from services.progress.common.views import Question
from services.progress.measures.store.asking import ask
from shared.rpc import Call, Encoded


class BoardQuestion(Question):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"plan": "fujian-2013"}]})


async def get_board(service: App, call: Call, body: BoardQuestion) -> Encoded:
    """Investment against target and pro-rata line, rank, energy intensity, key users and how many of them are
    online, today's energy, lights, and how fresh all of it is."""
    snapshot, scope = await ask(service, call.actor, body)
    return service.boards.get(snapshot, service.live, scope)
