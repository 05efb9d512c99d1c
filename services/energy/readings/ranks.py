"""Which of several values for one time counts: the one of the greatest rank, in whatever order they are worked off.

The rank of telemetry is its place in the queue, so the later POST counts, and within a POST the later place. It
belongs to the reading: a redelivery, another cut of the batches or a restart of the worker changes nothing. What was
in quarantine keeps the place that it had. A correction ranks above all telemetry, by the time at which it was
reported; readings that release 517f57c stored have rank 0, below all that came after.
"""

from datetime import datetime

import numpy as np

from services.energy.readings.kernel import Ints

CORRECTION = 2**62
_PLACE_BITS = 16
MOST_IN_MESSAGE = 2**_PLACE_BITS
_SEQUENCE_BITS = 40
_REPEAT_BITS = 10


def place(stream: int, sequence: int) -> int:
    """The rank of a message's first reading; the others follow by one.

    `stream` counts how often READINGS was re-created: each time its sequences begin at 1 again.
    """
    return (stream << _SEQUENCE_BITS | sequence) << _PLACE_BITS


def correction(reported_at: int) -> int:
    """The rank of a correction, by the microsecond of its report."""
    return CORRECTION + (reported_at << _REPEAT_BITS)


def corrections(reported_at: Ints) -> Ints:
    """The ranks of a column of corrections, by the microseconds of their reports."""
    return CORRECTION + (reported_at << _REPEAT_BITS)


def correction_at(moment: datetime) -> int:
    """The rank of a correction reported at this moment."""
    return correction(int(moment.timestamp()) * 1_000_000 + moment.microsecond)


def repeats(which: Ints, t: Ints) -> Ints:
    """For each reading of a POST, how often the same (meter, time) stands before it, as far as ranks can tell."""
    order = np.lexsort((t, which))
    head = np.r_[True, (which[order][1:] != which[order][:-1]) | (t[order][1:] != t[order][:-1])]
    begin = np.flatnonzero(head)
    nth = np.empty(len(t), np.int64)
    nth[order] = np.arange(len(t)) - begin[np.cumsum(head) - 1]
    least: Ints = np.minimum(nth, 2**_REPEAT_BITS - 1)
    return least
