"""One endpoint made of one row of the route table: request in, operation called, answer out.

Path, query and body become the one request object, which the service validates. The gateway's own part is
done here: authentication, scope, size limits, idempotency, position tokens, ETag, problem+json.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from services.gateway import exports
from services.gateway.auth import ENTERPRISE, Authenticator, Caller
from services.gateway.contracts import OperationContract, contract
from services.gateway.exports import Exports
from services.gateway.flights import Flights
from services.gateway.local_times import local_times
from services.gateway.names import Names
from services.gateway.people import People
from services.gateway.positions import HEADER, PositionTokens
from services.gateway.request import (
    INTERNAL,
    check_media_type,
    check_values,
    idempotency_key,
    parsed,
    queried,
    received,
)
from services.gateway.routes import Route
from services.gateway.scope import Scope
from services.gateway.settings import GatewaySettings
from shared.http_limits import Body, InHand
from shared.identity import Actor
from shared.language import preferred
from shared.problems import Problem, forbidden, invalid
from shared.rpc import Client, Encoded

T = TypeVar("T")
_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


class Endpoints:
    """Makes endpoints. One per application: it holds what every endpoint needs."""

    def __init__(
        self,
        settings: GatewaySettings,
        client: Client,
        authenticator: Authenticator,
        scope: Scope,
        positions: PositionTokens,
        people: People,
        bodies: InHand,
    ) -> None:
        self._settings = settings
        self._client = client
        self._authenticator = authenticator
        self._scope = scope
        self._positions = positions
        self._people = people
        self._exports = Exports()
        self._names = Names(client)
        self._bodies = bodies
        self._flights: Flights[tuple[bytes, str]] = Flights()

    def make(self, route: Route) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of one row. Raises LookupError when the operation has no contract."""
        operation = contract(route.service, route.operation)

        async def endpoint(request: Request) -> Response:
            caller = await self._authenticator.identify(request)
            actor = caller.actor
            if actor.role not in route.roles:
                raise forbidden(
                    f"{route.method} {route.path} is for {', '.join(route.roles)}; your role is {actor.role}."
                )
            if route.method == "GET":
                return await handled(request, caller, None)
            with self._bodies.body(actor.subject) as room:
                return await handled(request, caller, room)

        async def handled(request: Request, caller: Caller, room: Body | None) -> Response:
            actor = caller.actor
            body = await self._request_object(request, route, operation, room)
            check_values(body)
            language = preferred(request.headers.get("accept-language"))
            await self._scope.check(actor, body, route, language)
            if operation.kind == "query" and "at_least" in operation.request_object()["properties"]:
                token = request.headers.get(HEADER)
                body["at_least"] = self._positions.read(token) if token else None
            if "language" in operation.request_object().get("properties", {}):
                body["language"] = language
            correlation_id = request.headers.get("x-request-id", "")[:100]
            if operation.kind == "query":
                asker = actor.nobody() if route.shared else actor

                async def query(asked: dict[str, Any]) -> Encoded:
                    attached = await self._attached_if_there(request, route, body, actor, correlation_id)
                    answer = await self._client.query(
                        route.service,
                        route.operation,
                        asked,
                        asker,
                        correlation_id=correlation_id,
                        timeout=self._settings.call_timeout,
                        attached=attached,
                    )
                    return replace(answer, data=local_times(route.service, route.operation, answer.data))

                async def page(asked: dict[str, Any]) -> bytes:
                    self._authenticator.still_holds(caller)
                    return (await query(asked)).data

                if media := exports.wanted(request):

                    async def names() -> exports.Names:
                        return await self._names.of(actor, language)

                    return await self._exports.answer(
                        media, operation, body, page, names, actor.subject, language
                    )

                async def ask() -> tuple[bytes, str]:
                    return _with_tag(await query(body))

                asked = _question(route, asker, body)
                answer = _conditional(request, *await while_wanted(request, self._flights.join(asked, ask)))
                return answer if route.media == "application/json" else _page(answer, route.media)
            command_id = idempotency_key(request)
            attached = await self._attached(request, route, body, actor, correlation_id)
            self._people.acts(caller)
            reply = await self._client.call(
                route.service,
                route.operation,
                body,
                actor,
                command_id=command_id,
                correlation_id=correlation_id or command_id,
                timeout=self._settings.call_timeout,
                attached=attached,
            )
            token = self._positions.sign(reply["source"], reply["position"])
            headers = {HEADER: token, "Idempotency-Key": command_id}
            done = local_times(route.service, route.operation, _encode(reply["data"]))
            return Response(done, route.status, headers, "application/json")

        endpoint.__name__ = f"{route.service}_{route.operation}".replace("-", "_")
        return endpoint

    async def _attached(
        self, request: Request, route: Route, body: dict[str, Any], actor: Actor, correlation_id: str
    ) -> dict[str, Any]:
        """The other service's answer that the route attaches to a request, at least as new as the position token."""
        question = route.attached
        if question is None or (question.roles and actor.role not in question.roles):
            return {}
        asked: dict[str, Any] = {name: body[name] for name in question.takes if name in body}
        if actor.role == ENTERPRISE and route.organisation in question.takes:
            asked[route.organisation] = actor.organisation
        token = request.headers.get(HEADER)
        known = contract(question.service, question.operation).request_object().get("properties", {})
        if token and "at_least" in known:
            asked["at_least"] = self._positions.read(token)
        answer = await self._client.query(
            question.service,
            question.operation,
            {**asked, **question.says},
            actor,
            correlation_id=correlation_id,
            timeout=self._settings.call_timeout,
            attached=await self._attached(
                request, replace(route, attached=question.attached), body, actor, correlation_id
            ),
        )
        found: dict[str, Any] = _decoder.decode(answer.data)
        return found

    async def _attached_if_there(
        self, request: Request, route: Route, body: dict[str, Any], actor: Actor, correlation_id: str
    ) -> dict[str, Any]:
        """As `_attached`, for a query: {} on any Problem, and the query's answer then says what it couldn't check."""
        try:
            return await self._attached(request, route, body, actor, correlation_id)
        except Problem:
            return {}

    async def _request_object(
        self, request: Request, route: Route, operation: OperationContract, room: Body | None
    ) -> dict[str, Any]:
        properties = operation.request_object().get("properties", {})
        named = {name: request.path_params[name] for name in route.path_parameters}
        if room is None:
            return {**queried(request, properties, named), **named}
        if request.query_params:
            raise invalid(
                f"{route.method} {route.path} takes no query parameters.",
                where="query",
                remedy="Put the fields into the body.",
            )
        check_media_type(request)
        body = parsed(await received(request, room, self._settings.body_limit, self._settings.body_timeout))
        for name, value in named.items():
            if body.setdefault(name, value) != value:
                raise invalid(
                    f"The body says {name} = {body[name]!r}, the path says {value!r}.",
                    where=name,
                    remedy="Leave it out of the body.",
                )
        # Some operations accept a document with further fields and use a part of it; most refuse unknown fields.
        closed = operation.request_object().get("additionalProperties") is False
        if unknown := [name for name in body if name in INTERNAL or (closed and name not in properties)]:
            known = ", ".join(name for name in properties if name not in INTERNAL)
            raise invalid(f"There is no field {unknown[0]!r}.", where=unknown[0], remedy=f"Known: {known}.")
        return body


