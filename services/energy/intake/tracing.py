"""Which POSTs get a span: everyone that comes with a trace of its own, of the others some each second.

A span costs as much as parsing twenty readings, and a feed's ten-thousandth POST of an hour tells nothing new. At the
rates of one enterprise, or of a test, every POST has one.
"""

import time
from collections.abc import Callable


class TraceShare:
    """At most `per_second` POSTs a second begin a trace."""

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_second
        self._clock = clock
        self._left = per_second
        self._since = clock()

    def take(self) -> bool:
        """Whether this one begins a trace."""
        now = self._clock()
        self._left = min(self._rate, self._left + (now - self._since) * self._rate)
        self._since = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
