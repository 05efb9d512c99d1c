"""Changes of a meter that reach into its readings: registration, replacement, retirement, verdicts, voids.

They are explicit and exact: a register's last value closes one series and its first value opens the next, so that
hours + parked + explicit changes = last − first holds for each. What was read later than a change that becomes known
late moves to the new series. All of it happens under the partition's lock, by the kernel that the batches use.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from services.energy.common.registers import Verdict
from services.energy.common.scale import VOID
from services.energy.readings import batch, late, quarantine, store
from services.energy.readings.archive_line import archive_line, refuse_archived
from services.energy.readings.arrivals import RELEASED_BY_REGISTRATION, Arrivals
from services.energy.readings.changes import Changes
from services.energy.readings.memory import Connection, PartitionMemory
from services.energy.readings.ranks import correction_at
from services.energy.readings.reference import SeriesSpec, change_partition, insert_series


@dataclass(frozen=True, slots=True)
class Stored:
    """A reading as the store has it: epoch seconds, rank, value in 1e-6 of the unit."""

    t: int
    rank: int
    v: int


async def open_meter(conn: Connection, spec: SeriesSpec, now: datetime, *, opening: int | None = None) -> int:
    """Begin a series; `opening` is the register (1e-6 of the unit) at `valid_from`. Releases what waited for the meter.

    Returns the number of readings that leave the quarantine.
    """
    s, p = await insert_series(conn, spec)
    if opening is not None:
        await put(
            conn, p, spec.meter, s, [Stored(_seconds(spec.valid_from), correction_at(now), opening)], now
        )
    released = await quarantine.release(
        conn,
        spec.enterprise,
        [reason.value for reason in RELEASED_BY_REGISTRATION],
        now,
        meter=spec.meter,
        # A register's reading at the very beginning is its opening.
        after=_seconds(spec.valid_from) - (spec.kind == "register"),
        until=None if spec.valid_to is None else _seconds(spec.valid_to),
    )
    await quarantine.is_known(conn, spec.enterprise, spec.meter, spec.statistic_type)
    return released


async def close_meter(
    conn: Connection,
    meter: str,
    statistic_type: int,
    at: datetime,
    now: datetime,
    *,
    closing: int | None = None,
) -> list[Stored]:
    """End the meter's open series at `at`; `closing` is the register then. Returns the readings taken out of it.

    These are the readings later than `at`: they belong to whatever comes after, or to nothing.
    Raises LookupError if there is no open series at that time, Problem 409 if it is archived.
    """
    row = await conn.fetchrow(
        "SELECT s, p FROM series WHERE meter = $1 AND statistic_type = $2 AND valid_from < $3 AND valid_to IS NULL",
        *(meter, statistic_type, at),
    )
    if row is None:
        raise LookupError(
            f"meter {meter!r} has no open series of type {statistic_type} before {at.isoformat()}"
        )
    s, p = row["s"], row["p"]
    generation = await change_partition(conn, p)
    refuse_archived(await archive_line(conn), _seconds(at))
    removed = await cut_tail(conn, p, meter, s, _seconds(at), now)
    await conn.execute("UPDATE series SET valid_to = $2, generation = $3 WHERE s = $1", s, at, generation)
    if closing is not None:
        await put(conn, p, meter, s, [Stored(_seconds(at), correction_at(now), closing)], now)
    return removed


async def replace_register(
    conn: Connection, spec: SeriesSpec, now: datetime, *, closing: int | None, opening: int | None
) -> None:
    """From `spec.valid_from` on the meter counts by `spec`: another device, ratio or capacity.

    `closing` and `opening` are the old and the new register at that moment, in 1e-6 of the unit; where one is not
    known, what passed between the neighbouring readings is not known either, and counts nowhere.
    """
    moved = await close_meter(conn, spec.meter, spec.statistic_type, spec.valid_from, now, closing=closing)
    s, p = await insert_series(conn, spec)
    readings = [replace(reading) for reading in moved]
    if opening is not None:
        readings.insert(0, Stored(_seconds(spec.valid_from), correction_at(now), opening))
    await put(conn, p, spec.meter, s, readings, now)


async def give_verdict(
    conn: Connection,
    meter: str,
    statistic_type: int,
    start: datetime,
    end: datetime,
    verdict: Verdict,
    by: str,
    now: datetime,
) -> None:
    """Settle a parked interval: it was so, or the register rolled over.

    Raises LookupError if none is parked there, Problem 409 if its end is archived.
    """
    row = await conn.fetchrow(
        """SELECT x.s, x.p FROM suspect i JOIN series x USING (s)
           WHERE x.meter = $1 AND x.statistic_type = $2 AND i.t0 = $3 AND i.t = $4""",
        *(meter, statistic_type, _seconds(start), _seconds(end)),
    )
    if row is None:
        raise LookupError(
            f"no interval of meter {meter!r} is parked from {start.isoformat()} to {end.isoformat()}"
        )
    s, p = row["s"], row["p"]
    await _raise(conn, p, s)
    memory = await _memory(conn, p, meter)
    place, t0, t = memory.place_of[s], _seconds(start), _seconds(end)
    refuse_archived(memory.archived_until, t)
    await conn.execute(
        "INSERT INTO confirmed (s, t0, t, verdict, confirmed_by, confirmed_at) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (s, t0, t) DO NOTHING",
        *(s, t0, t, verdict.value, by, now),
    )
    await _judge_again(conn, memory, place, t, now, lambda: memory.verdicts.update({(place, t0, t): verdict}))


async def withdraw_verdict(
    conn: Connection, meter: str, statistic_type: int, start: datetime, end: datetime, now: datetime
) -> None:
    """Take back what `give_verdict` said: the interval is what its readings say. LookupError if nothing was said."""
    t0, t = _seconds(start), _seconds(end)
    row = await conn.fetchrow(
        """SELECT x.s, x.p FROM confirmed c JOIN series x USING (s)
           WHERE x.meter = $1 AND x.statistic_type = $2 AND c.t0 = $3 AND c.t = $4""",
        *(meter, statistic_type, t0, t),
    )
    if row is None:
        raise LookupError(f"nobody has said anything of meter {meter!r} from {start} to {end}")
    await _raise(conn, row["p"], row["s"])
    memory = await _memory(conn, row["p"], meter)
    place = memory.place_of[row["s"]]
    refuse_archived(memory.archived_until, t)
    await conn.execute("DELETE FROM confirmed WHERE s = $1 AND t0 = $2 AND t = $3", row["s"], t0, t)
    await _judge_again(conn, memory, place, t, now, lambda: memory.verdicts.pop((place, t0, t), None))


async def _judge_again(
    conn: Connection, memory: PartitionMemory, place: int, t: int, now: datetime, change: Callable[[], object]
) -> None:
    """Work the interval that ends at t out again, after a change of what was said of it."""
    said = dict(memory.verdicts)

    def stands(old: late.Stretch) -> late.Stretch:
        memory.verdicts = dict(said)
        return old

    changes, _ = await _exchanged(conn, memory, (place, t, t), stands, change)
    await batch.write(conn, memory, changes, set(), now)


async def _exchanged(
    conn: Connection,
    memory: PartitionMemory,
    where: tuple[int, int, int],
    make: Callable[[late.Stretch], late.Stretch],
    between: Callable[[], object] = lambda: None,
) -> tuple[Changes, late.Stretch]:
    """The changes when `make` replaces a stretch of a series (place, first and last time), and the new stretch.

    The stretch reaches as far as the replacement makes a difference: where a register fell, further than was asked for.
    """
    place, low, high = where
    seconds = 0
    while True:
        found = late.Clusters(*(np.array([value], np.int64) for value in (place, low, high + seconds, 0)))
        old, _ = late.merge(found, await store.neighbours(conn, memory, found))
        changes = Changes()
        done = late.exchange(memory, old, make(old), np.array([place], np.int64), changes, between)
        if not isinstance(done, set):
            return changes, old
        seconds = late.further(seconds)


async def void_reading(
    conn: Connection, meter: str, statistic_type: int, at: datetime, now: datetime
) -> None:
    """Say that a stored reading is wrong and nothing replaces it. Raises LookupError if it isn't stored."""
    row = await conn.fetchrow(
        """SELECT x.s, x.p, r.rk FROM reading r JOIN series x USING (s)
           WHERE x.meter = $1 AND x.statistic_type = $2 AND r.t = $3 AND r.v >= 0""",
        *(meter, statistic_type, _seconds(at)),
    )
    if row is None:
        raise LookupError(f"meter {meter!r} has no reading at {at.isoformat()}")
    await put(conn, row["p"], meter, row["s"], [Stored(_seconds(at), _above(row["rk"], now), VOID)], now)


