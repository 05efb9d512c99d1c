"""Audit of the store: every sum is recomputed in SQL, independently of the kernel and ten times slower.

Run it as a job. An empty answer means: the enterprises' hours are their meters' hours, days are their hours, and of
every register hours + parked + explicit rollovers = last − first, to the last digit. Hours and registers are checked
from the archive's line on: behind it the readings lie in files.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.energy.readings.archive_line import archive_line
from services.energy.readings.memory import Connection

_HOURS = """
WITH parts AS (
    SELECT x.enterprise, x.carrier, (r.t - 1) / 3600 AS h, r.e * x.step * x.sign AS e
    FROM reading r JOIN series x USING (s)
    WHERE x.statistic_type = 0 AND x.scope = 1 AND r.t > $1::bigint
    UNION ALL
    SELECT x.enterprise, x.carrier, p.h, p.e * x.step * x.sign FROM spill p JOIN series x USING (s)
    WHERE x.statistic_type = 0 AND x.scope = 1 AND p.h >= $1::bigint / 3600
), meters AS (SELECT enterprise, carrier, h, sum(e) AS e FROM parts GROUP BY enterprise, carrier, h)
SELECT enterprise, carrier, h AS at, coalesce(m.e, 0) AS meters, coalesce(o.native, 0) AS kept
FROM meters m FULL JOIN (SELECT * FROM ent_hour WHERE h >= $1::bigint / 3600) o USING (enterprise, carrier, h)
WHERE coalesce(m.e, 0) <> coalesce(o.native, 0)
"""

_DAYS = """
WITH hours AS (
    SELECT enterprise, carrier, (to_timestamp(h * 3600::bigint) AT TIME ZONE interval '8 hours')::date AS day,
           sum(native) AS native, sum(over_gaps) AS spread, sum(present) AS present, sum(parked) AS parked
    FROM ent_hour GROUP BY 1, 2, 3
)
SELECT enterprise, carrier, day AS at, h.native AS meters, d.native AS kept
FROM hours h FULL JOIN ent_day d USING (enterprise, carrier, day)
WHERE (coalesce(h.native, 0), coalesce(h.spread, 0), coalesce(h.present, 0), coalesce(h.parked, 0))
   <> (coalesce(d.native, 0), coalesce(d.over_gaps, 0), coalesce(d.present, 0), coalesce(d.parked, 0))
"""

# From the first reading that is neither archived nor part of a fall; the interval that it closes, and what that spilled
# into earlier hours, lie before the archive's line.
_REGISTERS = """
WITH ends AS (
    SELECT x.s, x.enterprise, x.carrier, x.step, a.t AS since,
           a.v * x.factor * 0.000001 AS first, z.v * x.factor * 0.000001 AS last
    FROM series x
    CROSS JOIN LATERAL (
        SELECT r.t, r.v FROM reading r WHERE r.s = x.s AND r.v >= 0 AND r.t > $1::bigint AND NOT EXISTS (
            SELECT FROM irregular i WHERE i.s = r.s AND i.t = r.t AND i.reason IN ('backwards', 'after_fall', 'glitch'))
        ORDER BY r.t LIMIT 1) a
    CROSS JOIN LATERAL (SELECT v FROM reading WHERE s = x.s AND v >= 0 AND t > $1::bigint ORDER BY t DESC LIMIT 1) z
    WHERE x.kind = 'register'
), counted AS (
    SELECT s, sum(e) AS e FROM (
        SELECT r.s, r.e * step AS e FROM reading r JOIN ends USING (s)
        WHERE r.t > since OR (r.t = since AND $1::bigint = 0)
        UNION ALL
        SELECT p.s, p.e * step FROM spill p JOIN ends USING (s) WHERE p.h >= since / 3600 OR $1::bigint = 0
        UNION ALL
        SELECT i.s, i.e FROM irregular i JOIN ends USING (s) WHERE i.t > since OR $1::bigint = 0
    ) parts GROUP BY s
)
SELECT enterprise, carrier, s AS at, last - first AS meters, coalesce(c.e, 0) AS kept
FROM ends LEFT JOIN counted c USING (s) WHERE last - first <> coalesce(c.e, 0)
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that isn't what its parts say: by check, whose it is, at which hour, day or series."""

    check: str
    enterprise: str
    carrier: str
    at: Any
    expected: Decimal
    kept: Decimal


async def differences(conn: Connection) -> list[Difference]:
    """All differences; [] when the store is sound. Reads everything: for a quiet hour."""
    found = []
    line = await archive_line(conn)
    checks = (("hours", _HOURS, (line,)), ("days", _DAYS, ()), ("registers", _REGISTERS, (line,)))
    for check, query, more in checks:
        for row in await conn.fetch(query, *more):
            values = (
                row["enterprise"],
                row["carrier"],
                row["at"],
                row["meters"] or Decimal(0),
                row["kept"] or Decimal(0),
            )
            found.append(Difference(check, *values))
    return found
