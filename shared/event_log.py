"""The event log of one service: append-only, gapless, chained by hash, and its own outbox.

The table, the counter and the one appending statement stand in `schema/event_log_v1.sql`.
Nothing here knows what an event means: `shared.catalogue` turns domain events into these and back.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.clock import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event before it has a place in the log. `data` is JSON-able."""

    type: str
    schema_version: int
    data: dict[str, Any]
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A recorded event. `position` is its place in the log, `version` its place in its stream."""

    position: int
    stream: str
    version: int
    type: str
    schema_version: int
    data: dict[str, Any]
    metadata: dict[str, Any]
    occurred_at: datetime
    recorded_at: datetime
    hash: bytes


@dataclass(frozen=True, slots=True)
class StreamWrite:
    """Events for one stream, and the version that their maker saw: 0 means "no such stream yet"."""

    stream: str
    expected_version: int
    events: Sequence[NewEvent]


@dataclass(frozen=True, slots=True)
class Appended:
    """Where the events went."""

    first_position: int
    last_position: int
    recorded_at: datetime
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log. `recorded_at` is None while the log is empty."""

    position: int
    hash: bytes
    recorded_at: datetime | None
    incarnation: UUID


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the chain found: `broken_at` is the first position that doesn't fit, or None."""

    checked: int
    position: int
    hash: bytes
    broken_at: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a command, stored under the actor and the command's id so that a repeat gets the same answer.

    `content` is JSON. A repeat must have the same `request_hash`.
    """

    actor: str
    command_id: str
    request_hash: bytes
    content: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """A stored answer, and the position of the last event that it knew of (0: none)."""

    request_hash: bytes
    content: str
    position: int


class VersionConflict(Exception):
    """Somebody else appended to the stream first: load and decide again."""


_EVENTS = """append_events(
        CAST(:now AS timestamptz), CAST(:streams AS text[]), CAST(:versions AS int[]), CAST(:types AS text[]),
        CAST(:schema_versions AS int[]), CAST(:data AS text[]), CAST(:metadata AS text),
        CAST(:occurred_at AS timestamptz[]))"""
_APPEND = text(f"SELECT first_position, last_position, recorded_at, hash FROM {_EVENTS}")
_KEEP = """
    INSERT INTO command (actor, command_id, request_hash, answer, recorded_at)
    VALUES (:actor, :command_id, :request_hash, CAST(:content AS json), CAST(:now AS timestamptz))
"""
# The answer is inserted first and the events are appended from its row, so the log's counter is locked last: a
# concurrent repeat waits for the answer's row without holding the counter.
_APPEND_ANSWERED = text(f"""
    WITH kept AS ({_KEEP} RETURNING recorded_at)
    SELECT first_position, last_position, appended.recorded_at, hash
    FROM kept CROSS JOIN LATERAL {_EVENTS.replace("CAST(:now AS timestamptz)", "kept.recorded_at")} AS appended
""")
_KEEP_ONLY = text(_KEEP)
_COLUMNS = """position, stream, version, type, schema_version, data::text AS data, metadata::text AS metadata,
              occurred_at, recorded_at, hash"""
_LOAD = text(f"SELECT {_COLUMNS} FROM event WHERE stream = :stream AND version > :after ORDER BY version")
_RECALL = text(
    f"""
    SELECT c.request_hash, c.answer::text AS content,
           CASE WHEN c.actor IS NOT NULL THEN coalesce((
               SELECT e.position FROM event e
               WHERE e.stream = c.answer->>'stream' AND e.version = (c.answer->>'version')::int), 0)
           END AS answered_at, e.*
    FROM (VALUES (1)) AS one
    LEFT JOIN command c ON c.actor = :actor AND c.command_id = :command_id
    LEFT JOIN (SELECT {_COLUMNS} FROM event WHERE stream = :stream) e ON c.actor IS NULL
    ORDER BY e.version
"""
)
_COUNT = text("""
    SELECT stream, data->>CAST(:part AS text) AS part, count(*) AS many FROM event
    WHERE stream = ANY(CAST(:streams AS text[]))
      AND (CAST(:types AS text[]) IS NULL OR type = ANY(CAST(:types AS text[])))
    GROUP BY 1, 2
""")
_OF_PART = """
    stream = :stream AND NOT type = ANY(CAST(:without AS text[]))
    AND (CAST(:until AS bigint) IS NULL OR position <= :until)
"""
_PART = text(f"""
    SELECT {_COLUMNS} FROM event
    WHERE {_OF_PART} AND version > coalesce(
        (SELECT version FROM event WHERE position = :after AND stream = :stream), 0)
    ORDER BY version LIMIT :limit
