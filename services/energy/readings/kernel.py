"""The rules of `services.energy.domain.registers` on columns: what each reading contributes, given the one before.

A reading's contribution is a function of the pair (reading before it, reading) and of its series, and of
nothing else. That is what makes the sums independent of the order of arrival: whatever changes, the change of
a sum is contributions(after) − contributions(before), by this one kernel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from services.energy.domain.registers import HOUR, LONGEST_GAP, Reason, Verdict

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

NONE, JUMP, BACKWARDS, GAP, ROLLOVER = range(5)
NO_VERDICTS: Mapping[tuple[int, int, int], Verdict] = MappingProxyType({})
REASONS: tuple[Reason | None, ...] = (None, Reason.JUMP, Reason.BACKWARDS, Reason.GAP, Reason.ROLLOVER)


@dataclass(frozen=True, slots=True)
class Rules:
    """Of each series, by its place in the partition's memory: what the kernel needs to know.

    `modulus` and `capacity` 0 stand for "none" and "not known"; `cut` says whether energy is cut at hours
    (daily and monthly figures aren't: they belong to the day and month that they end in).
    """

    register: Flags
    slot: Ints
    num: Ints
    den: Ints
    modulus: Ints
    capacity: Ints
    resolution: Ints
    cut: Flags


@dataclass(frozen=True, slots=True)
class Contributions:
    """Per reading: energy counted, own-hour part `e`, what is apart and why, whether a slot is measured.

    `hour` is the hour number of t; `spread` marks energy from an interval that spans missing slots.
    `spill_row` gives, for each piece in another hour, the reading that it belongs to.
    """

    energy: Ints
    e: Ints
    apart: Ints
    reason: npt.NDArray[np.int8]
    present: npt.NDArray[np.bool_]
    spread: Flags
    start: Ints
    hour: Ints
    spill_row: Ints
    spill_hour: Ints
    spill_e: Ints


def contributions(
    rules: Rules,
    place: Ints,
    first: Flags,
    before_t: Ints,
    before_v: Ints,
    t: Ints,
    v: Ints,
    verdicts: Mapping[tuple[int, int, int], Verdict] = NO_VERDICTS,
) -> Contributions:
    """What each reading (row) contributes. All columns have one length; `place` points into `rules`.

    `first`: no reading before it (then `before_*` are not looked at). `verdicts` are those of persons on
    parked intervals, by (place, start, end).
    """
    register = rules.register[place]
    slot = rules.slot[place]
    num, den = rules.num[place], rules.den[place]
    plain = bool((den == 1).all())

    def energy_at(value: Ints) -> Ints:
        return value * num if plain else value * num // den

    start = np.where(register, before_t, t - slot)
    start = np.where(register & first, t, start)
    length = t - start
    now = energy_at(v)
    before = np.where(register, energy_at(np.where(first, v, before_v)), 0)
    raw = now - before
    capacity = rules.capacity[place]
    # capacity × length // HOUR, without leaving int64 on the way.
    most = capacity * (length // HOUR) + capacity * (length % HOUR) // HOUR
    most += energy_at(rules.resolution[place])

    reason = np.zeros(len(t), np.int8)
    reason[(capacity > 0) & (raw > most)] = JUMP
    reason[register & (length > LONGEST_GAP)] = GAP
    energy = raw.copy()
    fell = np.flatnonzero(register & ~first & (v < before_v))
    if len(fell):
        at = place[fell]
        passed = (v[fell] + rules.modulus[at]) * rules.num[at] // rules.den[at] - before[fell]
        can_roll = rules.modulus[at] > before_v[fell]
        plausible = (rules.capacity[at] > 0) & (passed <= most[fell]) & (length[fell] <= LONGEST_GAP)
        told = _told(Verdict.ROLLOVER, verdicts, at, start[fell], t[fell])
        rolled = can_roll & (plausible | told)
        reason[fell] = np.where(rolled, ROLLOVER, BACKWARDS)
        energy[fell[rolled]] = passed[rolled]
    parked = np.flatnonzero((reason != NONE) & (reason != ROLLOVER))
    if len(parked):
        told = _told(Verdict.SO, verdicts, place[parked], start[parked], t[parked])
        told &= reason[parked] != BACKWARDS
        reason[parked[told]] = NONE
        energy[parked[~told]] = 0

    # Slots are counted in epoch seconds: whole divisors of 8 h, or whole days below, agree with +08:00.
    slot_now, slot_before = _slot(t, slot), _slot(before_t, slot)
    # The first reading of a register measures nothing yet: its slot is as unknown as those before it.
    present = (first & ~register) | (~first & (slot_now != slot_before))
    spread = register & ~first & (slot_now - slot_before > 1)

    hour = (t - 1) // HOUR
    boundary = hour * HOUR
    crosses = np.flatnonzero((start < boundary) & (energy != 0) & rules.cut[place])
    e = energy.copy()
    if len(crosses) == 0:
        empty = np.zeros(0, np.int64)
        spill_row, spill_hour, spill_e = empty, empty, empty
    else:
        inside = _up_to(energy[crosses], length[crosses], boundary[crosses] - start[crosses])
        e[crosses] -= inside
        spill_row, spill_hour, spill_e = _spill(crosses, energy, start, length, hour)
    return Contributions(
        energy, e, raw - energy, reason, present, spread, start, hour, spill_row, spill_hour, spill_e
    )


def _told(
    verdict: Verdict, verdicts: Mapping[tuple[int, int, int], Verdict], place: Ints, start: Ints, t: Ints
) -> Flags:
    """Which intervals have this verdict; they are few, and most batches have none."""
    if not verdicts:
        return np.zeros(len(t), np.bool_)
    keys = zip(place.tolist(), start.tolist(), t.tolist(), strict=True)
    return np.fromiter((verdicts.get(key) is verdict for key in keys), np.bool_, len(t))


def _slot(t: Ints, slot: Ints) -> Ints:
    """Number of the slot (start, end] that t lies in, counted in +08:00."""
    return (t + 8 * HOUR - 1) // slot


def _up_to(energy: Ints, length: Ints, seconds: Ints) -> Ints:
    """`registers.up_to` on columns: telescopes, and stays inside int64."""
    return energy // length * seconds + energy % length * seconds // length


def _spill(crosses: Ints, energy: Ints, start: Ints, length: Ints, hour: Ints) -> tuple[Ints, Ints, Ints]:
    """The pieces in the hours before the last one, as (row, hour, energy)."""
    begun = start[crosses]
    first_hour = begun // HOUR
    count = hour[crosses] - first_hour
    row = np.repeat(crosses, count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    at = np.repeat(first_hour, count) + nth
    total, span, since = energy[row], length[row], start[row]
    upper = _up_to(total, span, (at + 1) * HOUR - since)
    lower = _up_to(total, span, np.maximum(at * HOUR - since, 0))
    return row, at, upper - lower
