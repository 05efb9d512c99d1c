"""How a process ends: also when one of its tasks does not."""

import subprocess
import sys

PROGRAM = """
import asyncio
from shared import loop

loop._END_S = 0.2

async def stubborn(times):
    while times > 0:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            times -= 1

async def main():
    asyncio.create_task(stubborn({times}), name="stubborn")
    await asyncio.sleep(0)
    {last}

loop.run(main())
"""


def end(times: float, last: str = "print('done')") -> subprocess.CompletedProcess[str]:
    """A process with a task that swallows so many cancellations."""
    program = PROGRAM.format(times=times, last=last)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)


def test_a_swallowed_cancellation_is_repeated():
    ended = end(1)
    assert (ended.returncode, ended.stdout) == (0, "done\n"), ended.stderr


def test_a_task_that_never_ends_is_named_and_does_not_hold_the_process():
    ended = end(10**6)
    assert ended.returncode == 1
    assert "stubborn" in ended.stdout


def test_what_ended_the_process_is_told_too():
    ended = end(10**6, "raise ValueError('the reason')")
    assert ended.returncode == 1
    assert "the reason" in ended.stdout


def test_an_error_is_an_error_as_ever():
    ended = end(0, "raise ValueError('the reason')")
    assert ended.returncode == 1
    assert "ValueError: the reason" in ended.stderr
