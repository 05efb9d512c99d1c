"""The rules of `services.energy.common.registers` on columns: what each reading contributes, given the one before.

A reading's contribution is a function of the pair (reading before it, reading) and of its series, and of
nothing else; around a fall, of the stretch that `readings.falls` judges. That is what makes the sums independent of
the order of arrival: whatever changes, the change of a sum is contributions(after) − contributions(before), by this
one kernel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from services.energy.common.registers import HOUR, LONGEST_GAP, MOST_HELD, PARKED, Reason, Verdict

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

NONE, JUMP, BACKWARDS, GAP, ROLLOVER, BEYOND, AFTER_FALL, GLITCH = range(8)
NEAREST = 4
"""A tolerance is at most a fourth of a slot: a later reading counts as one of the next slot."""
NO_VERDICTS: Mapping[tuple[int, int, int], Verdict] = MappingProxyType({})
REASONS: tuple[Reason | None, ...] = (
    None,
    Reason.JUMP,
    Reason.BACKWARDS,
    Reason.GAP,
    Reason.ROLLOVER,
    Reason.BEYOND,
    Reason.AFTER_FALL,
    Reason.GLITCH,
)
PARKS = np.array([reason in PARKED for reason in REASONS])
"""Whether an interval's energy is parked, by the number of its reason."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Of each series, by its place in the partition's memory: what the kernel needs to know.

    `factor` is steps of energy per 1e-6 of the meter's unit, `unit` steps in one of the carrier's unit. `modulus`
    and `capacity` 0 stand for "none" and "not known"; `cut` says whether energy is cut at hours (daily and monthly
    figures aren't: they belong to the day and month that they end in).
    """

    register: Flags
    slot: Ints
    factor: Ints
    unit: Ints
    modulus: Ints
    capacity: Ints
    bound: Ints
    resolution: Ints
    cut: Flags
    milli_until: int = 0
    """Intervals that end up to here (epoch seconds) are cut at hours in whole 1/1000 of the carrier's unit, as release
    517f57c did: what it has stored stays what this kernel makes of it."""
    falls_since: int = 0
    """A register's fall after this moment (epoch seconds) is judged with the readings that follow (`readings.falls`);
    an earlier one by itself."""
    tolerances: tuple[tuple[int, int], ...] = ()
    """(since, seconds), ordered: how long after its slot's end a reading may be taken, for times from `since` on."""

    bounds_before: Sequence[tuple[int, Ints]] = ()
    """Bounds that held earlier, as (last second, bound of each series), the earliest first."""

    def bound_at(self, place: Ints, t: Ints) -> Ints:
        """Each reading's bound, by its own time."""
        bound = self.bound[place]
        for until, earlier in reversed(self.bounds_before):
            then = t <= until
            if then.any():
                bound = np.where(then, earlier[place], bound)
        return bound


NO_COLUMNS = {"milli_until", "falls_since", "tolerances", "bounds_before"}
RULES = tuple(name for name in Rules.__slots__ if name not in NO_COLUMNS)
"""The columns of the rules."""


@dataclass(frozen=True, slots=True)
class Contributions:
    """Per reading: energy counted, own-hour part `e`, why energy is apart, whether a slot is measured.

    `change` is the register's difference (or the quantity) in 1e-6 of the unit: change × factor − energy is apart.
    `hour` is the hour number of t; `spread` marks energy from an interval that spans missing slots.
    `spill_row` gives, for each piece in another hour, the reading that it belongs to.
    """

    energy: Ints
    e: Ints
    change: Ints
    reason: npt.NDArray[np.int8]
    present: npt.NDArray[np.bool_]
    spread: Flags
    start: Ints
    hour: Ints
    spill_row: Ints
    spill_hour: Ints
    spill_e: Ints
    moved: Ints
    """Readings whose slot ends in an hour before their own, and that hour: there they are present."""
    moved_hour: Ints


def contributions(
    rules: Rules,
    place: Ints,
    first: Flags,
    before_t: Ints,
    before_v: Ints,
    t: Ints,
    v: Ints,
    verdicts: Mapping[tuple[int, int, int], Verdict] = NO_VERDICTS,
    given: npt.NDArray[np.int8] | None = None,
) -> Contributions:
    """What each reading (row) contributes. All columns have one length; `place` points into `rules`.

    `first`: no reading before it (then `before_*` are not looked at). `verdicts` are those of persons on
    parked intervals, by (place, start, end). `given`: reasons that are known from what lies around, or NONE.
    """
    register = rules.register[place]
    slot = rules.slot[place]
    factor = rules.factor[place]

    start = np.where(register, before_t, t - slot)
    start = np.where(register & first, t, start)
    length = t - start
    before = np.where(register, np.where(first, v, before_v), 0)
    change = v - before
    held = np.abs(change) <= MOST_HELD // factor
    raw = np.where(held, change, 0) * factor
    granted = rules.resolution[place] * factor
    capacity = rules.capacity[place]

    reason = np.zeros(len(t), np.int8)
    reason[(capacity > 0) & (raw > _passing(capacity, length) + granted)] = JUMP
    reason[register & (length > LONGEST_GAP)] = GAP
    # Energy below the bound of a single second, as nearly all is, needs no closer check.
    bound = rules.bound_at(place, t)
    doubtful = np.flatnonzero(~held | (raw > bound // HOUR))
    if len(doubtful):
        most = _passing(bound[doubtful], length[doubtful]) + granted[doubtful]
        reason[doubtful[(raw[doubtful] > most) | ~held[doubtful]]] = BEYOND
    energy = raw.copy()
    fell = np.flatnonzero(register & ~first & (change < 0))
    if len(fell):
        at, long = place[fell], length[fell]
        gone = change[fell] + rules.modulus[at]
        fits = gone <= MOST_HELD // factor[fell]
        passed = np.where(fits, gone, 0) * factor[fell]
        can_roll = fits & (rules.modulus[at] > before[fell])
        can_roll &= passed <= _passing(bound[fell], long) + granted[fell]
        plausible = (capacity[fell] > 0) & (passed <= _passing(capacity[fell], long) + granted[fell])
        told = _told(Verdict.ROLLOVER, verdicts, at, start[fell], t[fell])
        rolled = can_roll & ((plausible & (long <= LONGEST_GAP)) | told)
        reason[fell] = np.where(rolled, ROLLOVER, BACKWARDS)
        energy[fell[rolled]] = passed[rolled]
    if given is not None:
        reason = np.where(given != NONE, given, reason)
    parked = np.flatnonzero((reason != NONE) & (reason != ROLLOVER))
    if len(parked):
        told = _told(Verdict.SO, verdicts, place[parked], start[parked], t[parked])
        told &= (reason[parked] == JUMP) | (reason[parked] == GAP)
        reason[parked[told]] = NONE
        parked = parked[~told]
        energy[parked] = 0

    # Slots are counted in epoch seconds: whole divisors of 8 h, or whole days below, agree with +08:00.
    slot_now, slot_before = _slot(rules, t, slot), _slot(rules, before_t, slot)
    # The first reading of a register measures nothing yet: its slot is as unknown as those before it.
    present = (first & ~register) | (~first & (slot_now != slot_before))
    # Nor does one whose energy is parked.
    present[parked] = False
    spread = register & ~first & (slot_now - slot_before > 1)

    hour = (t - 1) // HOUR
    slot_end = (slot_now + 1) * slot - 8 * HOUR
    moved = np.flatnonzero(present & (hour * HOUR >= slot_end))
    boundary = hour * HOUR
    crosses = np.flatnonzero((start < boundary) & (energy != 0) & rules.cut[place])
    e = energy.copy()
    if len(crosses) == 0:
        empty = np.zeros(0, np.int64)
        spill_row, spill_hour, spill_e = empty, empty, empty
    else:
        grain = np.where(t[crosses] <= rules.milli_until, rules.unit[place[crosses]] // 1000, 1)
        whole = energy[crosses] // grain
        e[crosses] -= _up_to(whole, length[crosses], boundary[crosses] - start[crosses]) * grain
        spill_row, spill_hour, spill_e = _spill(crosses, whole, grain, start, length, hour)
    return Contributions(
        energy, e, change, reason, present, spread, start, hour, spill_row, spill_hour, spill_e,
        moved, (slot_end[moved] - 1) // HOUR,
    )  # fmt: skip


def _passing(per_hour: Ints, length: Ints) -> Ints:
    """per_hour × length / HOUR, rounded down; where that leaves what can be held, the most that can be."""
    whole, rest = np.divmod(per_hour, HOUR)
    most = np.minimum(whole * length + rest * length // HOUR, MOST_HELD)
    return np.where(whole > MOST_HELD // np.maximum(length, 1), MOST_HELD, most)


def _told(
    verdict: Verdict, verdicts: Mapping[tuple[int, int, int], Verdict], place: Ints, start: Ints, t: Ints
) -> Flags:
    """Which intervals have this verdict; they are few, and most batches have none."""
    if not verdicts:
        return np.zeros(len(t), np.bool_)
    keys = zip(place.tolist(), start.tolist(), t.tolist(), strict=True)
    return np.fromiter((verdicts.get(key) is verdict for key in keys), np.bool_, len(t))


def _slot(rules: Rules, t: Ints, slot: Ints) -> Ints:
    """Number of the slot (start, end] that t belongs to, counted in +08:00: late by the tolerance is in time."""
    if rules.tolerances:
        since, seconds = zip(*rules.tolerances, strict=True)
        late = np.array((0, *seconds), np.int64)[np.searchsorted(since, t, side="right")]
        t = t - np.minimum(late, slot // NEAREST)
    return (t + 8 * HOUR - 1) // slot


def _up_to(energy: Ints, length: Ints, seconds: Ints) -> Ints:
    """`registers.up_to` on columns: telescopes, and stays inside int64."""
    return energy // length * seconds + energy % length * seconds // length


def _spill(
    crosses: Ints, whole: Ints, grain: Ints, start: Ints, length: Ints, hour: Ints
) -> tuple[Ints, Ints, Ints]:
    """The pieces in the hours before the last one, as (row, hour, energy): `whole` grains are cut."""
    begun = start[crosses]
    first_hour = begun // HOUR
    count = hour[crosses] - first_hour
    row = np.repeat(crosses, count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    at = np.repeat(first_hour, count) + nth
    total, size = np.repeat(whole, count), np.repeat(grain, count)
    span, since = length[row], start[row]
    upper = _up_to(total, span, (at + 1) * HOUR - since)
    lower = _up_to(total, span, np.maximum(at * HOUR - since, 0))
    return row, at, (upper - lower) * size
