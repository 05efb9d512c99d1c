"""The plan (行动计划), its targets, and the directory of people: assessment's part of the API."""

from services.gateway.auth import CITY, OPS, PROVINCE
from services.gateway.routes import EVERYONE, Route

_S = "assessment"

# Reading targets isn't scoped here: everybody may read the province's targets, and the service filters.
ROUTES = [
    Route("GET", "/plans", _S, "list-plans", EVERYONE, "plan"),
    Route("POST", "/plans/{plan}", _S, "load-plan", (PROVINCE, OPS), "plan", status=201),
    Route("GET", "/plans/{plan}", _S, "get-plan", EVERYONE, "plan"),
    Route("POST", "/plans/{plan}/check", _S, "check-plan", (PROVINCE, OPS), "plan"),
    Route("GET", "/regions", _S, "list-regions", EVERYONE, "plan"),
    Route("GET", "/regions/{region}", _S, "get-region", EVERYONE, "plan"),
    Route("GET", "/targets", _S, "list-targets", EVERYONE, "targets"),
    Route(
        "POST", "/plans/{plan}/targets", _S, "set-target", (PROVINCE,), "targets", area="region", status=201
    ),
    Route("GET", "/plans/{plan}/targets/{target}", _S, "get-target", EVERYONE, "targets"),
    Route(
        "POST", "/plans/{plan}/targets/{target}/revisions", _S, "revise-target", (PROVINCE, CITY), "targets"
    ),
    Route(
        "POST", "/plans/{plan}/targets/{target}/parts", _S, "decompose-target", (PROVINCE, CITY), "targets"
    ),
    Route("GET", "/people/{reference}", _S, "get-person", (OPS,), "people"),
    Route("DELETE", "/people/{reference}", _S, "erase-person", (OPS,), "people"),
    Route("POST", "/people/{reference}/revocations", _S, "revoke-access", (OPS,), "people", status=201),
]
