"""The OpenAPI document: one operation per row of the route table, schemas from the services' contracts."""

from typing import Any

from services.gateway.columns import columns
from services.gateway.contracts import OperationContract, contract
from services.gateway.exports import CSV, XLSX
from services.gateway.positions import HEADER
from services.gateway.request import INTERNAL
from services.gateway.routes import Route

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457: what, where, why, what to do",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:shengji:problem:invalid"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable, for programs"},
        "detail": {"type": "string", "description": "what happened, for a person"},
        "where": {"type": "string", "description": "the field or thing it is about"},
        "remedy": {"type": "string", "description": "what to do"},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "several places at once"},
        "retry_after": {"type": "integer", "description": "seconds"},
    },
}
_ERRORS = {
    "400": "Not readable",
    "401": "No valid token",
    "403": "Not within your role or area",
    "404": "Not there",
    "406": "Not as the Accept header wants it",
    "408": "The body took too long",
    "409": "Somebody else was faster",
    "413": "Too large",
    "415": "Not JSON",
    "422": "Readable, but it can't be so",
    "429": "Too often, or too much at once: wait as Retry-After says",
    "503": "A re-send cures it",
}


_OF_SHEETS = {
    "413": {
        "description": "As a sheet: the list is too long",
        "content": {"application/problem+json": {"schema": _PROBLEM}},
    },
    "429": {
        "description": "As a sheet: another one of yours is being made",
        "content": {"application/problem+json": {"schema": _PROBLEM}},
    },
}
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}]


def errors() -> dict[str, Any]:
    """The refusals that every route may answer with."""
    return {
        status: {"description": description, "content": {"application/problem+json": {"schema": _PROBLEM}}}
        for status, description in _ERRORS.items()
    }


def describe(route: Route) -> dict[str, Any]:
    """FastAPI's `openapi_extra` of one row."""
    operation = contract(route.service, route.operation)
    request = operation.request_object()
    properties = {
        name: schema for name, schema in request.get("properties", {}).items() if name not in INTERNAL
    }
    required = set(request.get("required", []))
    extra: dict[str, Any] = {
        "security": SECURITY,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": properties[name]}
            for name in route.path_parameters
        ],
        "responses": _responses(route, operation),
        "x-roles": list(route.roles),
    }
    rest = {name: schema for name, schema in properties.items() if name not in route.path_parameters}
    if route.method == "GET":
        extra["parameters"] += [
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in rest.items()
        ]
        extra["parameters"].append(header("If-None-Match", "an ETag: 304 if the answer is still that one"))
        if "at_least" in request.get("properties", {}):
            extra["parameters"].append(header(HEADER, "from a command's answer: read what I have written"))
        if "language" in request.get("properties", {}):
            extra["parameters"].append(header("Accept-Language", "zh or en: the language of the texts"))
    else:
        extra["parameters"].append(header("Idempotency-Key", "repeat a command under the same key"))
        extra["requestBody"] = {
            "required": bool(required & set(rest)),
            "content": {"application/json": _media(request, rest, required)},
        }
    return extra


def components(routes: list[Route]) -> dict[str, Any]:
    """Every schema that the rows refer to, by name."""
    schemas: dict[str, Any] = {"Problem": PROBLEM_SCHEMA}
    for route in routes:
        schemas |= contract(route.service, route.operation).components()
    return dict(sorted(schemas.items()))


def _media(request: dict[str, Any], rest: dict[str, Any], required: set[str]) -> dict[str, Any]:
    media: dict[str, Any] = {
        "schema": {
            "type": "object",
            "properties": rest,
            "required": sorted(required & set(rest)),
            "additionalProperties": request.get("additionalProperties", True),
        }
    }
    if examples := request.get("examples"):
        media["example"] = {name: value for name, value in examples[0].items() if name in rest}
    return media


def _responses(route: Route, operation: OperationContract) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": "Done" if operation.kind == "command" else "The answer",
        "content": {route.media: {"schema": _answer_schema(route, operation)}},
    }
    name = HEADER if operation.kind == "command" else "ETag"
    answer["headers"] = {name: {"schema": {"type": "string"}}}
    responses: dict[str, Any] = {str(route.status): answer}
    if operation.kind == "query" and columns(operation) is not None:
        for media in (CSV, XLSX):  # every list and the board can be exported as CSV or XLSX
            answer["content"][media] = {"schema": {"type": "string", "format": "binary"}}
        responses |= _OF_SHEETS
    if operation.kind == "query":
        responses["304"] = {"description": "You have this answer already (If-None-Match)"}
    return errors() | responses


def _answer_schema(route: Route, operation: OperationContract) -> dict[str, Any]:
    return operation.response if route.media == "application/json" else {"type": "string"}


def header(name: str, description: str) -> dict[str, Any]:
    """An optional header of a request."""
    schema = {"type": "string", "maxLength": 500}
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}