async def restore_reading(
    conn: Connection, meter: str, statistic_type: int, at: datetime, now: datetime
) -> None:
    """Let a voided reading stand again, with the value that it had last. LookupError if none was voided."""
    row = await conn.fetchrow(
        """SELECT x.s, x.p, r.rk, h.v FROM reading r JOIN series x USING (s)
           CROSS JOIN LATERAL (SELECT v FROM history WHERE s = x.s AND t = r.t AND v >= 0 ORDER BY rk DESC, v DESC
                               LIMIT 1) h
           WHERE x.meter = $1 AND x.statistic_type = $2 AND r.t = $3 AND r.v < 0""",
        *(meter, statistic_type, _seconds(at)),
    )
    if row is None:
        raise LookupError(f"meter {meter!r} has no voided reading at {at.isoformat()}")
    stored = Stored(_seconds(at), _above(row["rk"], now), row["v"])
    await put(conn, row["p"], meter, row["s"], [stored], now)


def _above(rank: int, now: datetime) -> int:
    """The rank of a person's correction made now: above the stored one, even when the Clock stands still."""
    return max(correction_at(now), rank + 1)


async def put(
    conn: Connection, p: int, meter: str, s: int, readings: Sequence[Stored], now: datetime
) -> None:
    """Store readings in a given series, whatever its valid period says."""
    await _raise(conn, p, s)
    if not readings:
        return
    memory = await _memory(conn, p, meter)
    refuse_archived(memory.archived_until, min(each.t for each in readings))
    count = len(readings)
    arrivals = Arrivals(
        posts=(),
        place=np.full(count, memory.place_of[s], np.int64),
        t=np.array([each.t for each in readings], np.int64),
        v=np.array([each.v for each in readings], np.int64),
        rank=np.array([each.rank for each in readings], np.int64),
        received_at=np.zeros(count, np.int64),
        post=np.zeros(count, np.int64),
        item=np.arange(count),
        outcome=np.zeros(count, np.int8),
        why=np.zeros(count, np.int8),
    )
    await batch.write(conn, memory, await batch.settle(conn, memory, arrivals), set(), now)


