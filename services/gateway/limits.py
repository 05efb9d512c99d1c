"""Rate limits and live streams per caller: one caller over its limit gets 429, and the others notice nothing.

Each process counts for itself: with two gateways a caller has twice the limit. Rates are by system time.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.gateway.settings import GatewaySettings
from shared.http_limits import InHand, TokenBuckets, too_often
from shared.problems import Problem


class Limits:
    """The gateway's limits on how much one caller may ask."""

    def __init__(self, settings: GatewaySettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._subjects = TokenBuckets(settings.rate_per_second, settings.rate_burst, clock=clock)
        self.addresses = TokenBuckets(settings.anonymous_per_second, settings.anonymous_burst, clock=clock)
        self.bodies = InHand(settings.bytes_in_hand, settings.bytes_in_hand_of_one, settings.bodies_of_one)
        self._catching_up = TokenBuckets(settings.catch_up_per_second, settings.catch_up_burst, clock=clock)
        self._most_streams = settings.streams_per_subject
        self._streams: dict[str, int] = {}

    def subject(self, subject: str) -> None:
        """Count one request of a known caller. Raises Problem 429."""
        if wait := self._subjects.take(subject):
            raise too_often(wait)

    def anonymous(self, address: str) -> None:
        """Count one request without a valid token. Raises Problem 429."""
        if wait := self.addresses.take(address):
            raise too_often(wait)

    def catching_up(self, subject: str) -> float:
        """Counts one catch-up query of a stream. Returns 0.0, or the seconds to wait before the next one."""
        return self._catching_up.take(subject)

    @contextmanager
    def stream(self, subject: str) -> Iterator[None]:
        """Counts one live stream while the context is open. Raises Problem 429 at the caller's maximum."""
        self.room_for_stream(subject)
        self._streams[subject] = self._streams.get(subject, 0) + 1
        try:
            yield
        finally:
            self._streams[subject] -= 1
            if not self._streams[subject]:
                del self._streams[subject]

    def room_for_stream(self, subject: str) -> None:
        """Raises Problem 429 when the caller holds as many live streams as it may."""
        held = self._streams.get(subject, 0)
        if held >= self._most_streams:
            raise Problem(
                429,
                "too-many-streams",
                "Too many live streams",
                f"You hold {held} live streams already.",
                remedy="Close one, or share one among your windows.",
                retry_after=5,
            )
