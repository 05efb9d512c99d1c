"""Problems of projects (困难和问题, PM-9)."""

from services.gateway.auth import CITY, COUNTY, ENTERPRISE, PROVINCE
from services.gateway.routes import EVERYONE, Route

_S = "projects"
_KEEPERS = (PROVINCE, CITY, COUNTY)
_CALLERS = (PROVINCE, CITY)

ROUTES = [
    Route(
        "GET",
        "/problems",
        _S,
        "list-problems",
        EVERYONE,
        "problems",
        area="region",
        organisation="enterprise",
    ),
    Route("POST", "/problems", _S, "raise-problem", (*_KEEPERS, ENTERPRISE), "problems", status=201),
    Route("GET", "/problems/{problem}", _S, "get-problem", EVERYONE, "problems"),
    Route("POST", "/problems/{problem}/assignments", _S, "assign-problem", _KEEPERS, "problems"),
    Route("POST", "/problems/{problem}/answers", _S, "answer-problem", _KEEPERS, "problems"),
    Route("POST", "/problems/{problem}/major", _S, "declare-major", _KEEPERS, "problems"),
    Route("POST", "/problems/{problem}/decisions", _S, "decide-problem", _CALLERS, "problems"),
    Route("POST", "/problems/{problem}/closing", _S, "close-problem", _KEEPERS, "problems"),
    Route("POST", "/problems/{problem}/reopening", _S, "reopen-problem", _KEEPERS, "problems"),
]
