"""The gateway, the public API for portals: `python -m services.gateway.main`."""

import time
from collections.abc import Callable, Coroutine
from re import Pattern
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, compile_path
from starlette.types import Scope as AsgiScope

from services.gateway import about, live, openapi, simulated_clock, templates, uploads
from services.gateway.auth import Authenticator
from services.gateway.contracts import contract
from services.gateway.cors import Cors
from services.gateway.endpoint import Endpoints
from services.gateway.hints import Hints
from services.gateway.limits import Limits
from services.gateway.people import People
from services.gateway.positions import PositionTokens
from services.gateway.revocations import Revocations
from services.gateway.routes import all_routes
from services.gateway.scope import Scope
from services.gateway.settings import GatewaySettings
from services.gateway.simulated_clock import ClockDoor
from services.gateway.spreadsheets import Spreadsheets
from services.gateway.tickets import Tickets
from services.gateway.tracing import Tracing
from shared import broker as nats_broker
from shared.asgi import OWN_SPANS_ONLY, HttpServer
from shared.http_headers import add_docs
from shared.http_metrics import HttpMetrics
from shared.http_refusals import Crowded, PublicPages, address, problem_response
from shared.loop import run
from shared.problems import Problem
from shared.rpc import Client
from shared.runtime import Runtime

PREFIX = "/api/v1"
_log = structlog.get_logger("gateway")


class _Described(APIRoute):
    """A route that FastAPI documents but for which it resolves no dependencies: the endpoint takes the raw request."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        endpoint: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return endpoint


class _Section(APIRouter):
    """The routes below one first path segment; for any other path the whole section is skipped.

    FastAPI matches a path against one route after the other, twice: a millisecond for the last of 170 routes.
    """

    def __init__(self, word: str) -> None:
        super().__init__(prefix=PREFIX, route_class=_Described)
        self._beginning = f"{PREFIX}/{word}"

    def matches(self, scope: AsgiScope) -> tuple[Match, AsgiScope]:
        return super().matches(scope) if scope["path"].startswith(self._beginning) else (Match.NONE, {})


def create_app(
    settings: GatewaySettings,
    client: Client,
    door: ClockDoor,
    hints: Hints | None = None,
    now: Callable[[], float] = time.time,
    revocations: Revocations | None = None,
) -> FastAPI:
    """Creates the application. `now`: system time (epoch seconds), by which live streams end.

    Without `revocations`, no access counts as revoked.
    """
    app = FastAPI(
        title="Shengji 升级",
        version="1",
        description="A province's industrial-upgrade plan: targets, projects, energy, progress.\n\n"
        "Days are China's. Moments in answers are told with the offset +08:00; a request may give any offset.",
        docs_url=None,
        redoc_url=None,
        telemetry=OWN_SPANS_ONLY,
        openapi_url="/openapi.json",
        redirect_slashes=False,  # an API doesn't redirect: an unknown path is answered with a problem
    )
    limits = Limits(settings)
    authenticator = Authenticator(settings, limits=limits, revocations=revocations)
    scope = Scope(client)
    positions = PositionTokens(settings.position_key.get_secret_value())
    tickets = Tickets(settings.position_key.get_secret_value())
    people = People(client)
    endpoints = Endpoints(settings, client, authenticator, scope, positions, people, limits.bodies)
    sections: dict[str, _Section] = {}
    for route in all_routes():
        word = route.path.split("/")[1]
        section = sections.setdefault(word, _Section(word))
        section.add_api_route(
            route.path,
            endpoints.make(route),
            methods=[route.method],
            operation_id=f"{route.service}.{route.operation}",
            summary=contract(route.service, route.operation).summary,
            description=contract(route.service, route.operation).description,
            tags=[route.tag],
            openapi_extra=openapi.describe(route),
            response_model=None,
            response_class=JSONResponse if route.media == "application/json" else Response,
            status_code=route.status,
        )
    for section in sections.values():
        app.include_router(section)
    # Not within a section: traces would get the path of a nested router's route without the prefix.
    app.include_router(about.router(authenticator, client), prefix=PREFIX)
    app.include_router(simulated_clock.router(authenticator, door, limits), prefix=PREFIX)
    app.include_router(
        uploads.router(settings, authenticator, client, people, Spreadsheets(settings)), prefix=PREFIX
    )
    app.include_router(templates.router(settings, authenticator, client), prefix=PREFIX)
    app.include_router(
        live.router(authenticator, client, limits, tickets, hints or Hints(), scope, now), prefix=PREFIX
    )
    add_docs(app)
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    app.add_middleware(PublicPages, prefix=PREFIX, taken=limits.addresses.take)
    app.add_middleware(Tracing, known=authenticator.knows)
    if origins := settings.origins():
        app.add_middleware(Cors, origins=origins, taken=limits.addresses.take)
    _install_handlers(app, limits)
    return app


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the services' schemas as components."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        parts = schema.setdefault("components", {})
        parts.setdefault("schemas", {}).update(openapi.components(all_routes()))
        parts["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            "ticket": {"type": "apiKey", "in": "query", "name": "ticket"},
        }
        app.openapi_schema = schema
    return app.openapi_schema


class Allowed:
    """All methods of a path, for Allow: several routes may share a path, and Starlette names only the first one's."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._paths: list[tuple[Pattern[str], list[str]]] = []

    def __call__(self, path: str) -> list[str]:
        if (
            not self._paths
        ):  # on the first 405; compiling the paths each time would cost more than the largest answer
            documented = document(self._app)["paths"].items()
            self._paths = [(compile_path(template)[0], list(methods)) for template, methods in documented]
        return sorted(
            method.upper() for pattern, methods in self._paths if pattern.match(path) for method in methods
        )


