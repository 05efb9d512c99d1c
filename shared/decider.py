"""Runs a pure decider against the log: load, decide, update inline tables, store the answer, append.

Exactly once per (actor, command_id): the answer is stored in the append transaction, also when nothing
changed, and given again to a repeat. A refusal changes nothing and is not stored: a repeat is decided again.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.command import Decider as Decider
from shared.event_log import Answer, Event, EventLog, Remembered, StreamWrite, VersionConflict
from shared.kept import Kept, Written, write
from shared.problems import Problem, refused
from shared.rpc import Call, Reply

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")

_ATTEMPTS = 5
_UNIQUE_VIOLATION = "23505"
_SERIALIZATION = {"40001", "40P01"}  # serialization failure, deadlock: PostgreSQL asks to try again


@dataclass(frozen=True, slots=True)
class OnState(Generic[S, C]):
    """Makes a command inside its transaction, of what is known there and of the state that it is decided on."""

    make: Callable[[AsyncConnection, S], Awaitable[C]]


async def made(
    command: "C | OnState[S, C] | Callable[[AsyncConnection], Awaitable[C]]", conn: AsyncConnection, state: S
) -> C:
    """The command as given, or as its factory makes it in this transaction from the connection and the state."""
    if isinstance(command, OnState):
        return await command.make(conn, state)
    return await command(conn) if callable(command) else command


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of something that others may change too: `seen` is the version that its author saw, None: any.

    The version of a thing is how many events of its stream it `counts`; `field` names it in request and answer
    (None: the answer has none).
    """

    seen: int | None = None
    counts: Callable[[Any], bool] = lambda event: True
    field: str | None = "version"

    def version(self, events: Sequence[Any]) -> int:
        """The version after these events of the stream."""
        return sum(map(self.counts, events))


