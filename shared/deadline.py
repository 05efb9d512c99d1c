"""The deadline of the current work: what is begun for a query ends when its caller stops waiting.

The deadline of a query goes along in the context of its task, so that every transaction it begins tells the database
how long a statement may take. A command has none: what was begun is carried out.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_until: ContextVar[float | None] = ContextVar("until", default=None)


@contextmanager
def until(moment: float | None) -> Iterator[None]:
    """Sets the deadline of the work in the block: `moment` by `time.monotonic`; None: it has none."""
    token = _until.set(moment)
    try:
        yield
    finally:
        _until.reset(token)


def left_ms() -> int | None:
    """Milliseconds until nobody waits any more, at least one; None where the work has no deadline."""
    moment = _until.get()
    return None if moment is None else max(1, round((moment - time.monotonic()) * 1000))
