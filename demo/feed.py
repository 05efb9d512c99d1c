"""What the demo's meters read: one day of quarter-hours per meter, exact to 1/1000, the same at every run.

Registers telescope: a day's readings depend only on the day, not on what was generated before, so the demo can
continue on any day.
"""

import hashlib
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from demo.world import FIRST_DAY, DemoMeter
from shared import clock

Ints = npt.NDArray[np.int64]
SLOTS = 96
SLOT_S = 900
_DAY_S = 86_400


def day_start(day: date) -> int:
    """Epoch seconds of the day's 00:00 in +08:00."""
    return int(clock.day_start(day).timestamp())


def slot_ends(day: date) -> Ints:
    """Epoch seconds at which the day's 96 quarter-hours end; the last is the next day's 00:00."""
    ends: Ints = day_start(day) + SLOT_S * np.arange(1, SLOTS + 1, dtype=np.int64)
    return ends


def quantities(meter: DemoMeter, day: date) -> Ints:
    """The day's 96 quantities in 1/1000 unit: a load curve over the day, a weekly rhythm, some noise."""
    # Noise from a hash: the same on every machine, and a tenth of what a generator costs to set up.
    digest = hashlib.shake_128(f"{meter.meter}/{day}".encode()).digest(2 * SLOTS)
    noise = 0.9 + np.frombuffer(digest, "<u2") * (0.2 / 65_535)
    hour = np.arange(SLOTS) / 4
    night = (hour < 7) | (hour >= 22)
    curve = np.where(night, meter.share_by_night, 1.0)
    curve = curve / curve.mean()
    weekend = 0.85 if day.weekday() >= 5 else 1.06  # keeps the week's mean at one
    slot = int(meter.hourly * 1000) / 4
    amounts: Ints = np.rint(slot * curve * weekend * noise).astype(np.int64)
    return amounts


class Feed:
    """The readings of one meter, day by day. Keeps each day's total, so that a register knows where it stands."""

    def __init__(self, meter: DemoMeter) -> None:
        self.meter = meter
        self._standing = {FIRST_DAY: int(meter.start * 1000)}

    def readings(self, day: date) -> tuple[Ints, Ints]:
        """(times of the slots' ends, values in 1/1000 unit): a register's standing, or each slot's quantity."""
        amounts = quantities(self.meter, day)
        if self.meter.kind == "interval":
            return slot_ends(day), amounts
        standing: Ints = (self._at(day) + np.cumsum(amounts)) % self.modulus
        return slot_ends(day), standing

    def opening(self) -> tuple[int, int]:
        """The register at the beginning of the first day, from which the first quarter-hour is measured."""
        return day_start(FIRST_DAY), self._standing[FIRST_DAY] % self.modulus

    @property
    def modulus(self) -> int:
        """Where a register begins again at 0, in 1/1000 unit."""
        return int(10 ** (self.meter.digits or 15)) * 1000

    def _at(self, day: date) -> int:
        last = max(known for known in self._standing if known <= day)
        while last < day:
            total = int(quantities(self.meter, last).sum())
            self._standing[last + timedelta(days=1)] = self._standing[last] + total
            last += timedelta(days=1)
        return self._standing[day]
