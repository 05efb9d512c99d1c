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
    Route("GET", "/cohorts/{investor_kind}/{year}", _S, "get-cohort", GOVERNMENT, "projects", area="region"),
    Route(
        "GET",
        "/cohorts/{investor_kind}/{year}/members",
        _S,
        "list-cohort-members",
        GOVERNMENT,
        "projects",
        area="region",
    ),
    Route("POST", "/cohorts/{investor_kind}/{year}", _S, "close-cohort", (PROVINCE,), "projects", status=201),
    Route("POST", "/projects/{project}/changes", _S, "change-project", _KEEPERS, "projects"),
    Route("POST", "/projects/{project}/stages", _S, "reach-stage", _KEEPERS, "projects", status=201),
    Route("POST", "/projects/{project}/stages/corrections", _S, "correct-stage", _KEEPERS, "projects"),
    Route("POST", "/projects/{project}/registers", _S, "join-register", _KEEPERS, "projects", status=201),
    Route("POST", "/projects/{project}/registers/leave", _S, "leave-register", _KEEPERS, "projects"),
    Route("GET", "/report-lines", _S, "list-report-lines", GOVERNMENT, "reports", area="region"),
    Route("GET", "/reports", _S, "list-reports", GOVERNMENT, "reports", area="region"),
    Route("POST", "/reports", _S, "file-report", (CITY,), "reports", area="region", status=201),
    Route("GET", "/reports/calendar", _S, "report-calendar", GOVERNMENT, "reports", area="region"),
    Route("GET", "/reports/months", _S, "list-reporting-months", GOVERNMENT, "reports", area="region"),
    Route("POST", "/reports/months/{month}/closing", _S, "close-reporting-month", (PROVINCE,), "reports"),
    Route(
        "POST",
        "/reports/months/{month}/reopenings",
        _S,
        "reopen-reporting-month",
        (PROVINCE,),
        "reports",
        status=201,
    ),
    Route("GET", "/reports/{region}/{month}", _S, "get-report", GOVERNMENT, "reports", area="region"),
    Route(
        "POST",
        "/reports/{region}/{month}/corrections",
        _S,
        "correct-report",
        (CITY,),
        "reports",
        area="region",
    ),
]
