"""Takes a POST that fails because of its content apart, down to the single reading: the culprits are set aside, the
rest counts.

Readings that can be committed together are gathered half by half, each time by doing the whole step and taking it back:
no list of causes has to be right. So two that fail only together are found too, and the last trial is what is
committed then.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import nats.errors
import numpy as np

from services.energy.readings.kernel import Ints
from shared.outage import is_outage

T = TypeVar("T")

TRIALS = 500
"""Trials for one POST. After these the remaining readings are set aside untried, so that a POST of which every reading
fails ends too."""

_BY_CONTENT = ("21", "22", "23", "44", "54", "P0")
"""SQLSTATE classes of what was sent: cardinality, data, integrity, check option, limits, raised by a function. Others
are the installation's (a table that isn't there, a corrupt index), and no message is to blame."""


class TooLong(TimeoutError):
    """The step was cut off: the server is gone without a word, or so much can't be done in the time."""


def by_content(error: Exception) -> bool:
    """Whether the sent content causes the error, as far as can be told: everything that isn't an outage."""
    if isinstance(error, ValueError):
        return True  # The driver's own about a parameter is an InterfaceError too, as is a lost connection.
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(_BY_CONTENT)
    # A bare LookupError says that a row of the installation is missing, e.g. the partition's.
    elsewhere = is_outage(error) or isinstance(error, MemoryError | nats.errors.Error)
    return not (elsewhere or type(error) is LookupError)


async def culprits(count: int, attempt: Callable[[Ints], Awaitable[None]]) -> Ints:
    """Of `count` readings those to set aside. `attempt` does the step without the given rows, and takes it back.

    Raises what `attempt` raises if nothing of it can be worked, and every outage. What took too long is tried in
    halves; where a single reading does, it isn't its fault.
    """
    await attempt(np.arange(count))
    taken, left = np.zeros(count, np.bool_), [np.arange(count)]
    for _ in range(TRIALS):
        if not left:
            break
        chunk = left.pop()
        taken[chunk] = True
        try:
            await attempt(np.flatnonzero(~taken))
        except Exception as error:
            taken[chunk] = False
            if not (by_content(error) or (isinstance(error, TooLong) and len(chunk) > 1)):
                raise
            if len(chunk) > 1:
                middle = len(chunk) // 2
                left += [chunk[middle:], chunk[:middle]]
    rows: Ints = np.flatnonzero(~taken)
    return rows


async def in_time(work: Awaitable[T], conn: "asyncpg.Connection[asyncpg.Record]", seconds: float) -> T:
    """Do it, or cut the connection off: a server that is gone without a word answers nothing, not even the rollback."""
    cut: list[bool] = []

    def end() -> None:
        cut.append(True)
        conn.terminate()

    watch = asyncio.get_running_loop().call_later(seconds, end)
    try:
        return await work
    except Exception as error:
        if cut or isinstance(error, asyncpg.QueryCanceledError):
            raise TooLong(f"cut off after {seconds:.0f} s") from error
        raise
    finally:
        watch.cancel()
