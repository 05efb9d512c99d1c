"""Late, repeated and corrected readings: the slow way, which costs only what it touches.

Per cluster of a series one look-up fetches the reading before, what is stored in the range, and the reading after.
The change is contributions(after) − contributions(before) over that stretch, by the same kernel as the fast way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from services.energy.readings.arrivals import (
    ACCEPTED,
    DUPLICATE,
    OTHER_VALUE,
    REVISED,
    SAME_VALUE,
    SUPERSEDED,
    Arrivals,
)
from services.energy.readings.changes import Changes, Raised, Rows
from services.energy.readings.kernel import Flags, Ints, contributions
from services.energy.readings.memory import NEVER, PartitionMemory
from services.energy.readings.plan import Winners, order_key, superseded_by, told

_NEAR_SLOTS = 4
BEFORE, STORED, AFTER = range(3)


@dataclass(frozen=True, slots=True)
class Clusters:
    """Stretches of late readings to look up: place and first and last time of each; `of` says whose each row is."""

    place: Ints
    low: Ints
    high: Ints
    of: Ints


@dataclass(frozen=True, slots=True)
class Stretch:
    """Stored readings by cluster: role BEFORE, STORED or AFTER, sorted by (cluster's place, time)."""

    group: Ints
    role: Ints
    t: Ints
    rank: Ints
    v: Ints
    e: Ints


def clusters(memory: PartitionMemory, late: Winners) -> Clusters:
    """Late readings of one series that lie close to each other are looked up together.

    A look-up fetches everything in its range: over a wider gap two of them cost less than the readings between.
    """
    far = late.t[1:] - late.t[:-1] > _NEAR_SLOTS * memory.rules.slot[late.place[1:]]
    head = np.r_[True, (late.place[1:] != late.place[:-1]) | far]
    begin = np.flatnonzero(head)
    end = np.r_[begin[1:], len(late)] - 1
    return Clusters(late.place[begin], late.t[begin], late.t[end], np.cumsum(head) - 1)


def merge(found: Clusters, rows: Sequence[Any]) -> tuple[Stretch, Ints]:
    """The stored readings as columns, and for each cluster the group that it belongs to.

    Two clusters of a series are independent only if a stored reading that counts lies between them: else the one's
    change moves the other's "before". Such clusters make one group. No "after" counts as unbounded.
    """
    columns = [np.array(column, np.int64) for column in zip(*rows, strict=True)] if rows else None
    cluster, role, t, rank, v, e = columns or [np.zeros(0, np.int64)] * 6
    count = len(found.place)
    after = np.full(count, np.iinfo(np.int64).max)
    after[cluster[role == AFTER]] = t[role == AFTER]
    joined = np.zeros(count, np.bool_)
    joined[1:] = (found.place[1:] == found.place[:-1]) & (after[:-1] >= found.low[1:])
    group = np.cumsum(~joined) - 1
    inner_before = joined[cluster] & (role == BEFORE)
    inner_after = np.r_[joined[1:], False][cluster] & (role == AFTER)
    keep = ~(inner_before | inner_after)
    cluster, role, t, rank, v, e = (column[keep] for column in (cluster, role, t, rank, v, e))
    order = np.argsort(order_key(group[cluster], t), kind="stable")
    stretch = Stretch(group[cluster], role, t, rank, v, e)
    return take(stretch, order), group


def work_out(
    memory: PartitionMemory,
    arrivals: Arrivals,
    late: Winners,
    found: Clusters,
    rows: Sequence[Any],
    changes: Changes,
) -> None:
    """Settle late readings against what is stored and add what changes. `rows`: (cluster, role, t, rank, v, e)."""
    old, group_of = merge(found, rows)
    place_of = np.zeros(int(group_of[-1]) + 1, np.int64)
    place_of[group_of] = found.place
    group = group_of[found.of]
    new, touched = _settle(arrivals, late, group, old, place_of, changes)
    if not touched.any():
        return
    old, new = take(old, touched[old.group]), take(new, touched[new.group])
    reason = exchange(memory, old, new, place_of, changes)
    stored = touched[group] & np.isin(arrivals.outcome[late.row], (ACCEPTED, REVISED)) & (late.v >= 0)
    at = np.searchsorted(order_key(new.group, new.t), order_key(group[stored], late.t[stored]))
    told(arrivals, late.row[stored], reason[at])


def exchange(
    memory: PartitionMemory,
    old: Stretch,
    new: Stretch,
    place_of: Ints,
    changes: Changes,
    between: Callable[[], object] = lambda: None,
) -> npt.NDArray[np.int8]:
    """Put one stretch of readings in the place of another: takes away what the old one contributed, adds the new.

    Answers with the kernel's reason for each reading of the new one.
    `place_of` gives each group's series. `between` may change the rules by which the new one is worked out.
    Readings that only the old stretch has are the caller's to delete.
    """
    evaluate(memory, old, place_of, changes, -1)
    between()
    new_e, reason = evaluate(memory, new, place_of, changes, +1)
    list_rows(place_of, old, new, new_e, changes)
    _tails(place_of, new, changes)
    return reason


def _settle(
    arrivals: Arrivals, late: Winners, group: Ints, old: Stretch, place_of: Ints, changes: Changes
) -> tuple[Stretch, Flags]:
    """The stretch with the late readings in it, and which groups change at all."""
    touched = np.zeros(len(place_of), np.bool_)
    stored = np.flatnonzero(old.role == STORED)
    stored_key = order_key(old.group[stored], old.t[stored])
    key = order_key(group, late.t)
    at = np.searchsorted(stored_key, key)
    known = at < len(stored)
    known[known] = stored_key[at[known]] == key[known]
    match = stored[at[known]]
    of_known = np.flatnonzero(known)
    had_rank, had_v = old.rank[match], old.v[match]
    rank, v = late.rank[of_known], late.v[of_known]
    same = v == had_v
    wins = ~same & ((rank > had_rank) | ((rank == had_rank) & (v > had_v)))
    lost, row = ~same & ~wins, late.row[of_known]
    arrivals.outcome[row[same]], arrivals.why[row[same]] = DUPLICATE, SAME_VALUE
    arrivals.outcome[row[wins]], arrivals.why[row[wins]] = REVISED, OTHER_VALUE
    arrivals.outcome[row[lost]], arrivals.why[row[lost]] = SUPERSEDED, superseded_by(had_rank[lost])

    place = place_of[old.group[match]]
    again = same & (rank > had_rank)
    if again.any():
        changes.raised.append(Raised(place[again], old.t[match[again]], rank[again]))
    kept_rank, kept_v = np.where(wins, had_rank, rank), np.where(wins, had_v, v)
    columns = (place, old.t[match], kept_rank, kept_v)
    changes.history.extend(zip(*(column[~same].tolist() for column in columns), strict=True))

    new_rank, new_v = old.rank.copy(), old.v.copy()
    new_rank[match], new_v[match[wins]] = np.maximum(had_rank, rank), v[wins]
    touched[old.group[match[wins]]] = True
    added = ~known
    touched[group[added]] = True
    count = int(added.sum())
    new = Stretch(
        np.r_[old.group, group[added]],
        np.r_[old.role, np.full(count, STORED)],
        np.r_[old.t, late.t[added]],
        np.r_[new_rank, late.rank[added]],
        np.r_[new_v, late.v[added]],
        np.r_[old.e, np.zeros(count, np.int64)],
    )
    return take(new, np.argsort(order_key(new.group, new.t), kind="stable")), touched


def evaluate(
    memory: PartitionMemory, stretch: Stretch, place_of: Ints, changes: Changes, sign: int
) -> tuple[Ints, npt.NDArray[np.int8]]:
    """Contributions of the stretch's counting readings; answers with own-hour energy and reason of each reading."""
    counts = np.flatnonzero(stretch.v >= 0)
    group, t, v = stretch.group[counts], stretch.t[counts], stretch.v[counts]
    # The reading before is the one before in its group: BEFORE itself is there only to be that.
    first = np.r_[True, group[1:] != group[:-1]] if len(group) else np.zeros(0, np.bool_)
    evaluated = stretch.role[counts] != BEFORE
    before_t, before_v = np.r_[0, t[:-1]][: len(t)], np.r_[0, v[:-1]][: len(t)]
    before_t = np.where(first, t, before_t)
    place = place_of[group]
    parts = contributions(
        memory.rules,
        place[evaluated],
        first[evaluated],
        before_t[evaluated],
        before_v[evaluated],
        t[evaluated],
        v[evaluated],
        memory.verdicts,
    )
    changes.add(memory.rules, place[evaluated], t[evaluated], parts, sign)
    e = np.zeros(len(stretch.t), np.int64)
    e[counts[evaluated]] = parts.e
    reason = np.zeros(len(stretch.t), np.int8)
    reason[counts[evaluated]] = parts.reason
    return e, reason


def list_rows(place_of: Ints, old: Stretch, new: Stretch, new_e: Ints, changes: Changes) -> None:
    """Which rows are new, and which of the stored ones differ now: the reading after is among these."""
    old_key, new_key = order_key(old.group, old.t), order_key(new.group, new.t)
    at = np.searchsorted(old_key, new_key)
    known = at < len(old_key)
    known[known] = old_key[at[known]] == new_key[known]
    place = place_of[new.group]

    def rows(chosen: Flags) -> Rows:
        return Rows(place[chosen], new.t[chosen], new.rank[chosen], new.v[chosen], new_e[chosen])

    if not known.all():
        changes.inserts.append(rows(~known))
    was = at[known]
    differs = np.zeros(len(known), np.bool_)
    differs[known] = (
        (old.rank[was] != new.rank[known]) | (old.v[was] != new.v[known]) | (old.e[was] != new_e[known])
    ) & (new.role[known] != BEFORE)
    if differs.any():
        changes.updates.append(rows(differs))


def _tails(place_of: Ints, new: Stretch, changes: Changes) -> None:
    """Where nothing that counts is stored after the stretch, its last counting reading is the series' last."""
    bounded = np.zeros(len(place_of), np.bool_)
    bounded[new.group[new.role == AFTER]] = True
    counts = (new.v >= 0) & ~bounded[new.group]
    last = {}
    for group, t, v in zip(
        new.group[counts].tolist(), new.t[counts].tolist(), new.v[counts].tolist(), strict=True
    ):
        last[group] = (t, v)
    for group in np.unique(new.group[~bounded[new.group]]).tolist():
        t, v = last.get(group, (None, 0))
        place = int(place_of[group])
        changes.last.append((place, NEVER if t is None else t, v))


def take(stretch: Stretch, chosen: Ints | Flags) -> Stretch:
    """The chosen rows of a stretch."""
    return Stretch(
        stretch.group[chosen],
        stretch.role[chosen],
        stretch.t[chosen],
        stretch.rank[chosen],
        stretch.v[chosen],
        stretch.e[chosen],
    )
