"""Sums by hour, day and month, per enterprise and carrier, and per meter, each with what tells how far to trust it.

A sum carries its completeness (present of expected slots), how much of it was spread over gaps, and the coefficients
that its standard coal is made with. Missing is None, never zero. Decimal and exact: rounding is for the edge.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from services.energy.common.scale import plain
from services.energy.readings.memory import Connection
from shared.clock import local_day


@dataclass(frozen=True, slots=True)
class PinnedCoefficient:
    """The coefficient behind a figure."""

    basis: str
    value: Decimal
    edition: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """Energy of one enterprise, carrier and period.

    `start` is the period's beginning (UTC), `native` in the carrier's unit, `spread` the part of it that was spread
    over missing slots, standard coal in tce by either basis. None: nothing is known. `parked` is energy of
    `parked_intervals` that end in the period and count nowhere until somebody has looked at them; a register that
    fell and came back gives two, and their sum is what passed.
    """

    enterprise: str
    carrier: str
    unit: str
    start: datetime
    native: Decimal | None
    spread: Decimal
    present: int
    expected: int
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    coefficients: tuple[PinnedCoefficient, ...]
    parked: Decimal = Decimal(0)
    parked_intervals: int = 0

    @property
    def completeness(self) -> Decimal | None:
        """present / expected, at most 1; None where nothing was expected."""
        if self.expected == 0:
            return None
        return min(Decimal(1), Decimal(self.present) / Decimal(self.expected))

    @property
    def day(self) -> date:
        """The day in +08:00 that the period begins on."""
        return local_day(self.start)


@dataclass(frozen=True, slots=True)
class MeterHour:
    """Energy of one meter and hour, in the carrier's unit; `start` is the hour's beginning."""

    start: datetime
    native: Decimal | None
    spread: Decimal
    present: int
    expected: int
    parked: Decimal = Decimal(0)
    parked_intervals: int = 0


# Expected are the ends of slots in (begin, end] while the series is valid, counted in +08:00.
_SLOTS = """greatest(0,
    (least(w.finish, coalesce(extract(epoch FROM x.valid_to)::bigint, w.finish)) + 28800) / x.interval_seconds
    - (greatest(w.begin, extract(epoch FROM x.valid_from)::bigint) + 28800) / x.interval_seconds)"""

_FIGURES = """
, expected AS (
    SELECT w.enterprise, w.at, x.carrier, sum({slots})::int AS expected
    FROM wanted w JOIN series x ON x.enterprise = w.enterprise
    WHERE x.statistic_type = 0 AND x.scope = 1
    GROUP BY w.enterprise, w.at, x.carrier
    HAVING sum({slots}) > 0
), known AS ({known})
SELECT coalesce(e.enterprise, k.enterprise) AS enterprise, coalesce(e.at, k.at) AS at, c.carrier, c.unit,
       k.native, k.spread, coalesce(k.present, 0) AS present, coalesce(e.expected, 0) AS expected,
       coalesce(k.parked, 0) AS parked, coalesce(k.parked_intervals, 0) AS parked_intervals,
       q.value AS equal, q.edition AS equal_edition, q.provisional AS equal_provisional,
       v.value AS equivalent, v.edition AS equivalent_edition, v.provisional AS equivalent_provisional
