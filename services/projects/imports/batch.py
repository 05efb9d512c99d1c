"""Many commands in one transaction: each is decided as if it came alone, and all their events are appended at once.

A `Batch` is a `Service` that use cases run on. Reference data is read once (`memory.remembered`), streams are read
ahead, table rows are written together, and commands get no answers of their own: only the number of events that they
led to.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.decider import Decider, OnState, made
from shared.event_log import Event, StreamWrite
from shared.kept import Kept, Written, write
from shared.rpc import Call, Reply
from shared.service import Service

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")


class Batch(Service):
    """The commands of one transaction; `append` ends it.

    `independent`: none of the commands reads a table that another one writes, so `write` may wait for many.
    """

    def __init__(self, app: Service, conn: AsyncConnection, *, independent: bool = False) -> None:
        super().__init__(app.engine, app.log, app.clock, app.catalogue, app.refusal)
        self._conn = conn
        self._independent = independent
        self._before: dict[str, tuple[Sequence[Kept[Any, Any] | Written[Any]], Any]] = {}
        self._histories: dict[str, Sequence[Event]] = {}
        self._states: dict[str, tuple[Any, int]] = {}
        self._writes: list[StreamWrite] = []
        self.events = 0

    async def read_ahead(self, streams: Iterable[str]) -> None:
        """Loads these streams with one statement."""
        wanted = [stream for stream in streams if stream not in self._states]
        if wanted:
            self._histories.update(dict.fromkeys(wanted, ()))
            self._histories.update(await self.log.load_many(self._conn, wanted))

    async def run(
        self,
        call: Call,
        stream: str,
        decider: Decider[S, C, E],
        command: C | OnState[S, C] | Callable[[AsyncConnection], Awaitable[C]],
        *,
        answer: object = None,
        tables: Sequence[Kept[S, Any] | Written[S]] = (),
        inline: object = None,
        edit: object = None,
    ) -> Reply:
        """Decides a command; writes the tables at once or, if independent, in `write`. Raises Refused or Problem."""
        state, version = await self._known(stream, decider)
        asked: C = await made(command, self._conn, state)
        events = list(decider.decide(asked, state))
        if events:
            self._before.setdefault(stream, (tables, state))
            self._states[stream] = (decider.fold(events, state), version + len(events))
            if not self._independent:
                await self.write()
            now = self.clock.now()
            encoded = [self.catalogue.encode(event, now) for event in events]
            self._writes.append(StreamWrite(stream, version, encoded))
            self.events += len(events)
        return Reply({"events": len(events)}, self.catalogue.source, 0)

    async def known(self, stream: str, decider: Decider[S, Any, Any]) -> S:
        """The state of a stream, including the events of this batch."""
        return (await self._known(stream, decider))[0]

    @contextmanager
    def whole(self, stream: str) -> Iterator[None]:
        """The commands inside, all on this stream, are carried out together or, if one is refused, not at all.

        Only for an independent batch: any other has written its tables by then.
        """
        events, writes = self.events, len(self._writes)
        known, before = self._states.get(stream), self._before.get(stream)
        try:
            yield
        except BaseException:
            self.events = events
            del self._writes[writes:]
            for kept, was in ((self._states, known), (self._before, before)):
                kept.pop(stream, None)
                if was is not None:
                    kept[stream] = was
            raise

    async def write(self) -> None:
        """Writes the table rows that are still pending."""
        before, self._before = self._before, {}
        changes: dict[int, tuple[Sequence[Kept[Any, Any] | Written[Any]], list[tuple[Any, Any]]]] = {}
        for stream, (tables, state) in before.items():
            _, pairs = changes.setdefault(id(tables), (tables, []))
            pairs.append((state, self._states[stream][0]))
        for tables, pairs in changes.values():
            await write(self._conn, tables, pairs)

    async def append(self, call: Call) -> None:
        """Appends the events of all commands. Only COMMIT may follow. Raises VersionConflict."""
        if self._writes:
            await self.log.append(self._conn, self._writes, call.event_metadata())

    async def _known(self, stream: str, decider: Decider[S, Any, Any]) -> tuple[S, int]:
        if stream not in self._states:
            history = self._histories.pop(stream, None)
            if history is None:
                history = await self.log.load(self._conn, stream)
            state = decider.fold([self.catalogue.decode(event) for event in history])
            self._states[stream] = (state, len(history))
        return self._states[stream]
