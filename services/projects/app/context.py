"""What every use case works with."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.projects import inline, reference
from services.projects.domain.document import Figure
from services.projects.domain.refusal import Refused
from services.projects.events import CATALOGUE
from shared.clock import Clock
from shared.decider import CommandRunner, Decider, Edit
from shared.event_log import EventLog
from shared.rpc import Call, Reply
from shared.snapshots import snapshots

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
Making = Callable[[AsyncConnection], Awaitable[C]]
"""Makes a command inside its transaction, of what is known there."""


@dataclass(slots=True)
class App:
    """The projects service of one process. `appended` is called after each commit that wrote events.

    Queries read from `snapshots`: what they answer together was true together.
    """

    engine: AsyncEngine
    log: EventLog
    clock: Clock
    appended: Callable[[], None] = lambda: None
    snapshots: AsyncEngine = field(init=False)
    frozen: dict[str, tuple[Figure, ...]] = field(default_factory=dict, init=False)
    """Figures of reports in each issued document that was asked for: it stays as it went out, so it is read once."""
    runner: CommandRunner = field(init=False)

    def __post_init__(self) -> None:
        self.snapshots = snapshots(self.engine)
        self.runner = CommandRunner(
            self.engine, self.log, CATALOGUE, self.clock, Refused, lambda: self.appended()
        )

    def today(self) -> date:
        """The Clock's day in +08:00."""
        return reference.local_day(self.clock.now())

    async def run(
        self,
        call: Call,
        stream: str,
        decider: Decider[S, C, E],
        command: C | Making[C],
        *,
        answer: Callable[[S, Sequence[E]], object],
        edit: Edit | None = None,
    ) -> Reply:
        """Carry out a command on one stream, with the inline tables in the same transaction."""
        return await self.runner.run(
            call, stream, decider, command, answer=answer, inline=inline.apply, edit=edit
        )
