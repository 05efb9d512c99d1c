"""Runs a process's coroutine on the fastest event loop there is, and bounds its end."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Any

import structlog

from shared.cancellation import end_all, others
from shared.outage import is_outage, reason

_END_S = 5.0


def run(work: Coroutine[Any, Any, None]) -> None:
    """`asyncio.run`, on uvloop where it is installed (it takes a third off each request); the same otherwise.

    `asyncio.run` asks the tasks that are left to end once, and waits for ever for one that doesn't. Here they are
    asked again and again for a few seconds; a process with one that still runs says which, and exits with code 1.
    """
    factory = None
    if sys.platform != "win32":
        try:
            import uvloop

            factory = uvloop.new_event_loop
        except ImportError:
            pass
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_to_its_end(work))


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as error:
        if not is_outage(error):
            raise
        # The supervisor restarts the process; the reason is logged in one line, because a stack would hide it.
        structlog.get_logger("loop").critical("ended: what it works with is away", reason=reason(error))
        raise SystemExit(1) from None
    finally:
        if stuck := await end_all(others(), _END_S):
            names = sorted(task.get_name() for task in stuck)
            structlog.get_logger("loop").critical("tasks that do not end", tasks=names, exc_info=True)
            os._exit(1)
