"""Server-sent events: what changed in the progress figures, as it changes, with resume.

The event id is progress's own number of the change ("v<version>:<seq>"). An id that progress doesn't know
(a rebuilt read-model, an invented one) is answered with a `reset` event and a snapshot. The stream is
narrowed to what the token may see, and ends when the token does.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.gateway import openapi
from services.gateway.auth import Authenticator, Caller, seconds_left
from services.gateway.hints import Hints
from services.gateway.limits import Limits
from shared.identity import Actor
from shared.problems import Problem
from shared.rpc import Client

_WAIT_S = 2.0  # without a hint; also the heartbeat's rhythm
_STREAM = {
    "description": "Events `reset`, `change`, `problem` and `end`; comments while nothing changes",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}
_encoder = msgspec.json.Encoder(decimal_format="number")


def router(
    authenticator: Authenticator,
    client: Client,
    limits: Limits,
    hints: Hints,
    now: Callable[[], float] = time.time,
) -> APIRouter:
    """GET /progress/stream. `now`: system time in epoch seconds, which rules tokens."""
    routes = APIRouter(tags=["progress"])

    @routes.get(
        "/progress/stream",
        summary="Changes of progress figures as server-sent events",
        description=__doc__,
        response_class=StreamingResponse,
        openapi_extra={
            "security": openapi.SECURITY,
            "responses": {"200": _STREAM, **openapi.errors()},
            "parameters": [
                {"name": "region", "in": "query", "required": False, "schema": {"type": "string"}},
                {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"}},
            ],
        },
    )
    async def stream(request: Request) -> StreamingResponse:
        caller = await authenticator.identify(request)
        actor = caller.actor
        query: dict[str, Any] = {}
        if region := request.query_params.get("region"):
            query["region"] = region
        last = request.headers.get("last-event-id") or request.query_params.get("last_event_id")
        # The first answer comes before the headers: a bad region is a problem, not a broken stream.
        hint = hints.next()
        first = await _changes(client, actor, query, last)
        events = _events(request, client, authenticator, caller, query, first, now, hints, hint)
        return _Held(limits, actor.subject, events)

    return routes


class _Held(StreamingResponse):
    """A stream that counts as one of its caller's from its first byte to its end, however it ends."""

    def __init__(self, limits: Limits, subject: str, events: AsyncIterator[bytes]) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        self._limits = limits
        self._subject = subject

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._limits.stream(self._subject):
            await super().__call__(scope, receive, send)


async def _changes(client: Client, actor: Actor, query: dict[str, Any], after: str | None) -> dict[str, Any]:
    reply = await client.call("progress", "changes", {**query, "after": after}, actor)
    answer: dict[str, Any] = reply["data"]
    return answer


async def _events(
    request: Request,
    client: Client,
    authenticator: Authenticator,
    caller: Caller,
    query: dict[str, Any],
    answer: dict[str, Any],
    now: Callable[[], float],
    hints: Hints,
    hint: asyncio.Event,
) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    while True:
        if not (left := seconds_left(caller, now())):
            # Before what was found meanwhile: a new token resumes at the last id, and loses nothing.
            yield _event("end", {"why": "the token has expired: connect again with a new one"}, None)
            return
        try:
            authenticator.still_holds(caller)
        except Problem as problem:
            yield _event("end", {"why": problem.detail}, None)
            return
        if answer.get("reset"):
            yield _event("reset", {"snapshot": answer["snapshot"]}, answer["last"])
        for item in answer["items"]:
            yield _event("change", item, item["id"])
        if not answer["items"]:
            yield b": still here\n\n"
        if await request.is_disconnected():
            return
        # After many changes that this caller may not see there may be more to look through at once.
        if not answer["items"] and not answer.get("more"):
            await hints.wait(hint, min(_WAIT_S, left))
        last, hint = answer["last"], hints.next()
        try:
            answer = await _changes(client, caller.actor, query, last)
        except Problem as problem:
            # The line stays: the reader sees why nothing comes, and loses nothing.
            yield _event("problem", msgspec.Raw(problem.encode()), None)
            answer = {"items": [], "last": last}


def _event(name: str, data: Any, identifier: str | None) -> bytes:
    head = f"id: {identifier}\n" if identifier is not None else ""
    return f"{head}event: {name}\n".encode() + b"data: " + _encoder.encode(data) + b"\n\n"
