"""Server-sent events: what changed in the progress figures, as it changes, with resume.

The event id is progress's own number of the change ("v<version>:<seq>"). An id that progress doesn't know
(a rebuilt read-model, an invented one, one of over 2,000 changes ago) is answered with a `reset` event and a snapshot.
The stream is narrowed to what the token may see, and ends when the token does, or the person's access. A browser's
EventSource, which sets no header, opens it with a ticket: `POST /progress/stream-tickets`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.gateway import openapi
from services.gateway.auth import Authenticator, Caller, seconds_left
from services.gateway.flights import Flights
from services.gateway.hints import Hints
from services.gateway.limits import Limits
from services.gateway.local_times import local_times
from services.gateway.scope import Scope as Regions
from services.gateway.tickets import VALID_S, Tickets
from shared.clock import CHINA
from shared.http_limits import too_often
from shared.http_refusals import address
from shared.identity import Actor
from shared.language import preferred
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
    tickets: Tickets,
    hints: Hints,
    regions: Regions,
    now: Callable[[], float] = time.time,
) -> APIRouter:
    """GET /progress/stream, POST /progress/stream-tickets. `now`: system time in epoch seconds, which rules tokens."""
    routes = APIRouter(tags=["progress"])
    changes = Changes(client)

    async def identify(request: Request) -> Caller:
        ticket = request.query_params.get("ticket")
        if ticket is None:
            return await authenticator.identify(request)
        try:
            caller = tickets.read(ticket, now())
            authenticator.still_holds(caller)
        except Problem:
            limits.anonymous(address(request.scope))
            raise
        limits.subject(caller.actor.subject)
        return caller

    @routes.get(
        "/progress/stream",
        summary="Changes of progress figures as server-sent events",
        description=__doc__,
        response_class=StreamingResponse,
        openapi_extra={
            "security": [*openapi.SECURITY, {"ticket": []}],
            "responses": {"200": _STREAM, **openapi.errors()},
            "parameters": [
                {"name": "region", "in": "query", "required": False, "schema": {"type": "string"}},
                {"name": "last_event_id", "in": "query", "required": False, "schema": {"type": "string"}},
                {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"}},
            ],
        },
    )
    async def stream(request: Request) -> StreamingResponse:
        caller = await identify(request)
        subject = caller.actor.subject
        limits.room_for_stream(subject)
        if wait := limits.catching_up(subject):
            raise too_often(wait)
        query: dict[str, Any] = {}
        if region := request.query_params.get("region"):
            language = preferred(request.headers.get("accept-language"))
            await regions.check_known(caller.actor, region, "region", language)
            query["region"] = region
        last = request.headers.get("last-event-id") or request.query_params.get("last_event_id")
        # The first answer comes before the headers: a bad region is a problem, not a broken stream.
        hint = hints.next()
        first = await changes.after(caller.actor, query, last)
        held = _Stream(request, changes, authenticator, limits, caller, query, now, hints)
        return _Held(limits, subject, held.events(first, hint))

    @routes.post(
        "/progress/stream-tickets",
        summary="A ticket with which a browser opens the live stream",
        description=f"Good for {VALID_S} s, as `GET /progress/stream?ticket=…`, for readers that can set no header. "
        "The stream then lasts as long as your token. To connect again, get another.",
        status_code=201,
        openapi_extra={"security": openapi.SECURITY, "responses": openapi.errors()},
    )
    async def ticket(request: Request) -> Ticket:
        made, opens_until = tickets.make(await authenticator.identify(request), now())
        return Ticket(ticket=made, opens_until=datetime.fromtimestamp(opens_until, CHINA))

    return routes


class Ticket(BaseModel):
    """What a browser opens a live stream with."""

    ticket: str
    opens_until: datetime = Field(description="it opens streams until then; system time")


class Changes:
    """Queries progress for changes, once for all streams with the same scope and last event id."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._flights: Flights[dict[str, Any]] = Flights()

    async def after(self, actor: Actor, query: dict[str, Any], after: str | None) -> dict[str, Any]:
        """The changes after that one which the actor's role and area may see. Raises Problem."""
        nobody = actor.nobody()

        async def ask() -> dict[str, Any]:
            reply = await self._client.call("progress", "changes", {**query, "after": after}, nobody)
            answer: dict[str, Any] = reply["data"]
            return answer

        return await self._flights.join((nobody, query.get("region"), after), ask)


class _Held(StreamingResponse):
    """Counts a stream against its caller's limit from the first byte until it ends, however it ends."""

    def __init__(self, limits: Limits, subject: str, events: AsyncIterator[bytes]) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        self._limits = limits
        self._subject = subject

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._limits.stream(self._subject):
            await super().__call__(scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Stream:
    """One reader's stream."""

    request: Request
    changes: Changes
    authenticator: Authenticator
    limits: Limits
    caller: Caller
    query: dict[str, Any]
    now: Callable[[], float]
    hints: Hints

    async def events(self, answer: dict[str, Any], hint: asyncio.Event) -> AsyncIterator[bytes]:
        """From the first answer to the reader's, or the token's, end. `hint`: the next after that answer."""
        yield b"retry: 2000\n\n"
        while True:
            if why := self._ended():
                # Before what was found meanwhile: a new token resumes at the last id, and loses nothing.
                yield _event("end", {"why": why}, None)
                return
            if answer.get("reset"):
                yield _event("reset", {"snapshot": answer["snapshot"]}, answer["last"])
            for item in answer["items"]:
                yield _event("change", item, item["id"])
            if not answer["items"]:
                yield b": still here\n\n"
            if await self.request.is_disconnected():
                return
            await self._until_more(answer, hint)
            last, hint = answer["last"], self.hints.next()
            try:
                answer = await self.changes.after(self.caller.actor, self.query, last)
            except Problem as problem:
                # The connection stays open: the reader sees why nothing comes, and resumes without a gap.
                yield _event("problem", msgspec.Raw(problem.encode()), None)
                answer = {"items": [], "last": last}

    async def _until_more(self, answer: dict[str, Any], hint: asyncio.Event) -> None:
        left = seconds_left(self.caller, self.now())
        if not answer.get("more"):
            await self.hints.wait(hint, min(_WAIT_S, left))
        elif wait := self.limits.catching_up(self.caller.actor.subject):
            # A reader that missed much catches up at the rate limit, not as fast as its connection allows.
            await asyncio.sleep(min(wait, left))

    def _ended(self) -> str | None:
        """Why the stream must end (token expired, access revoked); None while it may go on."""
        if not seconds_left(self.caller, self.now()):
            return "the token has expired: connect again with a new one"
        try:
            self.authenticator.still_holds(self.caller)
        except Problem as problem:
            return problem.detail
        return None


def _event(name: str, data: Any, identifier: str | None) -> bytes:
    head = f"id: {identifier}\n" if identifier is not None else ""
    told = local_times("progress", "changes", _encoder.encode(data))
    return f"{head}event: {name}\n".encode() + b"data: " + told + b"\n\n"
