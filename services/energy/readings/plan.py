"""The batch step, steps 1 to 5: sort, settle conflicts, drop what is known, and split into in-order and late.

In-order readings (later than anything stored of their series) need nothing from the database: the reading before
them is in memory. Late ones go through `late.py`. Both use the same kernel.
"""

from dataclasses import dataclass

import numpy as np

from services.energy.readings.arrivals import ACCEPTED, DUPLICATE, QUARANTINED, SUPERSEDED, Arrivals
from services.energy.readings.changes import Changes, Rows
from services.energy.readings.kernel import Flags, Ints, contributions
from services.energy.readings.memory import NEVER, PartitionMemory

_T_BITS = 34
_T_MASK = (1 << _T_BITS) - 1


@dataclass(frozen=True, slots=True)
class Winners:
    """One row per (series, time) of the batch, sorted by it; `row` is the row of the arrivals."""

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
    """Settle conflicts inside the batch: the greatest (rank, value) counts, the others go to the history.

    Of equal ones the earliest received counts and the others are duplicates.
    """
    row = np.flatnonzero(arrivals.outcome != QUARANTINED)
    key = order_key(arrivals.place[row], arrivals.t[row])
    order = np.argsort(key, kind="stable")
    key = key[order]
    last = np.r_[key[1:] != key[:-1], True] if len(key) else np.zeros(0, np.bool_)
    if not last.all():
        row, last = _settled(arrivals, row, key, changes)
    else:
        row = row[order]
    row = row[last]
    return Winners(row, arrivals.place[row], arrivals.t[row], arrivals.rank[row], arrivals.v[row])


def _settled(arrivals: Arrivals, row: Ints, key: Ints, changes: Changes) -> tuple[Ints, Flags]:
    """Sort so that the reading that counts is the last of its group; say what becomes of the others."""
    order = np.lexsort(
        (
            -row,  # two POSTs of one moment of the Clock: in the order of their arrival
            -arrivals.received_at[row],
            arrivals.v[row],
            arrivals.rank[row],
            order_key(arrivals.place[row], arrivals.t[row]),
        )
    )
    row = row[order]
    last = np.r_[key[1:] != key[:-1], True]
    group = np.cumsum(last) - last
    winner = row[last][group]
    same = (arrivals.rank[row] == arrivals.rank[winner]) & (arrivals.v[row] == arrivals.v[winner])
    arrivals.outcome[row[~last & same]] = DUPLICATE
    lost = row[~last & ~same]
    arrivals.outcome[lost] = SUPERSEDED
    columns = (arrivals.place, arrivals.t, arrivals.rank, arrivals.v)
    changes.history.extend(zip(*(column[lost].tolist() for column in columns), strict=True))
    return row, last


def drop_known(memory: PartitionMemory, arrivals: Arrivals, found: Winners) -> Winners:
    """Drop exact repeats of what the ring remembers, without asking the database."""
    known = (found.rank == 0) & memory.in_ring(found.place, found.t, found.v)
    if not known.any():
        return found
    arrivals.outcome[found.row[known]] = DUPLICATE
    return found.where(~known)


def split(memory: PartitionMemory, found: Winners) -> tuple[Winners, Winners]:
    """(late, in order). A series that gets a void goes the general way as a whole: it may empty its own tail."""
    late = found.t <= memory.known_t[found.place]
    void = found.v < 0
    if void.any():
        late |= np.isin(found.place, found.place[void])
    return found.where(late), found.where(~late)


def in_order(memory: PartitionMemory, arrivals: Arrivals, found: Winners, changes: Changes) -> None:
    """Work out readings that are later than anything stored of their series."""
    if len(found) == 0:
        return
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
    changes.add(place, parts, +1)
    changes.note_irregular(place, found.t, parts)
    changes.inserts.append(Rows(place, found.t, found.rank, found.v, parts.e))
    arrivals.outcome[found.row] = ACCEPTED
    tail = np.r_[place[1:] != place[:-1], True]
    changes.last.extend(
        zip(place[tail].tolist(), found.t[tail].tolist(), found.v[tail].tolist(), strict=True)
    )
