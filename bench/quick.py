"""The loads of the quick run: both shapes, everything again, and a dirty mix, one after another in time."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bench.traffic import SLOT_S, Load, Sender, distinct

FIRST_T = 1_388_505_600
"""2014-01-01 00:00 of +08:00: every load begins at a time of its own, later than the one before."""


def now_text() -> str:
    """The moment, as a correction's `reported_at`."""
    return datetime.now(UTC).isoformat()


def quick_loads(senders: Sequence[Sender], readings: int) -> Iterator[tuple[Load, int, int]]:
    """(load, connections, how many of its (meter, time) are new)."""
    everybody = tuple(senders)
    at = FIRST_T
    for shape, meters, per_post, connections in (("backlog", 4, 250, 8), ("live", 20, 1, 32)):
        slots = max(per_post, readings // len(everybody) // meters)
        load = Load(
            everybody, at, 0, slots, meters, per_post, form="columns" if shape == "backlog" else "rows"
        )
        yield load, connections, distinct(load)
        yield load, connections, 0
        at += (slots + 1) * SLOT_S
        dirty = Load(
            everybody,
            at,
            0,
            slots,
            meters,
            per_post,
            duplicate=0.05,
            revised=0.02,
            late=0.01,
            reported_at=now_text(),
        )
        yield dirty, connections, distinct(dirty)
        at += (slots + 1) * SLOT_S
