"""Which requests get a span: all that bring a trace of their own, and of the others a few each second.

A span costs as much as answering a small request, and ten thousand spans an hour of the same query tell no more than a
few. At the rate of one person, or of a test, every request has a span.
"""

import time
from collections.abc import Callable
from typing import Any

from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler, SamplingResult


class TraceShare:
    """At most `per_second` requests a second begin a trace."""

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


class QueriesShare(Sampler):
    """Of traces that begin here: those of HTTP GETs at most `per_second`, all others always (who changed what).

    For `ParentBased`: whoever brings a trace is followed as it says.
    """

    def __init__(self, per_second: float) -> None:
        self._share = TraceShare(per_second)

    def should_sample(self, *asked: Any, **named: Any) -> SamplingResult:
        """By the request's method; the trace has its id all the same."""
        query = (named.get("attributes") or {}).get("http.request.method") == "GET"
        sampler = ALWAYS_ON if not query or self._share.take() else ALWAYS_OFF
        return sampler.should_sample(*asked, **named)

    def get_description(self) -> str:
        """For the SDK's own records."""
        return "QueriesShare"
