"""What a register's readings say about energy: the rules, one interval at a time.

The worker applies the same rules to columns (`services.energy.readings.kernel`); a property test holds the two
together. Integers throughout: quantities in 1/1000 of the carrier's unit, times in whole epoch seconds, an
interval is (start, end], so that a reading at 00:00 belongs to the day before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

HOUR = 3600
LONGEST_GAP = 31 * 24 * HOUR
"""Energy is not spread over a longer gap: it is parked until a person has looked at it."""


class Reason(StrEnum):
    """Why a register difference is not simply energy."""

    JUMP = "jump"  # more than can pass: parked
    BACKWARDS = "backwards"  # fell, and no rollover explains it: parked
    GAP = "gap"  # spans more than 31 days: parked
    ROLLOVER = "rollover"  # passed its highest value: counted, and the modulus is named beside it


@dataclass(frozen=True, slots=True)
class Register:
    """How a meter's counter (累计表) turns into energy.

    Energy is value × ratio_num / ratio_den, rounded down *at each reading*, so that differences telescope.
    `modulus` and `resolution` are in 1/1000 unit before the ratio, `capacity` per hour and after it.
    """

    ratio_num: int = 1
    ratio_den: int = 1
    modulus: int | None = None
    capacity: int | None = None
    resolution: int = 0

    def energy_at(self, value: int) -> int:
        """The register as energy, in 1/1000 unit."""
        return value * self.ratio_num // self.ratio_den

    def most_in(self, seconds: int) -> int | None:
        """The most that can have passed in a time; None if the capacity isn't known."""
        if self.capacity is None:
            return None
        return self.capacity * seconds // HOUR + self.resolution * self.ratio_num // self.ratio_den


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
    raw = register.energy_at(now) - register.energy_at(before)
    most = register.most_in(end - start)
    if now < before:
        if register.modulus is not None and before < register.modulus:
            passed = register.energy_at(now + register.modulus) - register.energy_at(before)
            plausible = most is not None and passed <= most and end - start <= LONGEST_GAP
            if plausible or verdict is Verdict.ROLLOVER:
                return Difference(passed, raw - passed, Reason.ROLLOVER)
        return Difference(0, raw, Reason.BACKWARDS)
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
    raw = register.energy_at(value)
    most = register.most_in(seconds)
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