async def cut_tail(conn: Connection, p: int, meter: str, s: int, after: int, now: datetime) -> list[Stored]:
    """Take the readings later than `after` out of a series, with all that they contributed."""
    last = await conn.fetchval("SELECT max(t) FROM reading WHERE s = $1 AND t > $2", s, after)
    if last is None:
        return []
    memory = await _memory(conn, p, meter)
    place = memory.place_of[s]
    changes, old = await _exchanged(
        conn, memory, (place, after + 1, last), lambda old: late.take(old, old.t <= after)
    )
    tail = old.t > after
    await conn.execute("DELETE FROM reading WHERE s = $1 AND t > $2", s, after)
    await batch.write(conn, memory, changes, set(), now)
    columns = (column[tail].tolist() for column in (old.t, old.rank, old.v))
    return [Stored(*row) for row in zip(*columns, strict=True)]


async def _raise(conn: Connection, p: int, s: int) -> None:
    """Lock the partition and tell the worker to look at this series again."""
    generation = await change_partition(conn, p)
    await conn.execute("UPDATE series SET generation = $2 WHERE s = $1", s, generation)


async def _memory(conn: Connection, p: int, meter: str) -> PartitionMemory:
    memory = PartitionMemory(p, meter)
    await memory.refresh(conn, await store.lock_partition(conn, p))
    return memory


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
