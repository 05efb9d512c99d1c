"""What one batch changes, worked out without touching anything: the store writes it, then the memory takes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from services.energy.common.registers import PARKED
from services.energy.common.scale import MOST_DECIMALS
from services.energy.readings.kernel import NONE, PARKS, REASONS, Contributions, Flags, Ints, Rules
from services.energy.readings.memory import NEVER, PartitionMemory, day_number
from services.energy.readings.ranks import CORRECTION


class Rows(NamedTuple):
    """Columns of readings: place, time, rank, value, own-hour energy."""

    place: Ints
    t: Ints
    rank: Ints
    v: Ints
    e: Ints


class Raised(NamedTuple):
    """Stored readings that came once more: they count by the rank of the last time."""

    place: Ints
    t: Ints
    rank: Ints


class Pieces(NamedTuple):
    """Changes of energy by series and hour. `own`: in the reading's own hour; otherwise a piece spilled into an earlier
    one."""

    place: Ints
    hour: Ints
    e: Ints
    spread: Ints
    present: Ints
    parked: Ints


class Sums(NamedTuple):
    """Changes of a sum, in key order: index of (enterprise, carrier), hour or day number, amounts.

    Energy stands in two columns, so that nothing a batch can hold overflows: whole units, and below them 1e-12 unit.
    """

    key: Ints
    at: Ints
    native: Ints
    native_pico: Ints
    spread: Ints
    spread_pico: Ints
    present: Ints
    parked: Ints
    """How many intervals are parked."""


class Spilled(NamedTuple):
    """Changes of spilled energy by series (its place) and hour, in the series' step."""

    place: Ints
    hour: Ints
    e: Ints
    spread: Ints


Irregular = tuple[int, int, int, str, int]
"""(place, start, t, reason, energy apart in the series' step)"""
Superseded = tuple[int, int, int, int]
"""(place, t, rank, value)"""

PICO = 10**MOST_DECIMALS
_EMPTY = np.zeros(0, np.int64)
NO_SUMS = Sums(*[_EMPTY] * len(Sums._fields))


@dataclass(slots=True)
class Changes:
    """All that a transaction writes for a batch, beside receipts and quarantine."""

    inserts: list[Rows] = field(default_factory=list)
    updates: list[Rows] = field(default_factory=list)
    raised: list[Raised] = field(default_factory=list)
    own: list[Pieces] = field(default_factory=list)
    spilled: list[Pieces] = field(default_factory=list)
    regular_again: list[tuple[int, int]] = field(default_factory=list)
    irregular: list[Irregular] = field(default_factory=list)
    history: list[Superseded] = field(default_factory=list)
    last: list[tuple[int, int, int]] = field(default_factory=list)
    """(place, t, v): what the last counting reading of a series is now, where late readings decided it."""
    low: dict[int, bool] = field(default_factory=dict)
    """By place: whether a fall is open after the last counting reading."""
    parked: list[tuple[int, int, int]] = field(default_factory=list)
    """(place, hour, energy): change of what is parked, in the series' step."""

    def add(self, rules: Rules, place: Ints, t: Ints, parts: Contributions, sign: int) -> None:
        """Add (or, with sign −1, take away) the contributions of readings of these series, and list what is apart."""
        spread = np.where(parts.spread, parts.e, 0)
        apart = np.flatnonzero(parts.reason != NONE)
        parked = np.zeros(len(t), np.int64)
        if len(apart):
            parked[apart[PARKS[parts.reason[apart]]]] = sign
            self._list(rules, place, t, parts, apart, sign)
        present = sign * parts.present.astype(np.int64)
        if len(moved := parts.moved):
            present[moved] = 0
            nothing = np.zeros_like(moved)
            there = np.full_like(moved, sign)
            self.own.append(Pieces(place[moved], parts.moved_hour, nothing, nothing, there, nothing))
        self.own.append(Pieces(place, parts.hour, sign * parts.e, sign * spread, present, parked))
        if len(parts.spill_row):
            row = parts.spill_row
            e = sign * parts.spill_e
            spread, nothing = np.where(parts.spread[row], e, 0), np.zeros_like(e)
            self.spilled.append(Pieces(place[row], parts.spill_hour, e, spread, nothing, nothing))

    def _list(self, rules: Rules, place: Ints, t: Ints, parts: Contributions, apart: Ints, sign: int) -> None:
        """The intervals that are apart. Python's integers: what is parked may be more than 64 bits hold."""
        columns = (place, t, parts.start, parts.hour, parts.reason, parts.energy, parts.change)
        factor = rules.factor[place[apart]].tolist()
        rows = zip(*(column[apart].tolist() for column in columns), factor, strict=True)
        for series, end, start, hour, number, energy, change, steps in rows:
            reason, e = REASONS[number], change * steps - energy
            assert reason is not None  # noqa: S101 - NONE is filtered out above
            if reason in PARKED:
                self.parked.append((series, hour, sign * e))
            if sign > 0:
                self.irregular.append((series, start, end, reason.value, e))
            else:
                self.regular_again.append((series, end))

    @property
    def empty(self) -> bool:
        """Whether the batch changes no reading and no sum."""
        return not (self.inserts or self.updates or self.raised or self.history or self.own or self.irregular)


