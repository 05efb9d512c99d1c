"""What a batch adds beside its readings: hours and days, marks for the flusher, the record of arrivals, receipts.

All in one statement: a small batch's cost is its round trips (each some 0.4 CPU-ms on both sides together), hardly its
rows. The parts touch different tables, and whoever writes a partition's holds its lock, so their order does not matter.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from services.energy.readings.changes import Sums
from services.energy.readings.memory import Connection, PartitionMemory, days
from services.energy.readings.store import as_list
from shared import telemetry

# A day keeps the coefficients that its first reading found: an edited factor never moves the past.
# A redelivered message brings its receipts again: the first ones stay.
_ADD = """
WITH hours AS (
    INSERT INTO ent_hour (enterprise, carrier, h, native, over_gaps, present, parked_intervals)
    SELECT e, c, h, n + np * 0.000000000001, s + sp * 0.000000000001, p, k
    FROM unnest($3::text[], $4::text[], $5::int[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
                $10::int[], $11::int[]) AS x(e, c, h, n, np, s, sp, p, k)
    ON CONFLICT (enterprise, carrier, h) DO UPDATE SET native = trim_scale(ent_hour.native + excluded.native),
        over_gaps = trim_scale(ent_hour.over_gaps + excluded.over_gaps), present = ent_hour.present + excluded.present,
        parked_intervals = ent_hour.parked_intervals + excluded.parked_intervals
), days AS (
    INSERT INTO ent_day (enterprise, carrier, day, native, over_gaps, present, parked_intervals,
                         coefficient_equal, coefficient_equivalent)
    SELECT e, c, d, n + np * 0.000000000001, s + sp * 0.000000000001, p, k, q, v
    FROM unnest($12::text[], $13::text[], $14::date[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[],
                $19::int[], $20::int[], $21::int[], $22::int[]) AS x(e, c, d, n, np, s, sp, p, k, q, v)
    ON CONFLICT (enterprise, carrier, day) DO UPDATE SET native = trim_scale(ent_day.native + excluded.native),
        over_gaps = trim_scale(ent_day.over_gaps + excluded.over_gaps), present = ent_day.present + excluded.present,
        parked_intervals = ent_day.parked_intervals + excluded.parked_intervals
), marks AS (
    INSERT INTO dirty (enterprise, day, marked_at, traceparent)
    SELECT e, d, $1, $2 FROM unnest($23::text[], $24::date[]) AS x(e, d)
    ON CONFLICT (enterprise, day) DO UPDATE SET marks = dirty.marks + 1, traceparent = excluded.traceparent
), arrivals AS (
    INSERT INTO feed_day (enterprise, day, readings, last_t, first_received_at, last_received_at, traceparent)
    SELECT x.*, $2 FROM unnest($25::text[], $26::date[], $27::int[], $28::bigint[],
                               $29::timestamptz[], $30::timestamptz[]) AS x
    ON CONFLICT (enterprise, day) DO UPDATE SET readings = feed_day.readings + excluded.readings,
        last_t = greatest(feed_day.last_t, excluded.last_t),
        first_received_at = least(feed_day.first_received_at, excluded.first_received_at),
        last_received_at = greatest(feed_day.last_received_at, excluded.last_received_at)
)
INSERT INTO receipt (id, enterprise, received_at, processed_at,
                     accepted, duplicate, revised, superseded, quarantined, parked, exceptions)
SELECT a, b, c, $1, d[1], d[2], d[3], d[4], d[5], d[6], e::jsonb
FROM unnest($31::uuid[], $32::text[], $33::timestamptz[], $34::text[], $35::text[]) AS x(a, b, c, e, f)
CROSS JOIN LATERAL (SELECT string_to_array(f, ',')::int[] AS d) y
ON CONFLICT (id) DO NOTHING
"""

# A statement of its own, because parked energy is rare and may exceed 64 bits. The rows exist: their intervals were
# counted.
_PARK = """
WITH x AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::numeric[]) AS x(enterprise, carrier, h, e)
), hours AS (
    UPDATE ent_hour o SET parked = trim_scale(parked + e) FROM x
    WHERE (o.enterprise, o.carrier, o.h) = (x.enterprise, x.carrier, x.h)
)
UPDATE ent_day d SET parked = trim_scale(parked + y.e)
FROM (SELECT enterprise, carrier, (to_timestamp(h * 3600::bigint) AT TIME ZONE interval '8 hours')::date AS day,
             sum(e) AS e FROM x GROUP BY 1, 2, 3) y
WHERE (d.enterprise, d.carrier, d.day) = (y.enterprise, y.carrier, y.day)
"""


class FeedDays(NamedTuple):
    """Columns of `feed_day`: per enterprise and day how many readings came, the last time and when they came."""

    enterprise: list[str]
    day: list[date]
    readings: list[int]
    last_t: list[int]
    first_received_at: list[datetime]
    last_received_at: list[datetime]


class Receipts(NamedTuple):
    """Columns of `receipt`; `exceptions` is JSON, `counts` the numbers by outcome with commas between."""

    id: list[UUID]
    enterprise: list[str]
    received_at: list[datetime]
    exceptions: list[str]
    counts: list[str]


NOTHING_CAME, NO_RECEIPTS = FeedDays([], [], [], [], [], []), Receipts([], [], [], [], [])
"""The arrivals and receipts of a change that no POST brought: none."""


async def add(
    conn: Connection,
    memory: PartitionMemory,
    hours: Sums,
    by_day: Sums,
    came: FeedDays,
    receipts: Receipts,
    now: datetime,
) -> list[tuple[str, date]]:
    """Add to the enterprises' hours and days and write the rest; returns the (enterprise, day) marked."""
    dates = days(by_day.at.tolist())
    pins = [memory.pins(key, day) for key, day in zip(by_day.key.tolist(), dates, strict=True)]
    names = _names(memory, by_day.key.tolist())
    marks = sorted(set(zip(names[0], dates, strict=True)))
    await conn.execute(
        _ADD,
        now,
        telemetry.inject_traceparent(),
        *(*_names(memory, hours.key.tolist()), hours.at.tolist(), *map(as_list, hours[2:])),
        *(*names, dates, *map(as_list, by_day[2:]), [pin[0] for pin in pins], [pin[1] for pin in pins]),
        *([mark[0] for mark in marks], [mark[1] for mark in marks]),
        *came,
        *receipts,
    )
    return marks


async def park(conn: Connection, memory: PartitionMemory, parked: dict[tuple[int, int], Decimal]) -> None:
    """Add what is parked now, or take away what no longer is, by (enterprise, carrier) and hour."""
    if parked:
        keys, hours = (list(column) for column in zip(*parked, strict=True))
        await conn.execute(_PARK, *_names(memory, keys), hours, list(parked.values()))


def _names(memory: PartitionMemory, numbers: Iterable[int]) -> tuple[list[str], list[str]]:
    keys = memory.keys
    pairs = [keys[key] for key in numbers]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
