"""Base of the process managers that act when the Clock's day changes, and again on the same day where needed."""

import asyncio
import math
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import structlog

from shared.health import OK, Check
from shared.service import Service

_log = structlog.get_logger(__name__)
_PAUSE_S = 2.0


@dataclass(slots=True)
class DayWatch(ABC):
    """Runs alongside the commands. Two processes may run at once: the second finds everything done already.

    `again_s`: seconds of system time between sweeps on the same day; infinite: one sweep a day.
    """

    name: ClassVar[str]
    again_s: ClassVar[float] = math.inf

    app: Service
    _swept: tuple[date, float] | None = field(default=None, init=False)
    _failure: str | None = field(default=None, init=False)

    async def run(self) -> None:
        """Sweeps at the start and whenever the Clock's day changes. Errors are logged, and the sweep is retried."""
        while True:
            today, now = self.app.today(), time.monotonic()
            if self._swept is None or self._swept[0] != today or now - self._swept[1] >= self.again_s:
                try:
                    await self.sweep()
                    self._swept, self._failure = (today, now), None
                except Exception as error:
                    self._failure = f"{type(error).__name__}: {error}"
                    _log.exception("sweep failed", watch=self.name)
                    await asyncio.sleep(_PAUSE_S)
                    continue
            await self.app.clock.changed(_PAUSE_S)

    def check(self) -> Check:
        """Health: degraded while sweeps fail. A later sweep makes up for them, but its events bear a later day."""
        return OK if self._failure is None else Check("degraded", self._failure)

    @abstractmethod
    async def sweep(self) -> int:
        """Does what is due today. Returns how many things were done."""
