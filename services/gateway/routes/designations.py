"""Designations (认定) of enterprises, centres and parks: assessment's part of the API."""

from services.gateway.auth import PROVINCE
from services.gateway.routes import EVERYONE, Route

_S = "assessment"
_ONE = "/designations/{designation}"

ROUTES = [
    # Who is designated is published by notice: a region is a filter here, not a scope.
    Route("GET", "/designation-kinds", _S, "list-designation-kinds", EVERYONE, "designations"),
    Route("GET", "/designations", _S, "list-designations", EVERYONE, "designations"),
    Route("POST", "/designations", _S, "designate", (PROVINCE,), "designations", status=201),
    Route("GET", _ONE, _S, "get-designation", EVERYONE, "designations"),
    Route("POST", f"{_ONE}/assessments", _S, "assess-designation", (PROVINCE,), "designations"),
    Route("POST", f"{_ONE}/warnings", _S, "warn-designation", (PROVINCE,), "designations"),
    Route("POST", f"{_ONE}/withdrawal", _S, "withdraw-designation", (PROVINCE,), "designations"),
]
