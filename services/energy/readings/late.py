"""Late, repeated and corrected readings: the slow path, whose cost depends only on what it touches.

Per cluster of a series one look-up fetches the reading before, what is stored in the range, and the reading after;
where a register fell, from before the fall to where it is settled. The change is contributions(after) −
contributions(before) over that stretch, by the same kernel as the fast way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from services.energy.common.registers import HOUR, Verdict
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
from services.energy.readings.falls import Judged, judge
from services.energy.readings.kernel import (
    BACKWARDS,
    BEYOND,
    GLITCH,
    JUMP,
    Contributions,
    Flags,
    Ints,
    contributions,
)
from services.energy.readings.memory import NEVER, PartitionMemory
from services.energy.readings.plan import Winners, order_key, superseded_by, told

_NEAR_SLOTS = 4
BEFORE, STORED, AFTER, DOUBTED = range(4)
"""DOUBTED comes from the store only: a reading before whose level isn't believed."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Stretches of late readings to look up: place and first and last time of each; `of` says whose each row is."""

    place: Ints
    low: Ints
    high: Ints
    of: Ints


@dataclass(frozen=True, slots=True)
class Stretch:
    """Stored readings by cluster: role BEFORE, STORED or AFTER, sorted by (cluster's place, time). `doubted`: a
    reading before whose level isn't believed."""

    group: Ints
    role: Ints
    t: Ints
    rank: Ints
    v: Ints
    e: Ints
    doubted: Flags


@dataclass(frozen=True, slots=True)
class Worked:
    """The contributions of a stretch's counting readings (`rows`), and the groups with something open at their end."""

    rows: Ints
    parts: Contributions
    low: set[int]
    doubted: set[int]


def clusters(memory: PartitionMemory, late: Winners) -> Clusters:
    """Late readings of one series that lie close to each other are looked up together.

    A look-up fetches everything in its range: over a wider gap two of them cost less than the readings between.
    """
    far = late.t[1:] - late.t[:-1] > _NEAR_SLOTS * memory.rules.slot[late.place[1:]]
    head = np.r_[True, (late.place[1:] != late.place[:-1]) | far]
    begin = np.flatnonzero(head)
    end = np.r_[begin[1:], len(late)] - 1
    return Clusters(late.place[begin], late.t[begin], late.t[end], np.cumsum(head) - 1)


def further(seconds: int) -> int:
    """Seconds of following readings to look up next, when `seconds` weren't enough."""
    return 4 * seconds or 4 * HOUR


def wider(found: Clusters, seconds: Mapping[int, int]) -> Clusters:
    """The same clusters, extended by `seconds` for the series named there (by place)."""
    if not seconds:
        return found
    more = np.array([seconds.get(place, 0) for place in found.place.tolist()], np.int64)
    return replace(found, high=found.high + more)


def merge(found: Clusters, rows: Sequence[Any]) -> tuple[Stretch, Ints]:
    """The stored readings as columns, and for each cluster the group that it belongs to.

    Two clusters of a series are independent only if a stored reading that counts lies between them: else the one's
    change moves the other's "before". Such clusters make one group. No "after" counts as unbounded.
    """
    columns = [np.array(column, np.int64) for column in zip(*rows, strict=True)] if rows else None
    cluster, role, t, rank, v, e = columns or [np.zeros(0, np.int64)] * 6
    doubted = role == DOUBTED
    role = np.where(doubted, BEFORE, role)
    count = len(found.place)
    before, after = np.full(count, NEVER), np.full(count, np.iinfo(np.int64).max)
    before[cluster[role == BEFORE]] = t[role == BEFORE]
    after[cluster[role == AFTER]] = t[role == AFTER]
    joined = np.zeros(count, np.bool_)
    joined[1:] = (found.place[1:] == found.place[:-1]) & (
        (after[:-1] >= found.low[1:]) | (before[1:] <= found.high[:-1])
    )
    group = np.cumsum(~joined) - 1
    inner_before = joined[cluster] & (role == BEFORE)
    inner_after = np.r_[joined[1:], False][cluster] & (role == AFTER)
    keep = np.flatnonzero(~(inner_before | inner_after))
    # What two joined clusters both have is there once.
    key = order_key(group[cluster[keep]], t[keep])
    order = keep[np.unique(key, return_index=True)[1]]
    stretch = Stretch(group[cluster], role, t, rank, v, e, doubted)
    return take(stretch, order), group


def work_out(
    memory: PartitionMemory,
    arrivals: Arrivals,
    late: Winners,
    found: Clusters,
    rows: Sequence[Any],
    changes: Changes,
) -> set[int]:
    """Settle late readings against what is stored and add what changes. `rows`: (cluster, role, t, rank, v, e).

    Returns the series that must be worked out again with a longer stretch of following readings.
    """
    old, group_of = merge(found, rows)
    place_of = np.zeros(int(group_of[-1]) + 1, np.int64)
    place_of[group_of] = found.place
    group = group_of[found.of]
    new, touched = _settle(arrivals, late, group, old, place_of, changes)
    if not touched.any():
        return set()
    old, new = take(old, touched[old.group]), take(new, touched[new.group])
    reason = exchange(memory, old, new, place_of, changes)
    if isinstance(reason, set):
        return {int(place_of[each]) for each in reason}
    stored = touched[group] & np.isin(arrivals.outcome[late.row], (ACCEPTED, REVISED)) & (late.v >= 0)
    at = np.searchsorted(order_key(new.group, new.t), order_key(group[stored], late.t[stored]))
    told(arrivals, late.row[stored], reason[at])
    return set()


