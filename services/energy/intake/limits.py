"""Each enterprise's fair share of the readings that the intake takes. Beyond it a POST gets 429 and may be sent again
later."""

import math
import time
from collections.abc import Callable

from services.energy.intake.settings import IntakeSettings
from shared.problems import Problem

_MOST_SHARES = 100_000


class Bucket:
    """A token bucket: `burst` at once, then `rate` a second."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._left, self._since = self._burst, clock()

    def take(self) -> bool:
        """Use one token, if there is one."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._since) * self._rate)
        self._since = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class FairShare:
    """A token bucket per enterprise, in readings: one feed that runs wild doesn't use up the capacity of the others."""

    def __init__(self, settings: IntakeSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = settings.readings_per_second
        self._burst = float(settings.readings_burst)
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, enterprise: str, readings: int) -> None:
        """Use up part of the share. Raises Problem 429 with the seconds to wait."""
        now = self._clock()
        left, since = self._left.get(enterprise, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        if left < readings:
            wait = math.ceil((readings - left) / self._rate)
            raise Problem(
                429,
                "fair-share",
                "Too many readings",
                f"This enterprise may send {self._rate:g} readings a second.",
                remedy=f"Wait {wait} s and send the same batch again.",
                retry_after=wait,
            )
        if len(self._left) >= _MOST_SHARES:
            self._left.clear()
        self._left[enterprise] = (left - readings, now)
