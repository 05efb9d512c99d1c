"""A process of its own for spreadsheets: reading them takes seconds that the door has no part in."""

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any, TypeVar

from shared.problems import Problem, unavailable

A = TypeVar("A")
R = TypeVar("R")


class Process:
    """Does one after the other, in a process that is started with the first."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._pool: ProcessPoolExecutor | None = None

    async def run(self, work: Callable[[A], R], argument: A) -> R:
        """`work(argument)`. Raises its Problem; 503 when the process died or took over `timeout` seconds."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        loop = asyncio.get_running_loop()
        try:
            done: tuple[R | None, dict[str, Any] | None] = await asyncio.wait_for(
                loop.run_in_executor(self._pool, _guarded, work, argument), self._timeout
            )
        except (BrokenProcessPool, TimeoutError) as error:
            self.close()
            raise unavailable("The spreadsheet could not be worked on in time.") from error
        result, problem = done
        if problem is not None:
            raise Problem.from_dict(problem)
        return result  # type: ignore[return-value]  # R itself may be None

    def close(self) -> None:
        """End the process, also in the middle of a file."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                with suppress(OSError):
                    process.kill()
            pool.shutdown(wait=False, cancel_futures=True)


def _guarded(work: Callable[[Any], Any], argument: Any) -> tuple[Any, dict[str, Any] | None]:
    """In the other process. A Problem travels as data: pickled, it would lose its fields."""
    try:
        return work(argument), None
    except Problem as problem:
        return None, problem.to_dict()
