"""What release 517f57c cut downwards, worked out again: energy of meters in small units or with a broken ratio.

It counted in 1/1000 of the carrier's unit and rounded down at each reading, so a meter in Wh lost up to a Wh of every
reading. The values are there, to 1/1000 of the meter's unit: what they contributed by the old rule is taken away, and
what they contribute by the exact one is added. The days that change are published as new revisions. The worker does it
when it starts, for the series that migration 0012 has marked; whoever restores an archived month of that release, for
that month.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import numpy as np

from services.energy.common.scale import step_decimals
from services.energy.readings import batch, late, store
from services.energy.readings.changes import Changes
from services.energy.readings.kernel import Ints, Rules
from services.energy.readings.memory import Connection, PartitionMemory
from services.energy.readings.reference import change_partition

_MILLI = 1000
"""One integer of the old release, in 1/1000, is this many of the new one's, in 1e-6."""


async def recount_marked(conn: Connection, p: int, now: datetime) -> int:
    """Work out the partition's marked series again, each in a transaction of its own; how many they were."""
    marked = await conn.fetch("SELECT s FROM series WHERE p = $1 AND recount ORDER BY s", p)
    for row in marked:
        async with conn.transaction():
            await recount(conn, row["s"], now)
            await conn.execute("UPDATE series SET recount = false WHERE s = $1", row["s"])
    return len(marked)


async def recount(
    conn: Connection, s: int, now: datetime, after: int | None = None, until: int | None = None
) -> None:
    """Exchange what a series' readings of `after` < t <= `until` contributed by the old rule for the exact.

    In the caller's transaction. Neither named: all that is not archived.
    """
    series = await conn.fetchrow("SELECT meter, p, factor FROM series WHERE s = $1", s)
    generation = await change_partition(conn, series["p"])
    await conn.execute("UPDATE series SET generation = $2 WHERE s = $1", s, generation)
    memory = PartitionMemory(series["p"], series["meter"])
    await memory.refresh(conn, generation)
    low = (memory.archived_until if after is None else after) + 1
    last = await conn.fetchval(
        "SELECT max(t) FROM reading WHERE s = $1 AND t >= $2 AND ($3::bigint IS NULL OR t <= $3)",
        *(s, low, until),
    )
    if last is None:
        return
    place = memory.place_of[s]
    found = late.Clusters(*(np.array([value], np.int64) for value in (place, low, last, 0)))
    old, _ = late.merge(found, await store.neighbours(conn, memory, found))
    # What comes after a month that is brought back was worked out again when the month was not there.
    old = late.take(old, old.role != late.AFTER)
    exact = _rule(memory.rules, place)
    ratio = Fraction(series["factor"])
    _set(memory.rules, place, _old_rule(exact, ratio, step_decimals(series["factor"])))
    changes = Changes()
    places = np.array([place], np.int64)
    cut = replace(old, v=np.where(old.v < 0, old.v, _old_energy(old.v, ratio)))
    late.evaluate(memory, cut, places, changes, -1)
    _set(memory.rules, place, exact)
    e, _ = late.evaluate(memory, old, places, changes, +1)
    late.list_rows(places, old, old, e, changes)
    await batch.write(conn, memory, changes, set(), now)


def _old_energy(v: Ints, ratio: Fraction) -> Ints:
    """The register as energy in 1/1000 of the carrier's unit, cut downwards: taken as a register of its own."""
    return v // _MILLI * ratio.numerator // ratio.denominator


def _rule(rules: Rules, place: int) -> Sequence[int]:
    return [int(column[place]) for column in (rules.factor, rules.modulus, rules.resolution)]


def _set(rules: Rules, place: int, rule: Sequence[int]) -> None:
    for column, value in zip((rules.factor, rules.modulus, rules.resolution), rule, strict=True):
        column[place] = value


def _old_rule(exact: Sequence[int], ratio: Fraction, decimals: int) -> Sequence[int]:
    """Of that register: factor, modulus and resolution."""
    _, modulus, resolution = exact
    cut = [value // _MILLI * ratio.numerator // ratio.denominator for value in (modulus, resolution)]
    return [10**decimals // _MILLI, *cut]
