"""The store against itself: what every sum must still be, recomputed in SQL, ten times dearer and independent.

Run it as a job. An empty answer means: the enterprises' hours are their meters' hours, days are their hours, and of
every register hours + parked + explicit rollovers = last − first, to the last digit.
"""

from dataclasses import dataclass
from typing import Any

from services.energy.readings.memory import Connection

_HOURS = """
WITH parts AS (
    SELECT x.enterprise, x.carrier, (r.t - 1) / 3600 AS h, r.e FROM reading r JOIN series x USING (s)
    WHERE x.statistic_type = 0 AND x.scope = 1
    UNION ALL
    SELECT x.enterprise, x.carrier, p.h, p.e FROM spill p JOIN series x USING (s)
    WHERE x.statistic_type = 0 AND x.scope = 1
), meters AS (SELECT enterprise, carrier, h, sum(e) AS e FROM parts GROUP BY enterprise, carrier, h)
SELECT enterprise, carrier, h AS at, coalesce(m.e, 0) AS meters, coalesce(o.native, 0) AS kept
FROM meters m FULL JOIN ent_hour o USING (enterprise, carrier, h)
WHERE coalesce(m.e, 0) <> coalesce(o.native, 0)
"""

_DAYS = """
WITH hours AS (
    SELECT enterprise, carrier, (to_timestamp(h * 3600::bigint) AT TIME ZONE interval '8 hours')::date AS day,
           sum(native) AS native, sum(spread) AS spread, sum(present) AS present
    FROM ent_hour GROUP BY 1, 2, 3
)
SELECT enterprise, carrier, day AS at, h.native AS meters, d.native AS kept
FROM hours h FULL JOIN ent_day d USING (enterprise, carrier, day)
WHERE (coalesce(h.native, 0), coalesce(h.spread, 0), coalesce(h.present, 0))
   <> (coalesce(d.native, 0), coalesce(d.spread, 0), coalesce(d.present, 0))
"""

_REGISTERS = """
WITH ends AS (
    SELECT DISTINCT x.s, x.enterprise, x.carrier,
           div((first_value(r.v) OVER w)::numeric * x.ratio_num, x.ratio_den) AS first,
           div((last_value(r.v) OVER w)::numeric * x.ratio_num, x.ratio_den) AS last
    FROM series x JOIN reading r USING (s)
    WHERE x.kind = 'register' AND r.v >= 0
    WINDOW w AS (PARTITION BY r.s ORDER BY r.t ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), counted AS (
    SELECT s, sum(e) AS e FROM (
        SELECT s, e FROM reading UNION ALL SELECT s, e FROM spill UNION ALL SELECT s, e FROM irregular
    ) parts GROUP BY s
)
SELECT enterprise, carrier, s AS at, last - first AS meters, c.e AS kept
FROM ends JOIN counted c USING (s) WHERE last - first <> c.e
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that isn't what its parts say: by check, whose it is, at which hour, day or series."""

    check: str
    enterprise: str
    carrier: str
    at: Any
    expected: int
    kept: int


async def differences(conn: Connection) -> list[Difference]:
    """All differences; [] when the store is sound. Reads everything: for a quiet hour."""
    found = []
    for check, query in (("hours", _HOURS), ("days", _DAYS), ("registers", _REGISTERS)):
        for row in await conn.fetch(query):
            values = (
                row["enterprise"],
                row["carrier"],
                row["at"],
                int(row["meters"] or 0),
                int(row["kept"] or 0),
            )
            found.append(Difference(check, *values))
    return found
