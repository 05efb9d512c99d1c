"""What every use case works with."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.clock import Clock
from shared.decider import CommandRunner
from shared.event_log import EventLog
from shared.snapshots import snapshots

TIME_ZONE = ZoneInfo("Asia/Shanghai")
"""Days and periods are those of +08:00."""


def local_day(now: datetime) -> date:
    """The day that the Clock's moment falls on."""
    return now.astimezone(TIME_ZONE).date()


@dataclass(frozen=True, slots=True)
class App:
    """The assessment service of one process."""

    engine: AsyncEngine
    log: EventLog
    clock: Clock
    runner: CommandRunner

    @property
    def snapshots(self) -> AsyncEngine:
        """What queries read from: what they answer together was true together."""
        return snapshots(self.engine)

    def today(self) -> date:
        """The Clock's day in +08:00."""
        return local_day(self.clock.now())