FROM expected e FULL JOIN known k USING (enterprise, at, carrier)
JOIN carrier c USING (carrier)
LEFT JOIN coefficient q ON q.id = k.coefficient_equal
LEFT JOIN coefficient v ON v.id = k.coefficient_equivalent
ORDER BY 1, 3, 2
"""

_DAYS = """
WITH wanted AS (
    SELECT x.enterprise, x.day, extract(epoch FROM x.day::timestamp)::bigint - 28800 AS at,
           extract(epoch FROM x.day::timestamp)::bigint - 28800 AS begin,
           least(extract(epoch FROM x.day::timestamp)::bigint + 57600, $3) AS finish
    FROM unnest($1::text[], $2::date[]) AS x(enterprise, day)
)""" + _FIGURES.format(
    slots=_SLOTS,
    known="""SELECT w.enterprise, w.at, d.carrier, d.native, d.over_gaps AS spread, d.present,
                    d.parked, d.parked_intervals,
                    d.coefficient_equal, d.coefficient_equivalent
             FROM wanted w JOIN ent_day d ON d.enterprise = w.enterprise AND d.day = w.day""",
)

_HOURS = """
WITH wanted AS (
    SELECT $1::text AS enterprise, h, h * 3600::bigint AS at, h * 3600::bigint AS begin,
           least((h + 1) * 3600::bigint, $4) AS finish
    FROM generate_series($2::int, $3::int) AS h
)""" + _FIGURES.format(
    slots=_SLOTS,
    known="""SELECT w.enterprise, w.at, h.carrier, h.native, h.over_gaps AS spread, h.present,
                    h.parked, h.parked_intervals,
                    d.coefficient_equal, d.coefficient_equivalent
             FROM wanted w JOIN ent_hour h ON h.enterprise = w.enterprise AND h.h = w.h
             JOIN ent_day d ON d.enterprise = h.enterprise AND d.carrier = h.carrier
                  AND d.day = (to_timestamp(w.at) AT TIME ZONE interval '8 hours')::date""",
)

_METER_HOURS = """
WITH x AS (
    SELECT s, kind, step, interval_seconds AS slot, extract(epoch FROM valid_from)::bigint AS valid_from,
           extract(epoch FROM valid_to)::bigint AS valid_to
    FROM series WHERE meter = $1 AND statistic_type = $2
), w AS (
    SELECT h, h * 3600::bigint AS begin, (h + 1) * 3600::bigint AS finish
    FROM generate_series($3::int, $4::int) AS h
), near AS (
    SELECT x.s, x.kind, x.slot, r.t, r.e * x.step AS e, i.e AS parked, n.nth,
           lag(n.nth) OVER (PARTITION BY x.s ORDER BY r.t) AS before
    FROM x JOIN reading r ON r.s = x.s AND r.v >= 0 AND r.t <= ($4 + 1) * 3600::bigint + 300
         AND r.t >= coalesce((SELECT max(b.t) FROM reading b WHERE b.s = x.s AND b.v >= 0
                              AND b.t <= $3 * 3600::bigint AND NOT EXISTS (
                                  SELECT FROM irregular g WHERE g.s = b.s AND g.t = b.t AND g.reason = 'glitch')),
                             $3 * 3600::bigint)
    CROSS JOIN LATERAL (SELECT (r.t + 28799 - least(x.slot / 4, coalesce((
        SELECT seconds FROM slot_tolerance WHERE since <= r.t ORDER BY since DESC LIMIT 1), 0))) / x.slot AS nth) n
    LEFT JOIN suspect i ON i.s = r.s AND i.t = r.t
    WHERE NOT EXISTS (SELECT FROM irregular g WHERE g.s = r.s AND g.t = r.t AND g.reason = 'glitch')
), parts AS (
    SELECT (t - 1) / 3600 AS h, e, CASE WHEN nth - before > 1 THEN e ELSE 0 END AS spread, 0 AS present,
           coalesce(parked, 0) AS parked, (parked IS NOT NULL)::int AS parked_intervals
    FROM near WHERE t > $3 * 3600::bigint AND t <= ($4 + 1) * 3600::bigint
    UNION ALL SELECT * FROM (
        SELECT (least(t, (nth + 1) * slot - 28800) - 1) / 3600 AS h, 0, 0,
               (parked IS NULL AND coalesce(nth <> before, kind = 'interval'))::int, 0, 0
        FROM near) slots WHERE h BETWEEN $3 AND $4
    UNION ALL SELECT p.h, p.e * x.step, p.spread * x.step, 0, 0, 0
    FROM spill p JOIN x USING (s) WHERE p.h BETWEEN $3 AND $4
), known AS (
    SELECT h, CASE WHEN sum(present) > 0 OR sum(e) <> 0 THEN sum(e) END AS native, sum(spread) AS spread,
           sum(present)::int AS present, sum(parked) AS parked, sum(parked_intervals)::int AS parked_intervals
    FROM parts GROUP BY h
), expected AS (
    SELECT w.h, sum(greatest(0, (least(w.finish, coalesce(x.valid_to, w.finish)) + 28800) / x.slot
                             - (greatest(w.begin, x.valid_from) + 28800) / x.slot))::int AS expected
    FROM w CROSS JOIN x GROUP BY w.h
)
SELECT h, k.native, k.spread, coalesce(k.present, 0) AS present, e.expected,
       coalesce(k.parked, 0) AS parked, coalesce(k.parked_intervals, 0) AS parked_intervals
