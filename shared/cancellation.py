"""A cancelled task must end, also where a library swallowed the cancellation.

Python 3.11's `asyncio.wait_for`, and nats-py through it, loses a cancel that arrives together with the
result (mended in 3.12): a loop would then run for ever and the process never stop.
"""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

_AGAIN_S = 0.5


def end_if_cancelled() -> None:
    """Raise CancelledError if this task was cancelled and a library swallowed that. Call once per round of a loop."""
    task = asyncio.current_task()
    if task is not None and task.cancelling() > 0:
        raise asyncio.CancelledError


async def end_all(tasks: Iterable[asyncio.Task[Any]], within: float) -> set[asyncio.Task[Any]]:
    """Cancel them, again and again, until they have ended; after `within` seconds those that still run."""
    pending, give_up = {task for task in tasks if not task.done()}, time.monotonic() + within
    while pending and time.monotonic() < give_up:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_AGAIN_S)
    return pending


def others() -> set[asyncio.Task[Any]]:
    """Every task of this loop but the one that asks."""
    return asyncio.all_tasks() - {asyncio.current_task()}