def exchange(
    memory: PartitionMemory,
    old: Stretch,
    new: Stretch,
    place_of: Ints,
    changes: Changes,
    between: Callable[[], object] = lambda: None,
) -> npt.NDArray[np.int8] | set[int]:
    """Put one stretch of readings in the place of another: takes away what the old one contributed, adds the new.

    Returns the kernel's reason for each reading of the new one; or, having done nothing, the groups in which the
    readings after the stretch may change too, so that a longer stretch is needed. `place_of` gives each group's series.
    `between` may change the rules by which the new one is worked out. Readings that only the old stretch has are the
    caller's to delete.
    """
    before = work(memory, old, place_of)
    between()
    after = work(memory, new, place_of)
    follows = (
        set(new.group[new.role == AFTER].tolist()) if after.low or before.doubted or after.doubted else set()
    )
    if wide := follows & (after.low | (before.doubted ^ after.doubted)):
        return wide
    _add(memory, old, place_of, before, changes, -1)
    new_e, reason = _add(memory, new, place_of, after, changes, +1)
    list_rows(place_of, old, new, new_e, changes)
    _tails(place_of, new, after.low, changes)
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
        np.r_[old.doubted, np.zeros(count, np.bool_)],
    )
    return take(new, np.argsort(order_key(new.group, new.t), kind="stable")), touched


def work(memory: PartitionMemory, stretch: Stretch, place_of: Ints) -> Worked:
    """Contributions of the stretch's counting readings."""
    counts = np.flatnonzero(stretch.v >= 0)
    group, t, v, place = (
        stretch.group[counts],
        stretch.t[counts],
        stretch.v[counts],
        place_of[stretch.group[counts]],
    )
    # Each row's predecessor is the previous row of its group; rows with the role BEFORE are there only as predecessors.
    first = np.r_[True, group[1:] != group[:-1]] if len(group) else np.zeros(0, np.bool_)
    rows = np.flatnonzero(stretch.role[counts] != BEFORE)
    before = np.maximum(np.arange(len(counts)) - 1, 0)

    def parts(given: npt.NDArray[np.int8] | None = None) -> Contributions:
        of, at = place[rows], before[rows]
        from_t, from_v = np.where(first[rows], t[rows], t[at]), v[at]
        if given is not None:
            # A glitch is measured from itself, so that it contributes nothing.
            from_v = np.where(given[rows] == GLITCH, v[rows], from_v)
            given = given[rows]
        return contributions(
            memory.rules, of, first[rows], from_t, from_v, t[rows], v[rows], memory.verdicts, given
        )

    found = parts()
    reason = np.zeros(len(counts), np.int8)
    reason[rows] = found.reason
    fallen = np.unique(group[(reason == BACKWARDS) & (t > memory.rules.falls_since)])
    low: set[int] = set()
    if len(fallen):
        given = np.zeros(len(counts), np.int8)
        for each in fallen.tolist():
            run = np.flatnonzero(group == each)
            judged = _judged(
                memory, int(place_of[each]), t[run], v[run], reason[run], stretch.doubted[counts[run[0]]]
            )
            given[run[list(judged.given)]] = list(judged.given.values())
            before[run[list(judged.before)]] = run[list(judged.before.values())]
            if judged.low:
                low.add(each)
        found = parts(given)
        reason[rows] = found.reason
    last = np.flatnonzero(np.r_[group[1:] != group[:-1], True][: len(group)])
    doubted = last[np.isin(reason[last], (JUMP, BEYOND)) | stretch.doubted[counts[last]]]
    return Worked(counts[rows], found, low, set(group[doubted].tolist()))


def _judged(
    memory: PartitionMemory, place: int, t: Ints, v: Ints, reason: npt.NDArray[np.int8], doubted: bool
) -> Judged:
    """The falls of one series."""

    def told(row: int) -> bool:
        return memory.verdicts.get((place, int(t[row - 1]), int(t[row]))) is Verdict.SO

    def measured(a: int, b: int) -> int:
        one, not_first = np.array([place]), np.zeros(1, np.bool_)
        pair = (t[a : a + 1], v[a : a + 1], t[b : b + 1], v[b : b + 1])
        return int(contributions(memory.rules, one, not_first, *pair, memory.verdicts).reason[0])

    columns = (t.tolist(), v.tolist(), reason.tolist())
    return judge(*columns, memory.rules.falls_since, doubted, told, measured)


def evaluate(
    memory: PartitionMemory, stretch: Stretch, place_of: Ints, changes: Changes, sign: int
) -> tuple[Ints, npt.NDArray[np.int8]]:
    """Contributions of the stretch's counting readings; returns each reading's own-hour energy and reason."""
    return _add(memory, stretch, place_of, work(memory, stretch, place_of), changes, sign)


def _add(
    memory: PartitionMemory, stretch: Stretch, place_of: Ints, worked: Worked, changes: Changes, sign: int
) -> tuple[Ints, npt.NDArray[np.int8]]:
    place = place_of[stretch.group[worked.rows]]
    changes.add(memory.rules, place, stretch.t[worked.rows], worked.parts, sign)
    e = np.zeros(len(stretch.t), np.int64)
    e[worked.rows] = worked.parts.e
    reason = np.zeros(len(stretch.t), np.int8)
    reason[worked.rows] = worked.parts.reason
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


def _tails(place_of: Ints, new: Stretch, low: set[int], changes: Changes) -> None:
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
        changes.low[place] = group in low


def take(stretch: Stretch, chosen: Ints | Flags) -> Stretch:
    """The chosen rows of a stretch."""
    return Stretch(
        stretch.group[chosen],
        stretch.role[chosen],
        stretch.t[chosen],
        stretch.rank[chosen],
        stretch.v[chosen],
        stretch.e[chosen],
        stretch.doubted[chosen],
    )
