"""Projects (项目), their stages and registers, and the cities' monthly reports (月报, TR-12)."""

from services.gateway.auth import CITY, COUNTY, PROVINCE
from services.gateway.routes import EVERYONE, GOVERNMENT, Route

_S = "projects"
_KEEPERS = (PROVINCE, CITY, COUNTY)

ROUTES = [
    Route(
        "GET",
        "/projects",
        _S,
        "list-projects",
        EVERYONE,
        "projects",
        area="region",
        organisation="enterprise",
    ),
    Route("POST", "/projects", _S, "register-project", _KEEPERS, "projects", area="region", status=201),
    Route("GET", "/project-counts", _S, "count-projects", GOVERNMENT, "projects", area="region"),
    Route("GET", "/project-counts/{by}", _S, "count-projects-by", GOVERNMENT, "projects", area="region"),
    Route("GET", "/projects/{project}", _S, "get-project", EVERYONE, "projects"),
    Route(
        "GET",
        "/registers/{register}/acceptance",
        _S,
        "register-acceptance",
        GOVERNMENT,
        "projects",
        area="region",
    ),
    Route("POST", "/projects/{project}/changes", _S, "change-project", _KEEPERS, "projects"),
    Route("POST", "/projects/{project}/stages", _S, "reach-stage", _KEEPERS, "projects", status=201),
    Route("POST", "/projects/{project}/stages/corrections", _S, "correct-stage", _KEEPERS, "projects"),
    Route("POST", "/projects/{project}/registers", _S, "join-register", _KEEPERS, "projects", status=201),
    Route("POST", "/projects/{project}/registers/leave", _S, "leave-register", _KEEPERS, "projects"),
    Route(
        "POST",
        "/projects/{project}/energy-savings",
        _S,
        "expect-energy-saving",
        _KEEPERS,
        "projects",
        status=201,
    ),
    Route(
        "POST",
        "/projects/{project}/energy-savings/verification",
        _S,
        "verify-energy-saving",
        (PROVINCE,),
        "projects",
        status=201,
    ),
]
