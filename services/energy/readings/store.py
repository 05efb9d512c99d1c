"""The store's SQL: what one batch reads and writes, inside the transaction that its caller holds.

asyncpg without SQLAlchemy: rows go in by binary COPY straight from columns (SQLAlchemy's executemany costs
25 µs a row and more). COPY must not be a transaction's first statement; here the partition's lock always is.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from services.energy.readings.changes import Changes, Rows, in_units, spill_sums
from services.energy.readings.kernel import Ints
from services.energy.readings.late import Clusters
from services.energy.readings.memory import Connection, PartitionMemory, days

COPY_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_END = b"\xff\xff"
_LONGS = ("t", "rk", "v", "e")
COPY_ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("s_length", ">i4"),
        ("s", ">i4"),
        *(
            (name, kind)
            for column in ["t", "rk", "v", "e"]
            for name, kind in ((f"{column}_length", ">i4"), (column, ">i8"))
        ),
    ]
)

# Before and after are the nearest that count and that no open fall has touched (`falls.MARKS`).
_SETTLED = """
    SELECT r.t FROM reading r WHERE r.s = c.s AND r.v >= 0 AND {side} AND NOT EXISTS (
        SELECT FROM irregular i
        WHERE i.s = r.s AND i.t = r.t AND i.t > $5 AND i.reason IN ('backwards', 'after_fall', 'glitch'))
"""
_NEIGHBOURS = f"""
SELECT c.k, CASE WHEN r.t > coalesce(a.t, 0) THEN CASE WHEN r.t < z.t OR z.t IS NULL THEN 1 ELSE 2 END
                 WHEN a.doubted THEN 3 ELSE 0 END AS role, r.t, r.rk, r.v, r.e
