"""What every use case works with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.energy.domain.coverage import day_of
from services.energy.domain.refusal import Refused
from services.energy.events import CATALOGUE
from shared.clock import Clock
from shared.decider import CommandRunner
from shared.event_log import EventLog
from shared.snapshots import snapshots


@dataclass(slots=True)
class Energy:
    """The energy service of one process. `appended` is called after each commit that wrote events.

    Queries read from `snapshots` (REPEATABLE READ), so that all parts of an answer are of one moment.
    """

    engine: AsyncEngine
    clock: Clock
    appended: Callable[[], None] = lambda: None
    snapshots: AsyncEngine = field(init=False)
    log: EventLog = field(init=False)
    runner: CommandRunner = field(init=False)

    def __post_init__(self) -> None:
        self.snapshots = snapshots(self.engine)
        self.log = EventLog(self.clock)
        self.runner = CommandRunner(
            self.engine, self.log, CATALOGUE, self.clock, Refused, lambda: self.appended()
        )

    def now(self) -> datetime:
        return self.clock.now()

    def today(self) -> date:
        """The Clock's day in +08:00."""
        return day_of(self.clock.now())