async def while_wanted(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, cancelled if the caller disconnects (Problem 499). The body must have been read before."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            working.cancel()
        return await working
    except asyncio.CancelledError as error:
        if not leaving.done():
            raise
        # Nobody reads this answer; the status is for logs and metrics (nginx's "client closed request").
        raise Problem(
            499,
            "closed",
            "Connection closed",
            "The caller closed the connection.",
            remedy="Keep it open until the answer has come.",
        ) from error
    finally:
        working.cancel()
        leaving.cancel()


async def _left(request: Request) -> None:
    """Returns when the caller disconnects. The unread empty body of a GET is received first, and ignored."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _question(route: Route, actor: Actor, body: dict[str, Any]) -> tuple[Any, ...]:
    """The key under which calls are shared: same request and same actor (an anonymous one for shared routes)."""
    return route.service, route.operation, actor, msgspec.json.encode(body, order="deterministic")


def _with_tag(answer: Encoded) -> tuple[bytes, str]:
    """An answer's bytes and ETag: a hash of the bytes, or a weak one from the tag that the service gave."""
    if answer.tag is not None:
        return answer.data, f'W/"{answer.tag}"'
    return answer.data, f'"{hashlib.sha256(answer.data).hexdigest()[:32]}"'


def _conditional(request: Request, body: bytes, etag: str) -> Response:
    """200 with an ETag, or 304 if the caller's If-None-Match names it."""
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Accept, Accept-Language",
    }
    given = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if etag.removeprefix("W/") in given or "*" in given:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, "application/json")


def _page(answer: Response, media: str) -> Response:
    """Returns the answer's `content` as a document; its Content-Security-Policy lets it load and run nothing."""
    headers = dict(answer.headers) | {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"
    }
    headers.pop("content-length", None)
    headers.pop("content-type", None)
    text = msgspec.json.decode(answer.body)["content"] if answer.body else ""
    return Response(text, answer.status_code, headers, media)


def _encode(data: Any) -> bytes:
    return _encoder.encode(data)
