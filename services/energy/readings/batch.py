"""One batch: from POSTs to a committed transaction, and what the memory and the board learn from it.

Order inside the transaction: lock the partition, bring the memory up to date, settle late readings, then those in
order, write quarantine and readings, then sums, marks, arrivals and receipts. Nothing in memory changes before the
commit, so there is nothing to undo when it fails; what the memory holds is then thrown away all the same, because a
commit whose answer was lost may have happened.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

import numpy as np

from services.energy.readings import late, plan, quarantine, raised, receipts, store, totals
from services.energy.readings.arrivals import ACCEPTED, OUTCOMES, PARKED, Arrivals, assemble, put_apart
from services.energy.readings.changes import Changes, day_sums, hour_sums, parked_sums, remember
from services.energy.readings.kernel import Ints
from services.energy.readings.memory import Connection, PartitionMemory, day_number, days, moment
from services.energy.readings.totals import NO_RECEIPTS, NOTHING_CAME, FeedDays, Receipts
from services.energy.readings.wire import Post


@dataclass(frozen=True, slots=True)
class Done:
    """What a committed batch did: counts by outcome and quarantine reason, the days marked, newest times seen.

    `newest` holds per enterprise (t in epoch seconds, received_at in microseconds) of what was stored.
    """

    readings: int
    outcomes: dict[str, int]
    quarantined: dict[str, int]
    marks: list[tuple[str, date]]
    newest: dict[str, tuple[int, int]]


async def settle(conn: Connection, memory: PartitionMemory, arrivals: Arrivals) -> Changes:
    """Work out what the arrivals change, late ones first; only reads from the database."""
    outcome, why = arrivals.outcome.copy(), arrivals.why.copy()
    slow, wide = set(memory.low), dict[int, int]()
    while True:
        changes = Changes()
        found = plan.drop_known(memory, arrivals, plan.winners(arrivals, changes), changes)
        behind, ahead = plan.split(memory, found, slow)
        more: set[int] = set()
        if len(behind):
            clusters = late.wider(late.clusters(memory, behind), wide)
            rows = await store.neighbours(conn, memory, clusters)
            more = late.work_out(memory, arrivals, behind, clusters, rows, changes)
        fallen = set() if more else plan.in_order(memory, arrivals, ahead, changes)
        if not more and not fallen:
            return changes
        # Rare: a register's fall is judged by the readings around it, so these series are looked up again over a wider
        # span.
        slow |= fallen
        wide |= {place: late.further(wide.get(place, 0)) for place in more}
        arrivals.outcome[:], arrivals.why[:] = outcome, why


async def write(
    conn: Connection,
    memory: PartitionMemory,
    changes: Changes,
    months: set[date],
    now: datetime,
    came: FeedDays = NOTHING_CAME,
    receipts: Receipts = NO_RECEIPTS,
) -> list[tuple[str, date]]:
    """Write what was worked out, and who sent it; returns the (enterprise, day) marked as changed."""
    if not changes.empty:
        await store.ensure_months(conn, months, changes)
        await store.write_readings(conn, memory, changes)
    parked = parked_sums(memory, changes)
    hours = hour_sums(memory, changes, parked)
    marks = await totals.add(conn, memory, hours, day_sums(hours), came, receipts, now)
    await totals.park(conn, memory, parked)
    return marks


class _TakenBack(Exception):
    """Ends a transaction that was only tried."""


@dataclass
class BatchStep:
    """Works the batches of one partition, one at a time.

    It should be the only writer of its series. If there is another, by mistake or during a rolling upgrade, each drops
    its memory whenever it finds that the other has written: slow but correct. `other_seen_at` is when that last
    happened (`time.monotonic`).
    """

    p: int
    memory: PartitionMemory = field(init=False)
    other_seen_at: float = field(default=float("-inf"), init=False)

    def __post_init__(self) -> None:
        self.forget()
        self._writer = uuid4()
        self._months: set[date] = set()

    def forget(self) -> None:
        """Drop the memory; the next batch rebuilds it."""
        self.memory = PartitionMemory(self.p)

    async def run(
        self,
        conn: Connection,
        posts: Sequence[Post],
        now: datetime,
        *,
        settled: bool = False,
        apart: Ints | None = None,
    ) -> Done:
        """Commit one batch. `now` is the Clock's. Raises whatever the database raises; then nothing is changed.

        `settled`: every message before these POSTs' is (`raised`). `apart`: rows that go to quarantine unworked.
        """
        try:
            if self.memory.generation == 0:
                await self._look_up(conn)
            async with conn.transaction():
                changes, done = await self._write(conn, posts, now, settled, apart)
        except BaseException:
            self.forget()
            self._months.clear()
            raise
        remember(self.memory, changes)
        return done

    async def try_out(self, conn: Connection, posts: Sequence[Post], now: datetime, apart: Ints) -> None:
        """Do all that `run` does, and take it back. Raises what `run` would raise; the memory stays as it is."""
        try:
            async with conn.transaction():
                await self._write(conn, posts, now, False, apart)
                raise _TakenBack
        except _TakenBack:
            pass
        finally:
            self._months.clear()

    async def _look_up(self, conn: Connection) -> None:
        """Read all series before the partition is locked. A write during that time is noticed under the lock: another
        worker's by the writer's id, a meter's change by the generation."""
        async with conn.transaction():
            generation, _ = await store.lock_as_writer(conn, self.p, self._writer)
        await self.memory.refresh(conn, generation)

    async def _write(
        self, conn: Connection, posts: Sequence[Post], now: datetime, settled: bool, apart: Ints | None
    ) -> tuple[Changes, Done]:
        generation, in_step = await store.lock_as_writer(conn, self.p, self._writer)
        if not in_step:
            if self.memory.size:
                self.other_seen_at = time.monotonic()
            self.forget()
        memory = self.memory
        await memory.refresh(conn, generation)
        arrivals = assemble(memory, posts)
        if apart is not None:
            put_apart(arrivals, apart)
        changes = await settle(conn, memory, arrivals)
        if settled:
            await raised.save(conn, memory, arrivals, changes)
        quarantined = await quarantine.write(conn, arrivals, now)
        came, newest = self._came(arrivals)
        marks = await write(conn, memory, changes, self._months, now, came, receipts.columns(arrivals))
        counts = np.bincount(arrivals.outcome, minlength=len(OUTCOMES)).tolist()
        outcomes = dict(zip(OUTCOMES, counts, strict=True))
        return changes, Done(len(arrivals), outcomes, quarantined, marks, newest)

    def _came(self, arrivals: Arrivals) -> tuple[FeedDays, dict[str, tuple[int, int]]]:
        """Of newly stored real-time readings: which day they are of, when they came; and the newest per enterprise."""
        memory = self.memory
        rows = np.flatnonzero((arrivals.outcome == ACCEPTED) | (arrivals.outcome == PARKED))
        rows = rows[memory.statistic_type[arrivals.place[rows]] == 0] if len(rows) else rows
        if len(rows) == 0:
            return NOTHING_CAME, {}
        enterprise = memory.enterprise[arrivals.place[rows]]
        t, received = arrivals.t[rows], arrivals.received_at[rows]
        day = day_number(t)
        combined = (enterprise << 32) + day
        order = np.argsort(combined, kind="stable")
        begin = np.flatnonzero(np.r_[True, combined[order][1:] != combined[order][:-1]])
        head = order[begin]
        names = [memory.enterprises[number] for number in enterprise[head].tolist()]
        readings = np.diff(np.r_[begin, len(order)])
        last_t = np.maximum.reduceat(t[order], begin).tolist()
        first_received = np.minimum.reduceat(received[order], begin).tolist()
        last_received = np.maximum.reduceat(received[order], begin).tolist()
        came = FeedDays(
            names,
            days(day[head].tolist()),
            readings.tolist(),
            last_t,
            [moment(each) for each in first_received],
            [moment(each) for each in last_received],
        )
        newest: dict[str, tuple[int, int]] = {}
        for name, at, seen in zip(names, last_t, last_received, strict=True):
            before = newest.get(name, (0, 0))
            newest[name] = (max(before[0], at), max(before[1], seen))
        return came, newest