class _Meanwhile(Exception):
    """Somebody else has changed it since it was seen."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class CommandRunner:
    """Runs one service's commands. `appended` is called after a commit, e.g. to poke the relay."""

    def __init__(
        self,
        engine: AsyncEngine,
        log: EventLog,
        catalogue: Catalogue,
        clock: Clock,
        refusal: type[Exception],
        appended: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._log = log
        self._catalogue = catalogue
        self._clock = clock
        self._refusal = refusal
        self._appended = appended

    async def run(
        self,
        call: Call,
        stream: str,
        decider: Decider[S, C, E],
        command: C | OnState[S, C] | Callable[[AsyncConnection], Awaitable[C]],
        *,
        answer: Callable[[S, Sequence[E]], Any],
        inline: Callable[[AsyncConnection, Sequence[E]], Awaitable[None]] | None = None,
        tables: Sequence[Kept[S, Any] | Written[S]] = (),
        edit: Edit | None = None,
    ) -> Reply:
        """Carry out one command on one stream.

        `command` is the command, or makes it inside the transaction (to read reference data).
        `tables` are kept of the stream's state. `inline` updates those that aren't; a unique violation there should be
        raised by it as the service's refusal. `answer` makes the JSON-able answer of the new state.
        With `edit` the answer holds the new version, and a change made on an old one is refused with both versions.
        Raises Problem: 409 for that and when others kept winning the stream, 422 for a refusal or an id used twice.
        """
        request_hash = hashlib.sha256(call.operation.encode() + b"\0" + call.canonical_body()).digest()
        for attempt in range(_ATTEMPTS):
            try:
                async with self._engine.begin() as conn:
                    found = await self._log.recall(conn, stream, call.actor.subject, call.command_id)
                    if isinstance(found, Remembered):
                        return self._again(found, call.command_id, request_hash)
                    reply = await self._decide(
                        conn,
                        call,
                        request_hash,
                        stream,
                        found,
                        decider,
                        command,
                        answer,
                        inline,
                        tables,
                        edit,
                    )
                self._appended()
                return reply
            except VersionConflict as conflict:
                if attempt == _ATTEMPTS - 1:
                    raise _conflict(stream) from conflict
            except (IntegrityError, asyncpg.UniqueViolationError) as error:
                # Somebody's row came first: the same command twice at once, or two that were decided on the same
                # state and met in an inline table. It is committed now: deciding again sees it.
                last = attempt == _ATTEMPTS - 1 and "command_pkey" not in str(error)
                if last or _sqlstate(error) != _UNIQUE_VIOLATION:
                    raise
            except (DBAPIError, asyncpg.PostgresError) as error:
                if _sqlstate(error) not in _SERIALIZATION or attempt == _ATTEMPTS - 1:
                    raise
            except (self._refusal, _Meanwhile) as refusal:
                # A concurrent repeat may have been carried out between our look-up of the stored answer and our
                # decision.
                async with self._engine.connect() as conn:
                    found = await self._log.recall(conn, stream, call.actor.subject, call.command_id)
                if isinstance(found, Remembered):
                    return self._again(found, call.command_id, request_hash)
                if isinstance(refusal, _Meanwhile):
                    raise refusal.problem from refusal
                raise refused(refusal) from refusal
        raise _conflict(stream)

    async def _decide(
        self,
        conn: AsyncConnection,
        call: Call,
        request_hash: bytes,
        stream: str,
        history: Sequence[Event],
        decider: Decider[S, C, E],
        command: C | OnState[S, C] | Callable[[AsyncConnection], Awaitable[C]],
        answer: Callable[[S, Sequence[E]], Any],
        inline: Callable[[AsyncConnection, Sequence[E]], Awaitable[None]] | None,
        tables: Sequence[Kept[S, Any] | Written[S]],
        edit: Edit | None,
    ) -> Reply:
        known: list[E] = [self._catalogue.decode(event) for event in history]
        state = decider.fold(known)
        asked: C = await made(command, conn, state)
        meanwhile = None
        if edit is not None and edit.seen is not None and history and edit.seen != edit.version(known):
            changes = [event for event, fact in zip(history, known, strict=True) if edit.counts(fact)]
            meanwhile = _Meanwhile(_edited(call, edit, changes, answer(state, ())))
        try:
            events = list(decider.decide(asked, state))
        except self._refusal:
            if meanwhile is not None:
                raise meanwhile from None
            raise
        if events and meanwhile is not None:
            raise meanwhile
        before, state = state, decider.fold(events, state)
        if events:
            await write(conn, tables, [(before, state)])
            if inline is not None:
                await inline(conn, events)
        data = answer(state, events)
        if edit is not None and edit.field is not None:
            data = {**data, edit.field: edit.version([*known, *events])}
        version = len(history) + len(events)
        content = json.dumps({"data": data, "stream": stream, "version": version}, ensure_ascii=False)
        kept = Answer(call.actor.subject, call.command_id, request_hash, content)
        if not events:
            await self._log.keep(conn, kept)
            return Reply(data, self._catalogue.source, history[-1].position if history else 0)
        now = self._clock.now()
        encoded = [self._catalogue.encode(event, now) for event in events]
        appended = await self._log.append(
            conn, [StreamWrite(stream, len(history), encoded)], call.event_metadata(), kept
        )
        return Reply(data, self._catalogue.source, appended.last_position)

    def _again(self, found: Remembered, command_id: str, request_hash: bytes) -> Reply:
        if found.request_hash != request_hash:
            raise Problem(
                422,
                "idempotency-key-reused",
                "Idempotency-Key used for another request",
                f"The key {command_id!r} was used before, with another request.",
                where="Idempotency-Key",
                remedy="Use a new key for a new request; repeat a request with its own key and the same body.",
            )
        return Reply(json.loads(found.content)["data"], self._catalogue.source, found.position)


def _sqlstate(error: Exception) -> str | None:
    """PostgreSQL's code, through SQLAlchemy or from the driver itself, which inline tables may be written with."""
    return getattr(getattr(error, "orig", error), "sqlstate", None)


def _edited(call: Call, edit: Edit, changes: Sequence[Event], current: Any) -> Problem:
    """Both versions, and who has changed it when since it was seen."""
    since = changes[edit.seen or 0 :] or changes[-1:]
    last = f": {since[-1].type} by {_who(since[-1])} on {since[-1].recorded_at:%Y-%m-%d}" if since else ""
    return Problem(
        409,
        "edited-meanwhile",
        "Edited meanwhile",
        f"You saw version {edit.seen}; it is at version {len(changes)} now{last}.",
        where=edit.field or "version",
        remedy="Look at both, and send what should hold with the version that it has now.",
        extra={
            "version": len(changes),
            "yours": call.body,
            "current": current,
            "changes": [
                {"event": each.type, "by": _who(each), "at": each.recorded_at.isoformat()} for each in since
            ],
        },
    )


def _who(event: Event) -> str:
    return str(event.metadata.get("actor", {}).get("subject", ""))


def _conflict(stream: str) -> Problem:
    return Problem(
        409,
        "conflict",
        "Somebody else was faster",
        f"{stream} was changed by others at the same moment.",
        remedy="Read it again and repeat what still applies.",
    )
