"""What a register's readings say about energy: the rules, one interval at a time.

The worker applies the same rules to columns (`services.energy.readings.kernel`); a property test holds the two
together. Integers throughout: a register in 1e-6 of its unit, energy in the series' step (`common.scale`), in which
register × factor is whole, times in whole epoch seconds. An interval is (start, end], so that a reading at 00:00
belongs to the day before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

HOUR = 3600
LONGEST_GAP = 31 * 24 * HOUR
"""Energy is not spread over a longer gap: it is parked until a person has looked at it."""
LONGEST_FALL = 7 * 24 * HOUR
"""Seconds after a fall until the register's new level is believed: what it shows from then on counts from there."""
RISES = 3
"""Consecutive rises, below the level before a fall, that make the fall plausible: the register counts again from the
last."""
MOST_HELD = 2**60
"""The most energy, in steps, that one interval can hold; a reading's value is held up to four times that."""


class Reason(StrEnum):
    """Why a register difference is not simply energy."""

    JUMP = "jump"  # more than can pass: parked
    BACKWARDS = "backwards"  # fell, and no rollover explains it: parked
    GAP = "gap"  # spans more than 31 days: parked
    ROLLOVER = "rollover"  # passed its highest value: counted, and the modulus is named beside it
    AFTER_FALL = "after_fall"  # follows a fall that nothing explains yet: parked with it
    GLITCH = (
        "glitch"  # the register came back to the level before: this reading is left aside, nothing is apart
    )
    BEYOND = (
        "beyond"  # more than anybody can use, or than can be counted: parked, and no verdict changes that
    )


PARKED = frozenset(Reason) - {Reason.ROLLOVER, Reason.GLITCH}
"""Reasons for which none of an interval's energy counts."""


@dataclass(frozen=True, slots=True)
class Register:
    """How a meter's counter (累计表) turns into energy: value × factor, which rounds nothing, so differences telescope.

    `modulus` and `resolution` are in 1e-6 of the unit, before the factor; `capacity` and `bound` are in steps of
    energy per hour. `bound` is what the carrier allows any meter, whatever its capacity.
    """

    factor: int = 1
    modulus: int | None = None
    capacity: int | None = None
    resolution: int = 0
    bound: int = MOST_HELD

    def most_in(self, seconds: int) -> int | None:
        """The most that can have passed in a time; None if the capacity isn't known."""
        return None if self.capacity is None else self._passing(self.capacity, seconds)

    def is_beyond(self, energy: int, seconds: int) -> bool:
        """Whether so much energy is more than the carrier allows, or than the store can hold."""
        return energy > min(MOST_HELD, self._passing(self.bound, seconds))

    def _passing(self, per_hour: int, seconds: int) -> int:
        return per_hour * seconds // HOUR + self.resolution * self.factor


@dataclass(frozen=True, slots=True)
class Difference:
    """What one interval contributes: `energy` to the sums, `apart` to the list of irregular intervals.

    energy + apart is always the difference of the register, so hours + parked + explicit changes = last − first.
    """

    energy: int
    apart: int = 0
    reason: Reason | None = None


class Verdict(StrEnum):
    """What a person found out about a parked interval."""

    SO = "so"  # the energy did pass
    ROLLOVER = "rollover"  # the register passed its highest value


def register_difference(
    register: Register, start: int, before: int, end: int, now: int, verdict: Verdict | None = None
) -> Difference:
    """The interval between two adjacent readings of a register; `verdict` if a person has looked at it."""
    raw = (now - before) * register.factor
    most = register.most_in(end - start)
    if now < before:
        if register.modulus is not None and before < register.modulus:
            passed = (now + register.modulus - before) * register.factor
            plausible = most is not None and passed <= most and end - start <= LONGEST_GAP
            believed = not register.is_beyond(passed, end - start)
            if believed and (plausible or verdict is Verdict.ROLLOVER):
                return Difference(passed, raw - passed, Reason.ROLLOVER)
        return Difference(0, raw, Reason.BACKWARDS)
    if register.is_beyond(raw, end - start):
        return Difference(0, raw, Reason.BEYOND)
    if verdict is Verdict.SO:
        return Difference(raw)
    if end - start > LONGEST_GAP:
        return Difference(0, raw, Reason.GAP)
    if most is not None and raw > most:
        return Difference(0, raw, Reason.JUMP)
    return Difference(raw)


def interval_quantity(
    register: Register, seconds: int, value: int, verdict: Verdict | None = None
) -> Difference:
    """The quantity of one interval (区间量), of `seconds` length: energy unless it is more than can pass."""
    raw = value * register.factor
    most = register.most_in(seconds)
    if register.is_beyond(raw, seconds):
        return Difference(0, raw, Reason.BEYOND)
    if most is not None and raw > most and verdict is not Verdict.SO:
        return Difference(0, raw, Reason.JUMP)
    return Difference(raw)


def up_to(energy: int, length: int, seconds: int) -> int:
    """How much of an interval's energy falls into its first `seconds`: F(b), rounded down.

    Differences of F telescope: the pieces add up to the energy exactly, wherever it is cut.
    """
    return energy // length * seconds + energy % length * seconds // length


def pieces(energy: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The interval's energy by hour number: hour h is (3600 h, 3600 (h + 1)]."""
    done = 0
    for hour in range(start // HOUR, (end - 1) // HOUR + 1):
        upto = up_to(energy, end - start, min(end, (hour + 1) * HOUR) - start)
        yield hour, upto - done
        done = upto
