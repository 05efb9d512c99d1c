"""How far a projection has come in each source, and how to wait for it.

The row is written in the transaction that writes the projection's rows (`schema/checkpoint_v1.sql`).
"""

import asyncio
import re
import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.envelope import Envelope

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The last event of `source` whose effects `projection` holds. Position 0: none yet."""

    projection: str
    source: str
    position: int = 0
    hash: bytes = b""
    recorded_at: datetime | None = None
    incarnation: str | None = None


class Checkpoints:
    """The checkpoints of one projection. `schema`: where the table stands, if not on the search path."""

    def __init__(self, engine: AsyncEngine, projection: str, schema: str | None = None) -> None:
        if schema is not None and not _SCHEMA.fullmatch(schema):
            raise ValueError(f"{schema!r} is no plain schema name")
        table = "checkpoint" if schema is None else f"{schema}.checkpoint"
        self.engine = engine
        self.projection = projection
        columns = "position, hash, recorded_at, incarnation"
        self._all = text(
            f"SELECT source, {columns} FROM {table} WHERE projection = :projection ORDER BY source"
        )
        self._get = text(f"SELECT {columns} FROM {table} WHERE projection = :projection AND source = :source")
        self._lock = text(
            f"SELECT {columns} FROM {table} WHERE projection = :projection AND source = :source FOR UPDATE"
        )
        self._create = text(
            f"INSERT INTO {table} (projection, source) VALUES (:projection, :source) ON CONFLICT DO NOTHING"
        )
        self._advance = text(f"""
            UPDATE {table} SET position = :position, hash = :hash, recorded_at = :recorded_at,
                   incarnation = :incarnation, updated_at = now()
            WHERE projection = :projection AND source = :source
        """)
        self._known: dict[str, int] = {}
        self._changed = asyncio.Condition()

    async def get(self, conn: AsyncConnection, source: str) -> Checkpoint:
        """The checkpoint as this transaction sees it; position 0 where there is none."""
        row = (await conn.execute(self._get, self._key(source))).one_or_none()
        return self._checkpoint(source, row)

    async def all(self, conn: AsyncConnection) -> list[Checkpoint]:
        rows = await conn.execute(self._all, {"projection": self.projection})
        return [self._checkpoint(row.source, row) for row in rows]

    async def lock(self, conn: AsyncConnection, source: str) -> Checkpoint:
        """The checkpoint, locked until the transaction ends: two readers of one source take turns."""
        key = self._key(source)
        row = (await conn.execute(self._lock, key)).one_or_none()
        if row is None:
            await conn.execute(self._create, key)
            row = (await conn.execute(self._lock, key)).one()
        return self._checkpoint(source, row)

    async def advance(self, conn: AsyncConnection, source: str, last: Envelope) -> None:
        """Move to `last`. The row must be locked by this transaction."""
        parameters = {
            **self._key(source),
            "position": last.sequence,
            "hash": last.hash_bytes,
            "recorded_at": last.recordedtime,
            "incarnation": last.incarnation,
        }
        await conn.execute(self._advance, parameters)

    async def advanced(self, source: str, position: int) -> None:
        """Tell the waiters of this process; call it after the commit."""
        async with self._changed:
            self._known[source] = position
            self._changed.notify_all()

    async def wait_for(self, source: str, position: int, timeout_s: float) -> bool:
        """Wait until the projection holds `position` of `source`; False if it doesn't within `timeout_s`.

        Read-your-writes. Sees the consumer of this process at once, another process's within 50 ms. What this process
        remembers only says when to look: a database that was restored under it is behind its memory.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            async with self.engine.connect() as conn:
                if (await self.get(conn, source)).position >= position:
                    return True
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            if self._known.get(source, 0) >= position:  # from before a restore: the database is behind it
                del self._known[source]
            try:
                async with asyncio.timeout(min(POLL_S, remaining)), self._changed:
                    await self._changed.wait_for(lambda: self._known.get(source, 0) >= position)
            except TimeoutError:
                continue

    def _key(self, source: str) -> dict[str, str]:
        return {"projection": self.projection, "source": source}

    def _checkpoint(self, source: str, row: object) -> Checkpoint:
        if row is None:
            return Checkpoint(self.projection, source)
        position, digest, recorded_at, incarnation = row[-4:]  # type: ignore[index]
        return Checkpoint(self.projection, source, position, bytes(digest), recorded_at, incarnation)
