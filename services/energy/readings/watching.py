"""What runs beside the commands and sweeps whenever the Clock moves: the flusher and the watch of feeds."""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

import structlog

from services.energy.common.system import came_second
from services.energy.readings.backlog import Settled
from shared.health import OK, Check
from shared.service import Service

_log = structlog.get_logger(__name__)
_WAITING_S = 0.1
"""Between sweeps while the backlog has not settled."""


@dataclass(slots=True)
class Watching(ABC):
    """Several may run at once: who comes second finds it done.

    `idle_s`: seconds of system time between sweeps while the Clock stands, and after a failure.
    """

    name: ClassVar[str]
    idle_s: ClassVar[float]

    energy: Service
    settled: Settled
    _failure: str | None = field(default=None, init=False)

    async def run(self) -> None:
        """Sweep whenever the Clock moves, and every `idle_s`. Errors are logged and tried again."""
        while True:
            try:
                await self.sweep()
                self._failure = None
            except Exception as error:
                if came_second(error):
                    _log.info("somebody else was faster", watch=self.name)
                else:
                    self._failure = f"{type(error).__name__}: {error}"
                    _log.exception(f"{self.name} failed")
                    await asyncio.sleep(self.idle_s)
            await self.energy.clock.changed(_WAITING_S if self.settled.waiting else self.idle_s)

    def check(self) -> Check:
        """Degraded while it fails: what it writes comes later, for the same days, and none is lost."""
        return OK if self._failure is None else Check("degraded", self._failure)

    @abstractmethod
    async def sweep(self) -> int:
        """Write what is due as of the settled moment; returns the number of events."""
