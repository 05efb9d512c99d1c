"""Quarantine (隔离): readings that could not be accepted, kept with the reason, so that they block nothing.

What a registration cures is released: put on READINGS again with its first receipt and time of receipt. The worker
ends the release in the transaction that stores the reading, so a crash at any step leaves it held or done.
"""

import uuid
from collections import Counter
from datetime import datetime
from typing import Any

import numpy as np

from services.energy.readings.arrivals import QUARANTINED, REASONS, Arrivals
from services.energy.readings.memory import Connection, moment
from services.energy.readings.ranks import CORRECTION

# A released reading that comes back is held again; a dropped one stays dropped. `before` sees the rows as they were:
# nobody else writes them while the batch holds its partition.
_INSERT = """
WITH kept AS (
    INSERT INTO quarantine (enterprise, meter, statistic_type, t, rk, v, unit, kind, interval_seconds, quality,
                            reason, receipt, item, received_at, sent_time, sent_value, quarantined_at)
    SELECT x.*, $17 FROM unnest($1::text[], $2::text[], $3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[],
        $7::text[], $8::text[], $9::int[], $10::text[], $11::text[], $12::uuid[], $13::int[],
        $14::timestamptz[], $15::text[], $16::text[]) AS x
    ON CONFLICT (enterprise, meter, statistic_type, t, v, unit, kind, interval_seconds, quality,
                 (CASE WHEN rk >= 4611686018427387904 THEN rk ELSE 0 END))
    DO UPDATE SET state = CASE quarantine.state WHEN 'dropped' THEN 'dropped' ELSE 'held' END,
        reason = excluded.reason, rk = greatest(quarantine.rk, excluded.rk)
    RETURNING id, enterprise, state
), before AS (
    SELECT q.id FROM quarantine q
    JOIN unnest($1::text[], $2::text[], $3::smallint[], $4::bigint[]) AS x(enterprise, meter, statistic_type, t)
        USING (enterprise, meter, statistic_type, t)
    WHERE q.state IN ('held', 'releasing')
)
UPDATE feed f SET quarantine_held = quarantine_held + k.n
FROM (SELECT enterprise, count(*)::int AS n FROM kept
      WHERE state = 'held' AND id NOT IN (SELECT id FROM before) GROUP BY enterprise) k
WHERE f.enterprise = k.enterprise
"""

_RELEASED = """
WITH gone AS (
    UPDATE quarantine q SET state = 'released'
    FROM unnest($1::text[], $2::text[], $3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[])
         AS x(enterprise, meter, statistic_type, t, rk, v)
    WHERE q.state = 'releasing' AND (q.enterprise, q.meter, q.statistic_type, q.t, q.rk, q.v)
        = (x.enterprise, x.meter, x.statistic_type, x.t, x.rk, x.v)
    RETURNING q.enterprise
)
UPDATE feed f SET quarantine_held = greatest(0, quarantine_held - g.n)
FROM (SELECT enterprise, count(*)::int AS n FROM gone GROUP BY enterprise) g
WHERE f.enterprise = g.enterprise
"""


async def write(conn: Connection, arrivals: Arrivals, now: datetime) -> dict[str, int]:
    """Keep the batch's quarantined readings; returns how many there were by reason (for the metrics).

    Beyond an enterprise's quota they are not kept: the receipts say so all the same.
    """
    await _end_releases(conn, arrivals)
    rows = np.flatnonzero(arrivals.outcome == QUARANTINED).tolist()
    if not rows:
        return {}
    room = await _room(conn, {arrivals.posts[int(arrivals.post[row])].enterprise for row in rows})
    values: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    seen: Counter[str] = Counter()
    for row in rows:
        found = _values(arrivals, row)
        seen[found[10]] += 1
        once = (*found[:4], max(0, found[4] - CORRECTION), *found[5:10])
        if (known := values.get(once)) is not None:
            values[once] = (*known[:4], max(known[4], found[4]), *known[5:])
        elif room.get(found[0], 0) > 0:
            room[found[0]] -= 1
            values[once] = found
    if values:
        await conn.execute(_INSERT, *(list(column) for column in zip(*values.values(), strict=True)), now)
    return dict(seen)


def _values(arrivals: Arrivals, row: int) -> tuple[Any, ...]:
    post = arrivals.posts[int(arrivals.post[row])]
    begin = int(np.searchsorted(arrivals.post, arrivals.post[row]))
    return (
        post.enterprise,
        arrivals.meter(row),
        post.statistic_type,
        int(arrivals.t[row]),
        int(arrivals.rank[row]),
        int(arrivals.v[row]),
        post.unit,
        post.kind,
        post.interval_seconds,
        post.quality[row - begin] if post.quality else "",
        REASONS[arrivals.why[row]],
        uuid.UUID(bytes=post.receipt),
        int(arrivals.item[row]),
        moment(post.received_at),
        *(text or None for text in post.as_sent.get(row - begin, ("", ""))),
    )


async def _room(conn: Connection, enterprises: set[str]) -> dict[str, int]:
    rows = await conn.fetch(
        "SELECT enterprise, quarantine_quota - quarantine_held AS room FROM feed WHERE enterprise = ANY ($1)",
        sorted(enterprises),
    )
    return {row["enterprise"]: row["room"] for row in rows}


async def _end_releases(conn: Connection, arrivals: Arrivals) -> None:
    """Released readings that were stored this time have left the quarantine."""
    releases = [number for number, post in enumerate(arrivals.posts) if post.release_at]
    if not releases:
        return
    accepted = np.isin(arrivals.post, releases) & (arrivals.outcome != QUARANTINED)
    values = [_values(arrivals, row)[:6] for row in np.flatnonzero(accepted).tolist()]
    if values:
        await conn.execute(_RELEASED, *(list(column) for column in zip(*values, strict=True)))


async def release(
    conn: Connection,
    enterprise: str | None,
    reasons: list[str],
    now: datetime,
    *,
    meter: str | None = None,
    after: int | None = None,
    until: int | None = None,
) -> int:
    """Mark held readings as leaving, in the caller's transaction; the releaser puts them on READINGS.

    `enterprise` None: of all. `after` < t <= `until` (epoch seconds) bounds the time; returns how many. Idempotent.
    """
    done = await conn.execute(
        """UPDATE quarantine SET state = 'releasing', release_at = $3, published_at = NULL
           WHERE state = 'held' AND ($1::text IS NULL OR enterprise = $1) AND reason = ANY ($2)
             AND ($4::text IS NULL OR meter = $4) AND ($5::bigint IS NULL OR t > $5)
             AND ($6::bigint IS NULL OR t <= $6)""",
        *(enterprise, reasons, now, meter, after, until),
    )
    return int(done.split()[-1])


async def is_known(conn: Connection, enterprise: str, meter: str, statistic_type: int) -> None:
    """Change the reason of readings that are still held: the meter is known now, but wasn't valid at their time."""
    await conn.execute(
        """UPDATE quarantine SET reason = 'outside_valid_period'
           WHERE state = 'held' AND enterprise = $1 AND meter = $2 AND statistic_type = $3
             AND reason = 'unknown_meter'""",
        *(enterprise, meter, statistic_type),
    )


async def keep_undecodable(
    conn: Connection, p: int, sequence: int, reason: str, body: bytes, now: datetime
) -> None:
    """Keep a message that nobody can read."""
    await conn.execute(
        "INSERT INTO undecodable (p, sequence, reason, body, quarantined_at) VALUES ($1, $2, $3, $4, $5)",
        *(p, sequence, reason, body, now),
    )