FROM expected e LEFT JOIN known k USING (h) WHERE e.expected > 0 OR k.native IS NOT NULL ORDER BY h
"""

_END_OF_TIME = 2**40


async def day_figures(
    conn: Connection, wanted: Iterable[tuple[str, date]], *, until: datetime | None = None
) -> list[Sum]:
    """Day sums of (enterprise, day) pairs by carrier, also of days from which nothing has come.

    `until`: expect only what is due by then (for a day that is not over).
    """
    pairs = list(wanted)
    limit = _END_OF_TIME if until is None else int(until.timestamp())
    rows = await conn.fetch(_DAYS, [pair[0] for pair in pairs], [pair[1] for pair in pairs], limit)
    return [_sum(row) for row in rows]


async def enterprise_days(conn: Connection, enterprise: str, first: date, last: date) -> list[Sum]:
    """Day sums of one enterprise, first to last day of +08:00."""
    count = (last - first).days + 1
    return await day_figures(conn, ((enterprise, first + timedelta(days=n)) for n in range(count)))


async def enterprise_hours(
    conn: Connection, enterprise: str, start: datetime, end: datetime, *, until: datetime | None = None
) -> list[Sum]:
    """Hour sums of one enterprise; the hours that begin in [start, end)."""
    limit = _END_OF_TIME if until is None else int(until.timestamp())
    rows = await conn.fetch(_HOURS, enterprise, *_hours(start, end), limit)
    return [_sum(row) for row in rows]


async def enterprise_months(conn: Connection, enterprise: str, first: date, last: date) -> list[Sum]:
    """Month sums of one enterprise, for the months that `first` and `last` lie in and those between."""
    begin = first.replace(day=1)
    end = (last.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    days = await enterprise_days(conn, enterprise, begin, end)
    months = groupby(days, key=lambda each: (each.carrier, each.day.replace(day=1)))
    return [total(list(group)) for _, group in months]


async def meter_hours(
    conn: Connection, meter: str, statistic_type: int, start: datetime, end: datetime
) -> list[MeterHour]:
    """Hour sums of one meter, worked out on demand; the hours that begin in [start, end)."""
    rows = await conn.fetch(_METER_HOURS, meter, statistic_type, *_hours(start, end))
    return [
        MeterHour(
            start=datetime.fromtimestamp(row["h"] * 3600, UTC),
            native=None if row["native"] is None else plain(row["native"]),
            spread=plain(row["spread"] or Decimal(0)),
            present=row["present"],
            expected=row["expected"],
            parked=plain(row["parked"]),
            parked_intervals=row["parked_intervals"],
        )
        for row in rows
    ]


def total(parts: Sequence[Sum]) -> Sum:
    """The sum of sums of one enterprise and carrier, beginning where the first begins.

    Standard coal is known only where it is known for every part that has a quantity.
    """
    measured = [part for part in parts if part.native is not None]
    first = parts[0]

    def add(name: str) -> Decimal | None:
        values = [getattr(part, name) for part in measured]
        return None if not values or None in values else sum(values, Decimal(0))

    return Sum(
        enterprise=first.enterprise,
        carrier=first.carrier,
        unit=first.unit,
        start=min(part.start for part in parts),
        native=add("native"),
        spread=sum((part.spread for part in parts), Decimal(0)),
        present=sum(part.present for part in parts),
        expected=sum(part.expected for part in parts),
        tce_equal=add("tce_equal"),
        tce_equivalent=add("tce_equivalent"),
        coefficients=tuple(dict.fromkeys(each for part in measured for each in part.coefficients)),
        parked=sum((part.parked for part in parts), Decimal(0)),
        parked_intervals=sum(part.parked_intervals for part in parts),
    )


def _sum(row: Any) -> Sum:
    # A row without presence and without energy is what a void or a correction leaves behind: nothing is known.
    known = row["native"] is not None and (row["present"] > 0 or row["native"] != 0)
    native = plain(row["native"]) if known else None
    pinned = tuple(
        PinnedCoefficient(basis, row[basis], row[f"{basis}_edition"], row[f"{basis}_provisional"])
        for basis in ("equal", "equivalent")
        if known and row[basis] is not None
    )
    return Sum(
        enterprise=row["enterprise"],
        carrier=row["carrier"],
        unit=row["unit"],
        start=datetime.fromtimestamp(row["at"], UTC),
        native=native,
        spread=plain(row["spread"]) if known else Decimal(0),
        present=row["present"],
        expected=row["expected"],
        tce_equal=_tce(native, row["equal"]),
        tce_equivalent=_tce(native, row["equivalent"]),
        coefficients=pinned,
        parked=plain(row["parked"]),
        parked_intervals=row["parked_intervals"],
    )


def _tce(native: Decimal | None, kgce_per_unit: Decimal | None) -> Decimal | None:
    if native is None or kgce_per_unit is None:
        return None
    return native * kgce_per_unit / 1000


def _hours(start: datetime, end: datetime) -> tuple[int, int]:
    """First and last hour number that begins in [start, end)."""
    return -int(-start.timestamp() // 3600), -int(-end.timestamp() // 3600) - 1
