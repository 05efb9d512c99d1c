"""The reserve library (技改项目储备库), TR-13 to TR-18: projects' part of the API."""

from services.gateway.auth import CITY, COUNTY, PROVINCE
from services.gateway.routes import GOVERNMENT, Route

_S = "projects"
_KEEPERS = (PROVINCE, CITY, COUNTY)

ROUTES = [
    Route("GET", "/reserve", _S, "list-reserve", GOVERNMENT, "reserve", area="region"),
    Route("GET", "/reserve/drops", _S, "list-reserve-drops", GOVERNMENT, "reserve", area="region"),
    Route("GET", "/reserve/summary", _S, "reserve-summary", GOVERNMENT, "reserve", area="region"),
    Route(
        "POST", "/projects/{project}/reserve-updates", _S, "update-reserve", _KEEPERS, "reserve", status=201
    ),
    Route("POST", "/projects/{project}/screenings", _S, "screen-project", _KEEPERS, "reserve", status=201),
]