def _install_handlers(app: FastAPI, limits: Limits) -> None:
    allowed = Allowed(app)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        _log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
        return problem_response(
            Problem(
                500,
                "internal",
                "Internal error",
                "Something failed that should not; it is logged.",
                remedy="Tell the operators the answer's X-Trace-Id.",
            )
        )

    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> Response:
        return problem_response(error)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        try:
            # Without a route nobody was authenticated or counted, so the request counts against the address.
            if request.url.path.startswith(PREFIX):
                limits.anonymous(address(request.scope))
        except Problem as too_often:
            return problem_response(too_often)
        detail = f"{request.method} {request.url.path}: {error.detail}"
        code = str(error.detail).lower().replace(" ", "-")
        response = problem_response(
            Problem(error.status_code, code, str(error.detail), detail, remedy="/docs lists every route.")
        )
        response.headers.update(error.headers or {})
        if error.status_code == 405:
            response.headers["Allow"] = ", ".join(allowed(request.url.path))
        return response

    @app.exception_handler(RequestValidationError)
    async def validation(_: Request, error: RequestValidationError) -> Response:
        errors = [{"where": ".".join(map(str, item["loc"])), "why": item["msg"]} for item in error.errors()]
        return problem_response(
            Problem(
                422,
                "invalid",
                "Invalid request",
                errors[0]["why"],
                where=errors[0]["where"],
                errors=errors,
                remedy="/docs shows each operation's shape.",
            )
        )


async def main() -> None:
    settings = GatewaySettings()
    async with Runtime.start("gateway", process="gateway", settings=settings) as rt:
        door = ClockDoor(rt.clock, nats_broker.client(rt.broker), rt.js, settings.followers())
        hints = Hints()
        await hints.listen(nats_broker.client(rt.broker))
        revocations = Revocations(hints.wake)
        app = create_app(settings, Client(rt.broker), door, hints, revocations=revocations)
        rt.spawn(revocations.run(rt.js), "revocations")
        rt.health.register("revocations", revocations.health)
        server = HttpServer.of(settings, HttpMetrics(Crowded(app)))
        rt.health.register("http", server.check)
        rt.spawn(server.run_until_cancelled(), "http")
        await rt.run()


if __name__ == "__main__":
    run(main())
