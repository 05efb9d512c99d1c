"""What one batch changes, worked out without touching anything: the store writes it, then the memory takes it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from services.energy.readings.kernel import NONE, REASONS, Contributions, Flags, Ints
from services.energy.readings.memory import NEVER, PartitionMemory, day_number


class Rows(NamedTuple):
    """Columns of readings: place, time, rank, value, own-hour energy."""

    place: Ints
    t: Ints
    rank: Ints
    v: Ints
    e: Ints


class Pieces(NamedTuple):
    """Changes of energy by series and hour. `own`: of a reading's own hour; the others are spilled pieces."""

    place: Ints
    hour: Ints
    e: Ints
    spread: Ints
    present: Ints


class Sums(NamedTuple):
    """Changes of a sum, in key order: index of (enterprise, carrier), hour or day number, amounts."""

    key: Ints
    at: Ints
    native: Ints
    spread: Ints
    present: Ints


Irregular = tuple[int, int, int, str, int]
"""(place, start, t, reason, energy apart)"""
Superseded = tuple[int, int, int, int]
"""(place, t, rank, value)"""

_EMPTY = np.zeros(0, np.int64)
NO_ROWS = Rows(_EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY)


@dataclass(slots=True)
class Changes:
    """All that a transaction writes for a batch, beside receipts and quarantine."""

    inserts: list[Rows] = field(default_factory=list)
    updates: list[Rows] = field(default_factory=list)
    own: list[Pieces] = field(default_factory=list)
    spilled: list[Pieces] = field(default_factory=list)
    regular_again: list[tuple[int, int]] = field(default_factory=list)
    irregular: list[Irregular] = field(default_factory=list)
    history: list[Superseded] = field(default_factory=list)
    last: list[tuple[int, int, int]] = field(default_factory=list)
    """(place, t, v): what the last counting reading of a series is now, where late readings decided it."""

    def add(self, place: Ints, parts: Contributions, sign: int) -> None:
        """Add (or, with sign −1, take away) the contributions of readings of these series."""
        spread = np.where(parts.spread, parts.e, 0)
        self.own.append(
            Pieces(place, parts.hour, sign * parts.e, sign * spread, sign * parts.present.astype(np.int64))
        )
        if len(parts.spill_row):
            row = parts.spill_row
            e = sign * parts.spill_e
            spread = np.where(parts.spread[row], e, 0)
            self.spilled.append(Pieces(place[row], parts.spill_hour, e, spread, np.zeros_like(e)))

    def note_irregular(self, place: Ints, t: Ints, parts: Contributions) -> None:
        """Put the intervals that are apart on the list."""
        for row in np.flatnonzero(parts.reason != NONE).tolist():
            reason = REASONS[parts.reason[row]]
            assert reason is not None  # noqa: S101 - NONE is filtered out above
            self.irregular.append(
                (int(place[row]), int(parts.start[row]), int(t[row]), reason.value, int(parts.apart[row]))
            )

    @property
    def empty(self) -> bool:
        """Whether the batch changes no reading and no sum."""
        return not (self.inserts or self.updates or self.history or self.own or self.irregular)


def hour_sums(memory: PartitionMemory, changes: Changes) -> Sums:
    """Changes by (enterprise, carrier) and hour; what changes nothing is left out."""
    pieces = _joined([*changes.own, *changes.spilled])
    key = memory.key[pieces.place] if len(pieces.place) else _EMPTY
    counted = key >= 0
    return _summed(
        key[counted],
        pieces.hour[counted],
        (pieces.e[counted], pieces.spread[counted], pieces.present[counted]),
    )


def day_sums(hours: Sums) -> Sums:
    """The same by day of +08:00."""
    return _summed(hours.key, day_number((hours.at + 1) * 3600), hours[2:], drop=False)


def spill_sums(changes: Changes) -> Sums:
    """Changes of spilled energy by series and hour: `key` is the place."""
    pieces = _joined(changes.spilled)
    return _summed(pieces.place, pieces.hour, (pieces.e, pieces.spread, pieces.present))


def _summed(key: Ints, at: Ints, amounts: tuple[Ints, ...], *, drop: bool = True) -> Sums:
    """Add up by (key, at), in key order. Integers, so that the order of addition is of no matter."""
    if len(key) == 0:
        return Sums(_EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY)
    combined = (key << 32) + at
    order = np.argsort(combined, kind="stable")
    combined = combined[order]
    begin = np.flatnonzero(np.r_[True, combined[1:] != combined[:-1]])
    native, spread, present = (np.add.reduceat(amount[order], begin) for amount in amounts)
    keep = (native != 0) | (spread != 0) | (present != 0) if drop else np.ones(len(begin), np.bool_)
    first = order[begin][keep]
    return Sums(key[first], at[first], native[keep], spread[keep], present[keep])


def _joined(parts: Iterable[Pieces]) -> Pieces:
    columns = list(zip(*parts, strict=True))
    if not columns:
        return Pieces(_EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY)
    return Pieces(*(np.concatenate(column) for column in columns))


def remember(memory: PartitionMemory, changes: Changes) -> None:
    """Let the memory know what was committed."""
    for rows in changes.inserts:
        np.maximum.at(memory.known_t, rows.place, rows.t)
    for last in changes.last:
        memory.last_t[last[0]], memory.last_v[last[0]] = last[1:]
    for rows in changes.updates:
        at = memory.ring_slots(rows.place, rows.t)
        same = memory.ring_t[rows.place, at] == rows.t
        memory.ring_t[rows.place[same], at[same]] = NEVER
    for rows in changes.inserts:
        keep: Flags = (rows.rank == 0) & (rows.v >= 0)
        _to_ring(memory, rows.place[keep], rows.t[keep], rows.v[keep])


def _to_ring(memory: PartitionMemory, place: Ints, t: Ints, v: Ints) -> None:
    at = memory.ring_slots(place, t)
    newer = t > memory.ring_t[place, at]
    # Rows stand in the order of time, so of two in one slot the later one stays.
    memory.ring_t[place[newer], at[newer]] = t[newer]
    memory.ring_v[place[newer], at[newer]] = v[newer]
