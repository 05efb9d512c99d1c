"""The joint pre-review of matched projects (预审) and the signing lists of ceremonies (上台签约项目)."""

from services.gateway.auth import CITY, COUNTY, PROVINCE
from services.gateway.routes import GOVERNMENT, Route

_S = "projects"
_KEEPERS = (PROVINCE, CITY, COUNTY)

ROUTES = [
    Route("GET", "/pre-reviews", _S, "list-pre-reviews", GOVERNMENT, "matching", area="region"),
    Route("GET", "/projects/{project}/pre-review", _S, "get-pre-review", GOVERNMENT, "matching"),
    Route("POST", "/projects/{project}/pre-review", _S, "open-pre-review", _KEEPERS, "matching", status=201),
    Route(
        "POST",
        "/projects/{project}/pre-review/opinions",
        _S,
        "give-opinion",
        (PROVINCE,),
        "matching",
        status=201,
    ),
    Route(
        "POST",
        "/projects/{project}/pre-review/conclusion",
        _S,
        "conclude-pre-review",
        (PROVINCE,),
        "matching",
        status=201,
    ),
    Route(
        "GET", "/ceremonies/{ceremony}/signings", _S, "list-signings", GOVERNMENT, "matching", area="region"
    ),
    Route(
        "POST",
        "/ceremonies/{ceremony}/signings/{project}",
        _S,
        "recommend-signing",
        _KEEPERS,
        "matching",
        status=201,
    ),
    Route(
        "POST",
        "/ceremonies/{ceremony}/signings/{project}/audit",
        _S,
        "audit-signing",
        (PROVINCE,),
        "matching",
    ),
]
