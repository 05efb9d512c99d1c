"""The batch step, steps 1 to 5: sort, settle conflicts, drop what is known, and split into in-order and late.

In-order readings (later than anything stored of their series) need nothing from the database: the reading before
them is in memory. Late ones go through `late.py`. Both use the same kernel.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.energy.readings.arrivals import (
    ACCEPTED,
    CORRECTED,
    DUPLICATE,
    LATER_VALUE,
    OF_KERNEL,
    PARKED,
    QUARANTINED,
    SAME_VALUE,
    SUPERSEDED,
    Arrivals,
)
from services.energy.readings.changes import Changes, Raised, Rows
from services.energy.readings.kernel import BACKWARDS, NONE, ROLLOVER, Flags, Ints, contributions
from services.energy.readings.memory import NEVER, PartitionMemory
from services.energy.readings.ranks import CORRECTION

_T_BITS = 34
_T_MASK = (1 << _T_BITS) - 1


@dataclass(frozen=True, slots=True)
class Winners:
    """One row per (series, time) of the batch, sorted by it.

    `row` is the row of the arrivals that gets the outcome: the first that brought the value.
    """

    row: Ints
    place: Ints
    t: Ints
    rank: Ints
    v: Ints

    def __len__(self) -> int:
        return len(self.row)

    def where(self, chosen: Flags) -> "Winners":
        """The chosen rows, in the same order."""
        return Winners(
            self.row[chosen], self.place[chosen], self.t[chosen], self.rank[chosen], self.v[chosen]
        )


def order_key(place: Ints, t: Ints) -> Ints:
    """(place, t) as one integer that sorts like the pair."""
    return (place << _T_BITS) | t


def winners(arrivals: Arrivals, changes: Changes) -> Winners:
    """Settle conflicts inside the batch: the greatest rank counts, other values go to the history.

    Of readings with the value that counts the first is the one received, the others are duplicates.
    """
    row = np.flatnonzero(arrivals.outcome != QUARANTINED)
    key = order_key(arrivals.place[row], arrivals.t[row])
    order = np.argsort(key, kind="stable")
    key, row = key[order], row[order]
    last = np.r_[key[1:] != key[:-1], True] if len(key) else np.zeros(0, np.bool_)
    if last.all():
        return Winners(row, arrivals.place[row], arrivals.t[row], arrivals.rank[row], arrivals.v[row])
    first, winner = _settled(arrivals, row, key, last, changes)
    return Winners(
        first, arrivals.place[winner], arrivals.t[winner], arrivals.rank[winner], arrivals.v[winner]
    )


def _settled(arrivals: Arrivals, row: Ints, key: Ints, last: Flags, changes: Changes) -> tuple[Ints, Ints]:
    """Of each (series, time): the first row with the value that counts, and the row whose rank counts.

    Also says what becomes of the other rows. `last` marks the last row of each group.
    """
    # Ranks differ, but for what 517f57c had in quarantine and corrections of one microsecond: there the value decides.
    row = row[np.lexsort((row, arrivals.v[row], arrivals.rank[row], key))]
    group: Ints = np.cumsum(last) - last
    winner = row[last]
    same = arrivals.v[row] == arrivals.v[winner][group]
    first = np.full(len(winner), len(arrivals), np.int64)
    np.minimum.at(first, group[same], row[same])
    again = row[same & (row != first[group])]
    arrivals.outcome[again], arrivals.why[again] = DUPLICATE, SAME_VALUE
    lost = row[~same]
    arrivals.outcome[lost], arrivals.why[lost] = (
        SUPERSEDED,
        superseded_by(arrivals.rank[winner][group[~same]]),
    )
    columns = (arrivals.place, arrivals.t, arrivals.rank, arrivals.v)
    changes.history.extend(zip(*(column[lost].tolist() for column in columns), strict=True))
    return first, winner


def superseded_by(rank: Ints) -> npt.NDArray[np.int8]:
    """The index in REASONS of why a value doesn't count, by the rank of the value that does."""
    return np.where(rank >= CORRECTION, CORRECTED, LATER_VALUE).astype(np.int8)


def drop_known(memory: PartitionMemory, arrivals: Arrivals, found: Winners, changes: Changes) -> Winners:
    """Drop exact repeats of what the ring remembers, without asking the database; what is stored takes their rank."""
    known = (found.rank < CORRECTION) & memory.in_ring(found.place, found.t, found.v)
    if not known.any():
        return found
    arrivals.outcome[found.row[known]], arrivals.why[found.row[known]] = DUPLICATE, SAME_VALUE
    changes.raised.append(Raised(found.place[known], found.t[known], found.rank[known]))
    return found.where(~known)


def split(memory: PartitionMemory, found: Winners, slow: set[int]) -> tuple[Winners, Winners]:
    """(late, in order). A series that gets a void goes the general way as a whole: it may empty its own tail.

    So do those of `slow`, whose register has fallen.
    """
    late = found.t <= memory.known_t[found.place]
    if slow:
        late |= np.isin(found.place, list(slow))
    void = found.v < 0
    if void.any():
        late |= np.isin(found.place, found.place[void])
    return found.where(late), found.where(~late)


def told(arrivals: Arrivals, row: Ints, reason: npt.NDArray[np.int8]) -> None:
    """Say of readings that are stored now whether their energy counts or is parked (`reason` is the kernel's)."""
    parked = (reason != NONE) & (reason != ROLLOVER)
    fresh = arrivals.outcome[row] == ACCEPTED
    arrivals.outcome[row[parked & fresh]] = PARKED
    arrivals.why[row[parked]] = OF_KERNEL[reason[parked]]


def in_order(memory: PartitionMemory, arrivals: Arrivals, found: Winners, changes: Changes) -> set[int]:
    """Work out readings that are later than anything stored of their series.

    Returns the series that this path can't handle, because their register fell; then nothing that it did may be used.
    """
    if len(found) == 0:
        return set()
    last_t, last_v = memory.last_t, memory.last_v
    if changes.last:
        last_t, last_v = last_t.copy(), last_v.copy()
        for last in changes.last:
            last_t[last[0]], last_v[last[0]] = last[1:]
    place = found.place
    head = np.r_[True, place[1:] != place[:-1]]
    before_t = np.where(head, last_t[place], np.r_[0, found.t[:-1]])
    before_v = np.where(head, last_v[place], np.r_[0, found.v[:-1]])
    first = before_t == NEVER
    before_t = np.where(first, found.t, before_t)
    parts = contributions(memory.rules, place, first, before_t, before_v, found.t, found.v, memory.verdicts)
    fell = (parts.reason == BACKWARDS) & (found.t > memory.rules.falls_since)
    low = [place for place, open_fall in changes.low.items() if open_fall]
    if low:
        fell |= np.isin(place, low)
    if fell.any():
        return set(place[fell].tolist())
    changes.add(memory.rules, place, found.t, parts, +1)
    changes.inserts.append(Rows(place, found.t, found.rank, found.v, parts.e))
    told(arrivals, found.row, parts.reason)
    tail = np.r_[place[1:] != place[:-1], True]
    changes.last.extend(
        zip(place[tail].tolist(), found.t[tail].tolist(), found.v[tail].tolist(), strict=True)
    )
    return set()
