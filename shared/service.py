"""What the operations of a service act on: its database, its log and the Clock."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.catalogue import Catalogue
from shared.clock import Clock, local_day
from shared.decider import CommandRunner, Decider, Edit, OnState
from shared.event_log import EventLog
from shared.kept import Kept, Written
from shared.rpc import Call, Reply
from shared.snapshots import snapshots

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")


@dataclass(slots=True)
class Service:
    """A service of one process. `refusal`: what its decisions raise. `appended` is called after each commit of events.

    Queries read from `snapshots` (REPEATABLE READ), so that all parts of an answer are of one moment.
    """

    engine: AsyncEngine
    log: EventLog
    clock: Clock
    catalogue: Catalogue
    refusal: type[Exception]
    appended: Callable[[], None] = lambda: None
    snapshots: AsyncEngine = field(init=False)
    runner: CommandRunner = field(init=False)

    def __post_init__(self) -> None:
        self.snapshots = snapshots(self.engine)
        self.runner = CommandRunner(
            self.engine, self.log, self.catalogue, self.clock, self.refusal, lambda: self.appended()
        )

    def today(self) -> date:
        """The Clock's day in China."""
        return local_day(self.clock.now())

    async def run(
        self,
        call: Call,
        stream: str,
        decider: Decider[S, C, E],
        command: C | OnState[S, C] | Callable[[AsyncConnection], Awaitable[C]],
        *,
        answer: Callable[[S, Sequence[E]], object],
        tables: Sequence[Kept[S, Any] | Written[S]] = (),
        inline: Callable[[AsyncConnection, Sequence[E]], Awaitable[None]] | None = None,
        edit: Edit | None = None,
    ) -> Reply:
        """Carry out a command on one stream, with the tables that are kept of it in the same transaction.

        `inline`: what its events do there beside, after the tables.
        """
        return await self.runner.run(
            call, stream, decider, command, answer=answer, inline=inline, tables=tables, edit=edit
        )

    async def state(self, conn: AsyncConnection, decider: Decider[S, Any, Any], stream: str) -> tuple[S, int]:
        """A stream as it stands, folded, and how many events it has."""
        history = await self.log.load(conn, stream)
        return decider.fold([self.catalogue.decode(event) for event in history]), len(history)
