"""Progress of the targets: the board, single figures, and the events behind each."""

from services.gateway.routes import EVERYONE, Route

_S = "progress"

ROUTES = [
    Route("GET", "/progress/board", _S, "board", EVERYONE, "progress", shared=True),
    Route("GET", "/progress/figures", _S, "figures", EVERYONE, "progress", shared=True),
    Route("GET", "/progress/figures/{target}", _S, "figure", EVERYONE, "progress", shared=True),
    Route("GET", "/progress/figures/{target}/evidence", _S, "evidence", EVERYONE, "progress", shared=True),
    Route("GET", "/progress/targets", _S, "targets-status", EVERYONE, "progress", shared=True),
]
