"""Coefficients in the store: published as new rows, pinned by a day's first reading, moved by a restatement only.

A factor edited today must not rewrite the past. Every day names the rows it was made with; `restate` is the one way
to give it others, and marks what it changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.energy.common.conversion import Basis, Coefficient, coefficient_on
from services.energy.readings.memory import Connection, load_coefficients


@dataclass(frozen=True, slots=True)
class Restatement:
    """What a restatement changed: (enterprise, day) whose standard coal is made with other coefficients now."""

    carrier: str
    days: Sequence[tuple[str, date]]


async def publish(conn: Connection, coefficient: Coefficient, source: str, now: datetime) -> int:
    """Add a coefficient; returns its id. The same row again changes nothing.

    Days without one get it: that changes no figure, but makes an unknown one known. Days that have one keep it.
    `coefficient.id` is ignored. The carrier must be known (foreign key).
    """
    await lock_all(conn)
    values = (
        *(coefficient.carrier, coefficient.basis.value, coefficient.enterprise, coefficient.value),
        *(coefficient.edition, coefficient.valid_from, coefficient.valid_to, coefficient.provisional),
    )
    new = await conn.fetchval(
        """INSERT INTO coefficient
               (carrier, basis, enterprise, value, edition, valid_from, valid_to, provisional, source, recorded_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id""",
        *(*values, source, coefficient.recorded_at),
    )
    if new is None:
        known: int = await conn.fetchval(
            """SELECT id FROM coefficient WHERE (carrier, basis, value, edition, valid_from, provisional)
                   = ($1, $2, $4, $5, $6, $8)
                   AND enterprise IS NOT DISTINCT FROM $3 AND valid_to IS NOT DISTINCT FROM $7""",
            *values,
        )
        return known
    await _apply(
        conn, coefficient.carrier, coefficient.valid_from, coefficient.valid_to, now, unknown_only=True
    )
    return int(new)


async def restate(
    conn: Connection,
    carrier: str,
    first: date,
    last: date,
    now: datetime,
    *,
    enterprise: str | None = None,
) -> Restatement:
    """Make the days' standard coal with the coefficients that hold for them now (追溯调整), first to last day.

    The quantities stay. Every day that changes is marked, so that its figure goes out as a new revision.
    """
    await lock_all(conn)
    return await _apply(conn, carrier, first, last, now, enterprise=enterprise)


async def lock_all(conn: Connection) -> None:
    """Lock every partition, in order, and raise their generations: the workers look at all coefficients again."""
    await conn.fetch("SELECT p FROM reading_partition ORDER BY p FOR UPDATE")
    await conn.execute("UPDATE reading_partition SET generation = generation + 1")


async def _apply(
    conn: Connection,
    carrier: str,
    first: date,
    last: date | None,
    now: datetime,
    *,
    enterprise: str | None = None,
    unknown_only: bool = False,
) -> Restatement:
    """Give days in a range the coefficients that hold for them; `unknown_only`: those that have none."""
    known = (await load_coefficients(conn, carrier)).get(carrier, [])
    rows = await conn.fetch(
        """SELECT enterprise, day, coefficient_equal AS equal, coefficient_equivalent AS equivalent FROM ent_day
           WHERE carrier = $1 AND day >= $2 AND ($3::date IS NULL OR day <= $3)
             AND ($4::text IS NULL OR enterprise = $4)
             AND (NOT $5 OR coefficient_equal IS NULL OR coefficient_equivalent IS NULL)
           ORDER BY enterprise, day""",
        *(carrier, first, last, enterprise, unknown_only),
    )
    changed: list[tuple[str, date, int | None, int | None]] = []
    for row in rows:
        pins = []
        for basis in (Basis.EQUAL, Basis.EQUIVALENT):
            pinned = row[basis.value]
            found = coefficient_on(known, basis, row["day"], row["enterprise"])
            keep = pinned is not None and unknown_only
            pins.append(pinned if keep or found is None else found.id)
        if pins != [row["equal"], row["equivalent"]]:
            changed.append((row["enterprise"], row["day"], pins[0], pins[1]))
    if changed:
        enterprises, days, equal, equivalent = (list(column) for column in zip(*changed, strict=True))
        await conn.execute(
            """UPDATE ent_day d SET coefficient_equal = x.equal, coefficient_equivalent = x.equivalent
               FROM unnest($2::text[], $3::date[], $4::int[], $5::int[]) AS x(enterprise, day, equal, equivalent)
               WHERE d.carrier = $1 AND d.enterprise = x.enterprise AND d.day = x.day""",
            *(carrier, enterprises, days, equal, equivalent),
        )
        await conn.execute(
            """INSERT INTO dirty (enterprise, day, marked_at)
               SELECT e, d, $3 FROM unnest($1::text[], $2::date[]) AS x(e, d)
               ON CONFLICT (enterprise, day) DO UPDATE SET marks = dirty.marks + 1""",
            *(enterprises, days, now),
        )
    return Restatement(carrier, [(row[0], row[1]) for row in changed])