def hour_sums(memory: PartitionMemory, changes: Changes, parked: Iterable[tuple[int, int]] = ()) -> Sums:
    """Changes by (enterprise, carrier) and hour; what changes nothing is left out, but not the `parked` ones."""
    pieces = _joined([*changes.own, *changes.spilled])
    if len(pieces.place) == 0:
        return NO_SUMS
    key = memory.key[pieces.place]
    counted = key >= 0
    if not counted.all():
        pieces, key = Pieces(*(column[counted] for column in pieces)), key[counted]
    if (memory.sign < 0).any():
        sign = memory.sign[pieces.place]
        pieces = pieces._replace(e=pieces.e * sign, spread=pieces.spread * sign)
    unit = memory.rules.unit[pieces.place]
    amounts = (*_parts(pieces.e, unit), *_parts(pieces.spread, unit), pieces.present, pieces.parked)
    return Sums(*_summed(key, pieces.hour, amounts, keep=[(key << 32) + hour for key, hour in parked]))


def day_sums(hours: Sums) -> Sums:
    """The same by day of +08:00."""
    return Sums(*_summed(hours.key, day_number((hours.at + 1) * 3600), hours[2:], drop=False))


def spill_sums(changes: Changes) -> Spilled:
    """Changes of spilled energy by series and hour."""
    pieces = _joined(changes.spilled)
    return Spilled(*_summed(pieces.place, pieces.hour, (pieces.e, pieces.spread)))


def parked_sums(memory: PartitionMemory, changes: Changes) -> dict[tuple[int, int], Decimal]:
    """Change of what is parked by (enterprise, carrier) and hour, in the carrier's unit."""
    found: dict[tuple[int, int], int] = {}
    for place, hour, e in changes.parked:
        key = int(memory.key[place])
        if key >= 0:
            e *= int(memory.sign[place])
            found[key, hour] = found.get((key, hour), 0) + e * (PICO // int(memory.rules.unit[place]))
    return {at: in_units(pico, PICO) for at, pico in found.items() if pico}


def in_units(e: int, unit: int) -> Decimal:
    """Energy in the carrier's unit, exactly, however much it is; `unit`: how many steps make one."""
    # Written out: a division would round at the context's 28 digits.
    return Decimal(f"{e}e-{len(str(unit)) - 1}")


def _parts(e: Ints, unit: Ints) -> tuple[Ints, Ints]:
    """Energy as whole units of the carrier and, below them, 1e-12 of it (never negative)."""
    if not e.any():
        return e, e
    whole, rest = np.divmod(e, unit)
    return whole, rest * (PICO // unit)


def _summed(
    key: Ints, at: Ints, amounts: Sequence[Ints], *, drop: bool = True, keep: Sequence[int] = ()
) -> list[Ints]:
    """Add up by (key, at), in key order. Integers, so the order of addition does not matter."""
    if len(key) == 0:
        return [_EMPTY] * (2 + len(amounts))
    combined = (key << 32) + at
    order = np.argsort(combined, kind="stable")
    combined = combined[order]
    begin = np.flatnonzero(np.r_[True, combined[1:] != combined[:-1]])
    sums = [np.add.reduceat(amount[order], begin) for amount in amounts]
    if drop:
        chosen = np.logical_or.reduce([each != 0 for each in sums])
        if keep:
            chosen |= np.isin(combined[begin], keep)
        begin, sums = begin[chosen], [each[chosen] for each in sums]
    first = order[begin]
    return [key[first], at[first], *sums]


def _joined(parts: Sequence[Pieces]) -> Pieces:
    if not parts:
        return Pieces(*[_EMPTY] * len(Pieces._fields))
    if len(parts) == 1:
        return parts[0]
    return Pieces(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def remember(memory: PartitionMemory, changes: Changes) -> None:
    """Apply the committed changes to the memory."""
    for rows in changes.inserts:
        np.maximum.at(memory.known_t, rows.place, rows.t)
    for last in changes.last:
        memory.last_t[last[0]], memory.last_v[last[0]] = last[1:]
    for place, low in changes.low.items():
        (memory.low.add if low else memory.low.discard)(place)
    for rows in changes.updates:
        at = memory.ring_slots(rows.place, rows.t)
        same = memory.ring_t[rows.place, at] == rows.t
        memory.ring_t[rows.place[same], at[same]] = NEVER
    for rows in changes.inserts:
        keep: Flags = (rows.rank < CORRECTION) & (rows.v >= 0)
        _to_ring(memory, rows.place[keep], rows.t[keep], rows.v[keep])


def _to_ring(memory: PartitionMemory, place: Ints, t: Ints, v: Ints) -> None:
    at = memory.ring_slots(place, t)
    newer = t > memory.ring_t[place, at]
    # Rows stand in the order of time, so of two in one slot the later one stays.
    memory.ring_t[place[newer], at[newer]] = t[newer]
    memory.ring_v[place[newer], at[newer]] = v[newer]
