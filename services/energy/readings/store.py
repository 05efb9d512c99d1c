"""The store's SQL: what one batch reads and writes, inside the transaction that its caller holds.

asyncpg without SQLAlchemy: rows go in by binary COPY straight from columns (SQLAlchemy's executemany costs
25 µs a row and more). COPY must not be a transaction's first statement; here the partition's lock always is.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np

from services.energy.readings.changes import Changes, Rows, Sums, spill_sums
from services.energy.readings.kernel import Ints
from services.energy.readings.late import Clusters
from services.energy.readings.memory import Connection, PartitionMemory, days
from shared import telemetry

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

_NEIGHBOURS = """
SELECT c.k, r.role, r.t, r.rk, r.v, r.e
FROM unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[]) AS c(k, s, low, high)
CROSS JOIN LATERAL (
    (SELECT 0 AS role, t, rk, v, e FROM reading WHERE s = c.s AND t < c.low AND v >= 0 ORDER BY t DESC LIMIT 1)
    UNION ALL
    (SELECT 1, t, rk, v, e FROM reading WHERE s = c.s AND t BETWEEN c.low AND c.high)
    UNION ALL
    (SELECT 2, t, rk, v, e FROM reading WHERE s = c.s AND t > c.high AND v >= 0 ORDER BY t LIMIT 1)
) r
"""

_UPDATE = """
UPDATE reading r SET rk = u.rk, v = u.v, e = u.e
FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS u(s, t, rk, v, e)
WHERE r.s = u.s AND r.t = u.t AND r.t BETWEEN $6 AND $7
"""

_SPILL = """
INSERT INTO spill (s, h, e, spread)
SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[])
ON CONFLICT (s, h) DO UPDATE SET e = spill.e + excluded.e, spread = spill.spread + excluded.spread
"""

_ENT_HOUR = """
INSERT INTO ent_hour (enterprise, carrier, h, native, spread, present)
SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::int[])
ON CONFLICT (enterprise, carrier, h) DO UPDATE SET native = ent_hour.native + excluded.native,
    spread = ent_hour.spread + excluded.spread, present = ent_hour.present + excluded.present
"""

# A day keeps the coefficients that its first reading found: an edited factor never moves the past.
_ENT_DAY = """
INSERT INTO ent_day (enterprise, carrier, day, native, spread, present,
                     coefficient_equal, coefficient_equivalent)
SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::bigint[], $5::bigint[], $6::int[],
                     $7::int[], $8::int[])
ON CONFLICT (enterprise, carrier, day) DO UPDATE SET native = ent_day.native + excluded.native,
    spread = ent_day.spread + excluded.spread, present = ent_day.present + excluded.present
"""

_DIRTY = """
INSERT INTO dirty (enterprise, day, marked_at, traceparent)
SELECT e, d, $3, $4 FROM unnest($1::text[], $2::date[]) AS x(e, d)
ON CONFLICT (enterprise, day) DO UPDATE SET marks = dirty.marks + 1, traceparent = excluded.traceparent
"""

_FEED_DAY = """
INSERT INTO feed_day (enterprise, day, readings, last_t, first_received_at, last_received_at, traceparent)
SELECT x.*, $7 FROM unnest($1::text[], $2::date[], $3::int[], $4::bigint[],
                           $5::timestamptz[], $6::timestamptz[]) AS x
ON CONFLICT (enterprise, day) DO UPDATE SET readings = feed_day.readings + excluded.readings,
    last_t = greatest(feed_day.last_t, excluded.last_t),
    first_received_at = least(feed_day.first_received_at, excluded.first_received_at),
    last_received_at = greatest(feed_day.last_received_at, excluded.last_received_at)
"""


async def lock_partition(conn: Connection, p: int) -> int:
    """Take the partition's row for this transaction, as its first statement; answers with the generation.

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
    rows: Sequence[Any] = await conn.fetch(_NEIGHBOURS, *columns)
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
        await conn.execute(_UPDATE, *(_list(c) for c in columns), int(rows.t.min()), int(rows.t.max()))
    spilled = spill_sums(changes)
    if len(spilled.key):
        spill = (memory.s[spilled.key], spilled.at, spilled.native, spilled.spread)
        await conn.execute(_SPILL, *(_list(column) for column in spill))
    if changes.regular_again:
        place, t = zip(*changes.regular_again, strict=True)
        await conn.execute(
            "DELETE FROM irregular i USING unnest($1::int[], $2::bigint[]) AS x(s, t) WHERE i.s = x.s AND i.t = x.t",
            _list(memory.s[list(place)]),
            list(t),
        )
    if changes.irregular:
        place, t0, t, reason, e = zip(*changes.irregular, strict=True)
        await conn.execute(
            "INSERT INTO irregular (s, t0, t, reason, e) "
            "SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[])",
            *(_list(memory.s[list(place)]), list(t0), list(t), list(reason), list(e)),
        )
    if changes.history:
        place, t, rank, v = zip(*changes.history, strict=True)
        await conn.execute(
            "INSERT INTO history (s, t, rk, v) "
            "SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[]) ON CONFLICT DO NOTHING",
            *(_list(memory.s[list(place)]), list(t), list(rank), list(v)),
        )


async def write_sums(
    conn: Connection, memory: PartitionMemory, hours: Sums, by_day: Sums, now: datetime
) -> list[tuple[str, date]]:
    """Add the changes to the enterprises' hours and days, and mark the days; answers with the marks."""
    if len(hours.key) == 0:
        return []
    await conn.execute(_ENT_HOUR, *_names(memory, hours), hours.at.tolist(), *map(_list, hours[2:]))
    dates = days(by_day.at.tolist())
    pins = [memory.pins(key, day) for key, day in zip(by_day.key.tolist(), dates, strict=True)]
    names = _names(memory, by_day)
    equal, equivalent = [pin[0] for pin in pins], [pin[1] for pin in pins]
    await conn.execute(_ENT_DAY, *names, dates, *map(_list, by_day[2:]), equal, equivalent)
    marks = sorted(set(zip(names[0], dates, strict=True)))
    trace = telemetry.inject_traceparent()
    await conn.execute(_DIRTY, [mark[0] for mark in marks], [mark[1] for mark in marks], now, trace)
    return marks


async def write_arrival(conn: Connection, columns: Sequence[list[Any]]) -> None:
    """Add to the record of what arrived when, per enterprise and day."""
    await conn.execute(_FEED_DAY, *columns, telemetry.inject_traceparent())


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
    """As a stream of one piece: asyncpg would read a file in a thread, which costs more than a small batch."""
    yield body


def _names(memory: PartitionMemory, sums: Sums) -> tuple[list[str], list[str]]:
    keys = memory.keys
    pairs = [keys[key] for key in sums.key.tolist()]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _list(column: Ints) -> list[int]:
    values: list[int] = column.tolist()
    return values
