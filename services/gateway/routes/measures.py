"""Measures (措施), TR-23 and the plan's other promises without a figure: projects' part of the API."""

from services.gateway.auth import CITY, COUNTY, PROVINCE
from services.gateway.routes import EVERYONE, Route

_S = "projects"
_KEEPERS = (PROVINCE, CITY, COUNTY)
_ONE = "/measures/{measure}"

ROUTES = [
    # Promises are public: a measure's region is a filter here, not a scope.
    Route("GET", "/measures", _S, "list-measures", EVERYONE, "measures"),
    Route("POST", "/measures", _S, "open-measure", _KEEPERS, "measures", area="region", status=201),
    Route("GET", _ONE, _S, "get-measure", EVERYONE, "measures"),
    Route("POST", f"{_ONE}/items", _S, "add-measure-item", _KEEPERS, "measures", status=201),
    Route("POST", f"{_ONE}/follow-ups", _S, "follow-up-measure", _KEEPERS, "measures", status=201),
    Route("POST", f"{_ONE}/completion", _S, "complete-measure", _KEEPERS, "measures"),
    Route("POST", f"{_ONE}/reopening", _S, "reopen-measure", _KEEPERS, "measures"),
]
