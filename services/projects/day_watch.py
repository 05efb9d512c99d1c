"""What the service does by itself as the Clock moves: on every new day, and again where the day's work may grow."""

import asyncio
import math
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import structlog

from services.projects.app.context import App
from shared.health import OK, Check

_log = structlog.get_logger(__name__)
_PAUSE_S = 2.0


@dataclass(slots=True)
class DayWatch(ABC):
    """Runs beside the commands. Two at once do no harm: what the second would do is done already.

    `again_s`: on the same day it is looked at again after so many seconds of the machine; infinite: once a day.
    """

    name: ClassVar[str]
    again_s: ClassVar[float] = math.inf

    app: App
    _swept: tuple[date, float] | None = field(default=None, init=False)
    _failure: str | None = field(default=None, init=False)

    async def run(self) -> None:
        """Sweep when the Clock's day changes, at its start. Errors are logged and tried again."""
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
        """Degraded while it can't sweep: it is made up for, with a later day."""
        return OK if self._failure is None else Check("degraded", self._failure)

    @abstractmethod
    async def sweep(self) -> int:
        """Do what today asks for; answers how much that was."""
