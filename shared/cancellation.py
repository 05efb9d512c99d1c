"""A cancelled task must end, also where a library swallowed the cancellation.

Python 3.11's `asyncio.wait_for`, and nats-py through it, loses a cancel that arrives together with the
result (mended in 3.12): a loop would then run for ever and the process never stop.
"""

import asyncio


def end_if_cancelled() -> None:
    """Raise CancelledError if this task was asked to end and somebody swallowed it. Call once per round."""
    task = asyncio.current_task()
    if task is not None and task.cancelling() > 0:
        raise asyncio.CancelledError