""")
_LAST = text(f"SELECT {_COLUMNS} FROM event WHERE {_OF_PART} ORDER BY version DESC LIMIT 1")
_LOAD_MANY = text(
    f"SELECT {_COLUMNS} FROM event WHERE stream = ANY(CAST(:streams AS text[])) ORDER BY stream, version"
)
_OF_STREAMS = text(
    f"SELECT {_COLUMNS} FROM event WHERE stream >= :first AND stream < :beyond ORDER BY position"
)
_STREAMS_WITH = text("""
    SELECT stream FROM event WHERE type = ANY(CAST(:types AS text[])) GROUP BY stream ORDER BY min(position)
""")
_READ = text(f"SELECT {_COLUMNS} FROM event WHERE position > :after ORDER BY position LIMIT :limit")
_HEAD = text("""
    SELECT position, hash, nullif(recorded_at, '-infinity') AS recorded_at, incarnation FROM event_counter
""")
_HASH_AT = text("SELECT hash FROM event WHERE position = :position")


class EventLog:
    """Loads and appends. Every method works inside the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def load(self, conn: AsyncConnection, stream: str, after_version: int = 0) -> list[Event]:
        """The events of one stream in order, from `after_version` on (exclusive)."""
        rows = await conn.execute(_LOAD, {"stream": stream, "after": after_version})
        return [_event(row) for row in rows]

    async def part(
        self,
        conn: AsyncConnection,
        stream: str,
        *,
        after: int = 0,
        until: int | None = None,
        without: Sequence[str] = (),
        limit: int,
    ) -> list[Event]:
        """At most `limit` events of one stream in order, behind the one at position `after`, up to position `until`.

        Those of the types in `without` are left out.
        """
        wanted = {"stream": stream, "after": after, "until": until, "without": list(without), "limit": limit}
        return [_event(row) for row in await conn.execute(_PART, wanted)]

    async def last(
        self, conn: AsyncConnection, stream: str, *, until: int | None = None, without: Sequence[str] = ()
    ) -> Event | None:
        """The last event of one stream up to position `until`, none of the types in `without`."""
        wanted = {"stream": stream, "until": until, "without": list(without)}
        row = (await conn.execute(_LAST, wanted)).one_or_none()
        return None if row is None else _event(row)

    async def load_many(self, conn: AsyncConnection, streams: Sequence[str]) -> dict[str, list[Event]]:
        """The events of several streams with one statement; a stream without events is left out."""
        found: dict[str, list[Event]] = {}
        for row in await conn.execute(_LOAD_MANY, {"streams": list(streams)}):
            found.setdefault(row.stream, []).append(_event(row))
        return found

    async def count(
        self,
        conn: AsyncConnection,
        streams: Sequence[str],
        types: Sequence[str] | None = None,
        part: str | None = None,
    ) -> dict[tuple[str, str | None], int]:
        """How many events each stream holds: of these types, if any are named.

        Where a stream tells of several things, `part` is the field of an event that says of which; the answer is
        by (stream, what the field says), with None for the field where no `part` is asked for.
        """
        named = None if types is None else list(types)
        rows = await conn.execute(_COUNT, {"streams": list(streams), "types": named, "part": part})
        return {(row.stream, row.part): row.many for row in rows}

    async def recall(
        self, conn: AsyncConnection, stream: str, actor: str, command_id: str
    ) -> Remembered | list[Event]:
        """The stored answer to the command, or else the events of the stream to decide it on; one statement."""
        rows = (
            await conn.execute(_RECALL, {"stream": stream, "actor": actor, "command_id": command_id})
        ).all()
        first = rows[0]
        if first.request_hash is not None:
            return Remembered(bytes(first.request_hash), first.content, first.answered_at)
        return [_event(row) for row in rows if row.position is not None]

    async def keep(self, conn: AsyncConnection, answer: Answer) -> None:
        """Store the answer to a command that changed nothing. Raises IntegrityError (command_pkey) where a concurrent
        repeat came first."""
        await conn.execute(_KEEP_ONLY, {**_stored(answer), "now": self._clock.now()})

    async def append(
        self,
        conn: AsyncConnection,
        writes: Sequence[StreamWrite],
        metadata: dict[str, Any],
        answer: Answer | None = None,
    ) -> Appended:
        """Append the events of one command, all or none, and store its answer.

        Only COMMIT may follow: the log's one counter row stays locked until then.
        Raises VersionConflict when a stream has moved on, ValueError when there is nothing to append.
        """
        flat = [
            (write.stream, write.expected_version + i, event)
            for write in writes
            for i, event in enumerate(write.events, start=1)
        ]
        if not flat:
            raise ValueError("append of no events: answer the command without it")
        if self._clock.simulated:
            metadata = {**metadata, "simulated": True}
        parameters = {
            "now": self._clock.now(),
            "streams": [stream for stream, _, _ in flat],
            "versions": [version for _, version, _ in flat],
            "types": [event.type for _, _, event in flat],
            "schema_versions": [event.schema_version for _, _, event in flat],
            "data": [_json(event.data) for _, _, event in flat],
            "metadata": _json(metadata),
            "occurred_at": [event.occurred_at for _, _, event in flat],
        }
        if answer is not None:
            parameters |= _stored(answer)
        try:
            row = (await conn.execute(_APPEND if answer is None else _APPEND_ANSWERED, parameters)).one()
        except IntegrityError as error:
            if "event_stream_version_key" in str(error.orig):
                raise VersionConflict(", ".join(write.stream for write in writes)) from error
            raise
        return Appended(row.first_position, row.last_position, row.recorded_at, bytes(row.hash))

    async def of_streams(self, conn: AsyncConnection, beginning: str) -> list[Event]:
        """Every event of the streams whose names begin so, in the order of the log; for kinds with few events."""
        rows = await conn.execute(_OF_STREAMS, {"first": beginning, "beyond": beginning + "\U0010ffff"})
        return [_event(row) for row in rows]

    async def streams(self, conn: AsyncConnection, types: Sequence[str]) -> list[str]:
        """The streams that hold an event of these types, the oldest first. It reads the whole log."""
        rows = await conn.execute(_STREAMS_WITH, {"types": list(types)})
        return [row.stream for row in rows]

    async def read(self, conn: AsyncConnection, after: int, limit: int) -> list[Event]:
        """The log in order, from position `after` on (exclusive), at most `limit` events."""
        rows = await conn.execute(_READ, {"after": after, "limit": limit})
        return [_event(row) for row in rows]

    async def head(self, conn: AsyncConnection) -> Head:
        row = (await conn.execute(_HEAD)).one()
        return Head(row.position, bytes(row.hash), row.recorded_at, row.incarnation)

    async def hash_at(self, conn: AsyncConnection, position: int) -> bytes | None:
        """The chain's hash at `position`; b"" at 0, None where the log doesn't reach."""
        if position == 0:
            return b""
        row = (await conn.execute(_HASH_AT, {"position": position})).one_or_none()
        return None if row is None else bytes(row.hash)

    async def verify(self, conn: AsyncConnection, after: int = 0, batch: int = 2000) -> Verification:
        """Recompute the chain from `after` (exclusive) to the end, from the exact stored text.

        Done here and not in SQL, so that a database that lies about its own functions is found out.
        """
        known = await self.hash_at(conn, after)
        if known is None:
            return Verification(0, after, b"", after, "the log ends before this position")
        position, current, last_recorded = after, known, None
        async for row in self._raw(conn, after, batch):
            if row.position != position + 1:
                reason = f"position {position + 1} is missing"
                return Verification(position - after, position, current, position + 1, reason)
            expected = chain(current, row.position, digest(row))
            if expected != bytes(row.hash):
                reason = "the stored text or its order was changed"
                return Verification(position - after, position, current, row.position, reason)
            if last_recorded is not None and row.recorded_at < last_recorded:
                return Verification(position - after, position, current, row.position, "time goes back")
            position, current, last_recorded = row.position, expected, row.recorded_at
        head = await self.head(conn)
        if (head.position, head.hash) != (position, current):
            reason = f"the counter says {head.position}, the log ends at {position}"
            return Verification(position - after, position, current, position + 1, reason)
        return Verification(position - after, position, current, None)

    async def _raw(self, conn: AsyncConnection, after: int, batch: int) -> AsyncIterator[Any]:
        while True:
            rows = (await conn.execute(_READ, {"after": after, "limit": batch})).all()
            for row in rows:
                yield row
            if len(rows) < batch:
                return
            after = rows[-1].position


def chain(previous: bytes, position: int, event_digest: bytes) -> bytes:
    """One link: sha256(previous ‖ position as 8 bytes, big-endian ‖ digest)."""
    return hashlib.sha256(previous + position.to_bytes(8, "big", signed=True) + event_digest).digest()


def digest(row: Any) -> bytes:
    """The digest of an event's exact stored text; `row.data` and `row.metadata` are text."""
    parts = (
        row.stream,
        row.version,
        row.type,
        row.schema_version,
        (row.occurred_at - _EPOCH) // _MICROSECOND,
        (row.recorded_at - _EPOCH) // _MICROSECOND,
        row.data,
        row.metadata,
    )
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()


def _event(row: Any) -> Event:
    return Event(
        row.position,
        row.stream,
        row.version,
        row.type,
        row.schema_version,
        json.loads(row.data),
        json.loads(row.metadata),
        row.occurred_at,
        row.recorded_at,
        bytes(row.hash),
    )


def _stored(answer: Answer) -> dict[str, Any]:
    return {
        "actor": answer.actor,
        "command_id": answer.command_id,
        "request_hash": answer.request_hash,
        "content": answer.content,
    }


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
