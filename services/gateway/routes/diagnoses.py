"""Technology diagnoses of enterprises (技术提升诊断), IN-14: projects' part of the API."""

from services.gateway.auth import CITY, COUNTY, PROVINCE
from services.gateway.routes import GOVERNMENT, Route

_S = "projects"
_KEEPERS = (PROVINCE, CITY, COUNTY)
_ONE = "/diagnoses/{diagnosis}"

ROUTES = [
    Route("GET", "/diagnoses", _S, "list-diagnoses", GOVERNMENT, "matching", area="region"),
    Route("POST", "/diagnoses", _S, "hold-diagnosis", _KEEPERS, "matching", area="region", status=201),
    Route("GET", _ONE, _S, "get-diagnosis", GOVERNMENT, "matching"),
    Route("POST", f"{_ONE}/findings/{{finding}}", _S, "settle-finding", _KEEPERS, "matching", status=201),
]
