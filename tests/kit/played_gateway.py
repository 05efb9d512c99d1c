"""The gateway as the portal meets it, played: real answers, kept in files, for exactly the routes that the gateway has.

A question that the public API does not take (an unknown route or parameter, a role that may not ask it) is refused
here as it is there, so that a page which asks such a thing fails its test.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema

from services.gateway.main import PREFIX
from services.gateway.routes import all_routes
from services.portal.app import Portal
from services.portal.session import SESSION, Session
from services.portal.settings import PortalSettings

ROOT = Path(__file__).parents[1]
ANSWERS = ROOT / "component" / "portal" / "answers"
CONTRACT = ROOT.parent / "shared" / "contracts" / "gateway" / "openapi.json"
SCOPES = {
    "province": {},
    "city": {"area": "350100"},
    "county": {"area": "350181"},
    "enterprise": {"organisation": "demo-FZ01"},
    "ops": {},
}
KEY = "k" * 40
_MADE = dict.fromkeys(
    ("project", "application", "document", "listing", "import", "meeting", "secret"), "made-1"
)
"""What a command that makes something names it, unless the request has named it."""
Answer = Callable[[httpx.Request], httpx.Response | Mapping[str, Any] | None]


def settings(**more: Any) -> PortalSettings:
    """Settings as on one's own machine."""
    return PortalSettings(environment="test", session_key=KEY, **more)


def problem(status: int, code: str, detail: str = "why", **more: Any) -> httpx.Response:
    """A refusal of the gateway."""
    body = {"title": "title", "status": status, "code": code, "detail": detail, **more}
    return httpx.Response(status, json=body)


@dataclass
class PlayedGateway:
    """`before`: asked first, and answers what a test wants otherwise; `asked`: every request that came."""

    before: Answer = lambda _: None
    asked: list[httpx.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._routes = _routes()
        self._roles = {(each.method, each.path): each.roles for each in all_routes()}

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        fitting = [each for each in self._routes if each[0].fullmatch(request.url.path)]
        taking = [each for each in fitting if request.method.lower() in each[2]]
        found = next(iter(taking or fitting), None)
        if request.method == "POST" and found is not None and "post" in found[2]:
            _check_body(request, found[2]["post"])
        if (own := self.before(request)) is not None:
            return own if isinstance(own, httpx.Response) else httpx.Response(200, json=dict(own))
        role = request.headers.get("authorization", "").removeprefix("Bearer ")
        if role not in SCOPES:
            return problem(401, "unauthenticated")
        if request.url.path == f"{PREFIX}/me":
            return httpx.Response(200, json=me(role))
        if found is None:
            return problem(404, "not-found")
        _, template, methods = found
        operation = methods.get(request.method.lower())
        assert operation is not None, f"the API has no {request.method} {template}"
        if role not in self._roles.get(
            (request.method, template), SCOPES
        ):  # those beside the operations say no roles
            return problem(403, "forbidden")
        if request.method == "POST":
            sent = json.loads(request.content) if _is_json(request) else {}
            return httpx.Response(201, json={**_MADE, **sent})
        known = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
        unknown = set(request.url.params) - known
        assert not unknown, f"{template} takes no {unknown}"
        _check_query(request, operation)
        return httpx.Response(200, json=recorded(template))


@cache
def _routes() -> list[tuple[re.Pattern[str], str, dict[str, Any]]]:
    """The API's paths as patterns, those with the fewest parameters first; their templates; their methods."""
    paths = json.loads(CONTRACT.read_text("utf-8"))["paths"]
    return [
        (re.compile(re.sub(r"\{\w+\}", "[^/]+", template)), template.removeprefix(PREFIX), methods)
        for template, methods in sorted(paths.items(), key=lambda each: each[0].count("{"))
    ]


def _check_query(request: httpx.Request, operation: Mapping[str, Any]) -> None:
    """Each filter is one that the API takes: a limit within its bounds, a code of its list."""
    schemas = {
        each["name"]: each["schema"] for each in operation.get("parameters", ()) if each["in"] == "query"
    }
    for name, value in request.url.params.items():
        as_typed = [value, *([int(value)] if value.isdecimal() else []), *([True] if value == "true" else [])]
        validator = jsonschema.Draft202012Validator({**schemas[name], "components": _components()})
        assert any(validator.is_valid(each) for each in as_typed), f"{request.url}: {name} can't be {value!r}"


def _is_json(request: httpx.Request) -> bool:
    kind: str = request.headers.get("content-type", "")
    return kind == "application/json"


def _check_body(request: httpx.Request, operation: Mapping[str, Any]) -> None:
    """A command of the portal is one that the API takes. AssertionError for another."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return
    schema = {**content["application/json"]["schema"], "components": _components()}
    faults = list(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(request.content)))
    assert not faults, f"{request.url.path}: {[(each.json_path, each.message) for each in faults]}"


@cache
def _components() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CONTRACT.read_text("utf-8"))["components"]
    return found


def me(role: str) -> dict[str, Any]:
    """What the gateway says of that role's caller."""
    scope = {"area": None, "organisation": None, **SCOPES[role]}
    return {
        "reference": "r",
        "role": role,
        **scope,
        "name": None,
        "ends_at": int(time.time()) + 600,
        "may": [],
    }


def file_of(template: str) -> Path:
    """Where the answer of a route is kept."""
    return ANSWERS / (re.sub(r"[{}]", "", template.strip("/")).replace("/", ".") + ".json")


def recorded(template: str) -> dict[str, Any]:
    """The answer of a route, as the demo's system gave it."""
    found: dict[str, Any] = json.loads(file_of(template).read_text("utf-8"))
    return found


def portal(gateway: PlayedGateway, made: PortalSettings | None = None, issuer: Any = None) -> Portal:
    """The real portal over the played gateway."""
    client = httpx.AsyncClient(transport=gateway.transport(), base_url="http://gateway")
    return Portal(made or settings(), client, issuer)


def browser(of: Portal, role: str | None = None, **more: Any) -> httpx.AsyncClient:
    """A browser at that portal, signed in as a role; its redirects are looked at and not followed."""
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(of.app(), raise_app_exceptions=False), base_url="http://portal", **more
    )
    if role is not None:
        from starlette.responses import Response

        response = Response()
        session = Session(role, int(time.time()) + 600, role, "the-word", name="", **SCOPES[role])
        of.sessions.write(response, session, secure=False)
        cookie = response.headers["set-cookie"].partition(";")[0]
        client.cookies.set(SESSION, cookie.partition("=")[2].strip('"'))
    return client