FROM unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[]) AS c(k, s, low, high)
LEFT JOIN LATERAL (
    SELECT n.t, EXISTS (SELECT FROM irregular i
                        WHERE i.s = c.s AND i.t = n.t AND i.reason IN ('jump', 'beyond')) AS doubted
    FROM ({_SETTLED.format(side="r.t < c.low")} ORDER BY r.t DESC LIMIT 1) n
) a ON true
LEFT JOIN LATERAL ({_SETTLED.format(side="r.t > c.high")} ORDER BY r.t LIMIT 1) z ON true
CROSS JOIN LATERAL (
    SELECT t, rk, v, e FROM reading WHERE s = c.s AND t BETWEEN coalesce(a.t, 0) AND coalesce(z.t, 4102444800)
) r
"""

_UPDATE = """
UPDATE reading r SET rk = u.rk, v = u.v, e = u.e
FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS u(s, t, rk, v, e)
WHERE r.s = u.s AND r.t = u.t AND r.t BETWEEN $6 AND $7
"""

# Has the shape of `_UPDATE`: given a condition on both ranks, the planner would join by it, a thousand times slower.
_RAISE = """
UPDATE reading r SET rk = greatest(r.rk, u.rk)
FROM unnest($1::int[], $2::bigint[], $3::bigint[]) AS u(s, t, rk)
WHERE r.s = u.s AND r.t = u.t AND r.t BETWEEN $4 AND $5
"""

_SPILL = """
INSERT INTO spill (s, h, e, spread)
SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[])
ON CONFLICT (s, h) DO UPDATE SET e = spill.e + excluded.e, spread = spill.spread + excluded.spread
"""


async def lock_partition(conn: Connection, p: int) -> int:
    """Take the partition's row for this transaction, as its first statement; returns the generation.

    Everybody who changes readings, sums or reference rows of a partition does so: registrations, revisions and
    releases as much as batches. Two that touch one meter-hour would otherwise lose an update.
    """
    generation = await conn.fetchval("SELECT generation FROM reading_partition WHERE p = $1 FOR UPDATE", p)
    if generation is None:
        raise LookupError(f"there is no partition {p} of readings")
    return int(generation)


async def lock_as_writer(conn: Connection, p: int, writer: UUID) -> tuple[int, bool]:
    """As `lock_partition`, for a worker: the generation, and whether it was the last to write here.

    If not, another worker has: what this one remembers of the series may be behind, and it is the writer from now on.
    """
    row = await conn.fetchrow("SELECT generation, writer FROM reading_partition WHERE p = $1 FOR UPDATE", p)
    if row is None:
        raise LookupError(f"there is no partition {p} of readings")
    if row["writer"] == writer:
        return int(row["generation"]), True
    await conn.execute("UPDATE reading_partition SET writer = $2 WHERE p = $1", p, writer)
    return int(row["generation"]), False


async def neighbours(conn: Connection, memory: PartitionMemory, found: Clusters) -> Sequence[Any]:
    """For each cluster the reading before, those in its range, and the one after: (k, role, t, rk, v, e)."""
    columns = (
        list(range(len(found.place))),
        memory.s[found.place].tolist(),
        found.low.tolist(),
        found.high.tolist(),
    )
    rows: Sequence[Any] = await conn.fetch(_NEIGHBOURS, *columns, memory.rules.falls_since)
    return rows


async def ensure_months(conn: Connection, known: set[date], changes: Changes) -> None:
    """Make the months' partitions that the new readings need; `known` remembers which are there."""
    if not changes.inserts:
        return
    wanted: set[date] = set()
    for rows in changes.inserts:
        # A reading at 24:00 of a month's last day belongs to that month.
        spread = np.unique((rows.t + 28_799) // 86_400)
        wanted.update(day.replace(day=1) for day in days(spread.tolist()))
    for month in sorted(wanted - known):
        await conn.execute("SELECT ensure_reading_month($1)", month)
        known.add(month)


async def write_readings(conn: Connection, memory: PartitionMemory, changes: Changes) -> None:
    """New and changed readings, spilled pieces, irregular intervals and superseded values."""
    if changes.inserts:
        await _copy(conn, memory, changes.inserts)
    for rows in changes.updates:
        columns = (memory.s[rows.place], rows.t, rows.rank, rows.v, rows.e)
        await conn.execute(_UPDATE, *(as_list(c) for c in columns), int(rows.t.min()), int(rows.t.max()))
    for again in changes.raised:
        raised = (memory.s[again.place], again.t, again.rank)
        await conn.execute(_RAISE, *(as_list(c) for c in raised), int(again.t.min()), int(again.t.max()))
    spilled = spill_sums(changes)
    if len(spilled.place):
        spill = (memory.s[spilled.place], spilled.hour, spilled.e, spilled.spread)
        await conn.execute(_SPILL, *(as_list(column) for column in spill))
    if changes.regular_again:
        place, t = zip(*changes.regular_again, strict=True)
        await conn.execute(
            "DELETE FROM irregular i USING unnest($1::int[], $2::bigint[]) AS x(s, t) WHERE i.s = x.s AND i.t = x.t",
            as_list(memory.s[list(place)]),
            list(t),
        )
    if changes.irregular:
        place, t0, t, reason, e = zip(*changes.irregular, strict=True)
        units = memory.rules.unit[list(place)].tolist()
        await conn.execute(
            "INSERT INTO irregular (s, t0, t, reason, e) "
            "SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[], $5::numeric[])",
            *(as_list(memory.s[list(place)]), list(t0), list(t), list(reason)),
            [in_units(*each) for each in zip(e, units, strict=True)],
        )
    if changes.history:
        place, t, rank, v = zip(*changes.history, strict=True)
        await conn.execute(
            "INSERT INTO history (s, t, rk, v) "
            "SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[]) ON CONFLICT DO NOTHING",
            *(as_list(memory.s[list(place)]), list(t), list(rank), list(v)),
        )


async def _copy(conn: Connection, memory: PartitionMemory, inserts: Sequence[Rows]) -> None:
    """Binary COPY, built from the columns as they are."""
    place, t, rank, v, e = (np.concatenate(column) for column in zip(*inserts, strict=True))
    body = b"".join((COPY_HEADER, copy_rows(memory.s[place], t, rank, v, e), COPY_END))
    await conn.copy_to_table("reading", source=_whole(body), columns=["s", *_LONGS], format="binary")


def copy_rows(s: Ints, t: Ints, rank: Ints, v: Ints, e: Ints) -> bytes:
    """Readings as binary COPY has them, without its head and end."""
    buffer = np.empty(len(t), COPY_ROW)
    buffer["fields"] = 5
    buffer["s_length"], buffer["s"] = 4, s
    for name, column in zip(_LONGS, (t, rank, v, e), strict=True):
        buffer[f"{name}_length"], buffer[name] = 8, column
    return buffer.tobytes()


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    """The body as an iterator of one piece: asyncpg would read a file object in a thread, which costs more than a small
    batch."""
    yield body


def as_list(column: Ints) -> list[int]:
    """A column as the driver takes it."""
    values: list[int] = column.tolist()
    return values
