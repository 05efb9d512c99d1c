"""What a batch adds beside its readings: hours and days, marks for the flusher, the record of arrivals, receipts.

All in one statement: a small batch's cost is its round trips (each some 0.4 CPU-ms on both sides together), hardly its
rows. The parts touch different tables, and whoever writes a partition's holds its lock, so their order is of no matter.
"""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.energy.readings.changes import Sums
from services.energy.readings.memory import Connection, PartitionMemory, days
from services.energy.readings.store import as_list
from shared import telemetry

# A day keeps the coefficients that its first reading found: an edited factor never moves the past.
# A message that is delivered again brings its receipts again: what was said first stays.
_ADD = """
WITH hours AS (
    INSERT INTO ent_hour (enterprise, carrier, h, native, spread, present)
    SELECT * FROM unnest($3::text[], $4::text[], $5::int[], $6::bigint[], $7::bigint[], $8::int[])
    ON CONFLICT (enterprise, carrier, h) DO UPDATE SET native = ent_hour.native + excluded.native,
        spread = ent_hour.spread + excluded.spread, present = ent_hour.present + excluded.present
), days AS (
    INSERT INTO ent_day (enterprise, carrier, day, native, spread, present,
                         coefficient_equal, coefficient_equivalent)
    SELECT * FROM unnest($9::text[], $10::text[], $11::date[], $12::bigint[], $13::bigint[], $14::int[],
                         $15::int[], $16::int[])
    ON CONFLICT (enterprise, carrier, day) DO UPDATE SET native = ent_day.native + excluded.native,
        spread = ent_day.spread + excluded.spread, present = ent_day.present + excluded.present
), marks AS (
    INSERT INTO dirty (enterprise, day, marked_at, traceparent)
    SELECT e, d, $1, $2 FROM unnest($17::text[], $18::date[]) AS x(e, d)
    ON CONFLICT (enterprise, day) DO UPDATE SET marks = dirty.marks + 1, traceparent = excluded.traceparent
), arrivals AS (
    INSERT INTO feed_day (enterprise, day, readings, last_t, first_received_at, last_received_at, traceparent)
    SELECT x.*, $2 FROM unnest($19::text[], $20::date[], $21::int[], $22::bigint[],
                               $23::timestamptz[], $24::timestamptz[]) AS x
    ON CONFLICT (enterprise, day) DO UPDATE SET readings = feed_day.readings + excluded.readings,
        last_t = greatest(feed_day.last_t, excluded.last_t),
        first_received_at = least(feed_day.first_received_at, excluded.first_received_at),
        last_received_at = greatest(feed_day.last_received_at, excluded.last_received_at)
)
INSERT INTO receipt (id, enterprise, received_at, processed_at,
                     accepted, duplicate, revised, superseded, quarantined, exceptions)
SELECT a, b, c, $1, d[1], d[2], d[3], d[4], d[5], e::jsonb
FROM unnest($25::uuid[], $26::text[], $27::timestamptz[], $28::text[], $29::text[]) AS x(a, b, c, e, f)
CROSS JOIN LATERAL (SELECT string_to_array(f, ',')::int[] AS d) y
ON CONFLICT (id) DO NOTHING
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
"""What a change that no POST brought has to say of arrivals."""


async def add(
    conn: Connection,
    memory: PartitionMemory,
    hours: Sums,
    by_day: Sums,
    came: FeedDays,
    receipts: Receipts,
    now: datetime,
) -> list[tuple[str, date]]:
    """Add to the enterprises' hours and days and write the rest; answers with the (enterprise, day) marked."""
    dates = days(by_day.at.tolist())
    pins = [memory.pins(key, day) for key, day in zip(by_day.key.tolist(), dates, strict=True)]
    names = _names(memory, by_day)
    marks = sorted(set(zip(names[0], dates, strict=True)))
    await conn.execute(
        _ADD,
        now,
        telemetry.inject_traceparent(),
        *(*_names(memory, hours), hours.at.tolist(), *map(as_list, hours[2:])),
        *(*names, dates, *map(as_list, by_day[2:]), [pin[0] for pin in pins], [pin[1] for pin in pins]),
        *([mark[0] for mark in marks], [mark[1] for mark in marks]),
        *came,
        *receipts,
    )
    return marks


def _names(memory: PartitionMemory, sums: Sums) -> tuple[list[str], list[str]]:
    keys = memory.keys
    pairs = [keys[key] for key in sums.key.tolist()]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
