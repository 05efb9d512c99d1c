"""One feature of a service, declared in one place: its history, the tables kept of it, its operations and routes.

    FEATURE = Feature("diagnoses", history=History(...), answer=views.answer, operations=(Command(...), Query(...)))

A service lists its features; `Features` makes its catalogue, tables, operations and rebuild of them. The declared
functions are plain ones, so that no module of a feature imports its declaration.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.catalogue import Catalogue
from shared.command import Asked, Decider, Given
from shared.decider import Edit, OnState
from shared.event_log import EventLog
from shared.identity import Actor
from shared.kept import Kept, Written, write
from shared.rpc import Call, Encoded, Operation, Operations, Reply, Route
from shared.service import Service

S = TypeVar("S")
C = TypeVar("C")
_AT_ONCE = 500
"""Streams that a rebuild holds in memory together."""


@dataclass(frozen=True, slots=True)
class At:
    """Where a command is checked: inside its transaction, by whom, on which day."""

    service: Service
    conn: AsyncConnection
    call: Call

    @property
    def actor(self) -> Actor:
        return self.call.actor

    @property
    def today(self) -> date:
        """The Clock's day in China."""
        return self.service.today()

    def given(self) -> Given:
        """What every command is given."""
        return Given(today=self.today, by=self.actor.subject)


@dataclass(frozen=True, slots=True)
class Done(Generic[S, C]):
    """A command that was carried out: what its answer is made of. `events` is empty where nothing changed."""

    state: S
    command: C
    given: Given
    events: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Change(Generic[S]):
    """What a command has changed: the state before it, what it was given, its events (at least one)."""

    before: S
    given: Given
    events: Sequence[Any]


@dataclass(frozen=True, slots=True, eq=False)
class History(Generic[S]):
    """One kind of stream: the events in it, what they are folded to, and every table that is kept of it.

    `events`: a class or a union of them. `stream`: a command's stream. `tables`: in an order that their keys allow.
    `beside`: what events do in their transaction to a store that isn't made of this log; no rebuild does it again.
    `in_order`: streams take rows from each other, so that a rebuild goes through their events in the order of the log.
    """

    events: Any
    decider: Decider[S, Any, Any]
    stream: Callable[[Any], str]
    tables: Sequence[Kept[S, Any] | Written[S]] = ()
    beside: Callable[[At, "Change[S]"], Awaitable[None]] | None = None
    in_order: bool = False

    @property
    def classes(self) -> tuple[type, ...]:
        return get_args(self.events) or (self.events,)

    async def carry_out(
        self,
        service: Service,
        call: Call,
        command: C,
        given: Given | Callable[[AsyncConnection, S], Awaitable[Given]],
        *,
        answer: Callable[[Done[S, C]], object],
        edit: Edit | None = None,
    ) -> Reply:
        """Decide on a command, and write its events and rows. `given` may be made in the transaction, on the state.

        For policies, which act on what the days bring; a command that somebody asks for goes through its feature.
        """
        known: list[Given] = []
        before: list[S] = []

        async def asked(conn: AsyncConnection, state: S) -> Asked[C, Given]:
            before.append(state)
            known.append(given if isinstance(given, Given) else await given(conn, state))
            return Asked(command, known[-1])

        async def beside(conn: AsyncConnection, events: Sequence[Any]) -> None:
            if self.beside is not None:
                await self.beside(At(service, conn, call), Change(before[-1], known[-1], events))

        def answered(state: S, events: Sequence[Any]) -> object:
            told = answer(Done(state, command, known[-1], events))
            return told.model_dump(mode="json") if isinstance(told, BaseModel) else told

        return await service.run(
            call,
            self.stream(command),
            self.decider,
            OnState(asked),
            answer=answered,
            tables=self.tables,
            inline=beside if self.beside is not None else None,
            edit=edit,
        )

    async def folded(
        self, conn: AsyncConnection, log: EventLog, catalogue: Catalogue
    ) -> AsyncIterator[Sequence[S]]:
        """The states of all of its streams, some at a time."""
        streams = await log.streams(conn, [cls.__name__ for cls in self.classes])
        for first in range(0, len(streams), _AT_ONCE):
            found = await log.load_many(conn, streams[first : first + _AT_ONCE])
            yield [
                self.decider.fold([catalogue.decode(event) for event in events]) for events in found.values()
            ]

    async def changes(
        self, conn: AsyncConnection, log: EventLog, catalogue: Catalogue
    ) -> AsyncIterator[Sequence[tuple[S, S]]]:
        """What a rebuild writes into empty tables: all streams from nothing to their states, some at a time."""
        if not self.in_order:
            async for states in self.folded(conn, log, catalogue):
                yield [(self.decider.initial, state) for state in states]
            return
        streams = await log.streams(conn, [cls.__name__ for cls in self.classes])
        found = (await log.load_many(conn, streams)).values()
        at: dict[str, S] = {}
        for event in sorted((each for events in found for each in events), key=lambda each: each.position):
            before = at.get(event.stream, self.decider.initial)
            at[event.stream] = self.decider.evolve(before, catalogue.decode(event))
            yield [(before, at[event.stream])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[C]):
    """A command that can be asked for.

    `check` authorises it and reads what the server has to know, inside the transaction and on the folded state; it
    raises Problem or the service's refusal. Its docstring is the operation's, unless a `description` is given.
    `answer` makes the answer; its return annotation is the contract. `edit`: for what others may change too.
    `named` gives a command that names no id one that is made of its call.
    `unstored`: fields of the answer that are told once and not kept with it (a secret), made of the answer and of what
    the command was given in this call; None: it was carried out in an earlier one.
    """

    name: str
    command: type[C]
    check: Callable[[At, C, Any], Awaitable[Given]]
    summary: str
    route: Route | None = None
    description: str = ""
    answer: Callable[[Done[Any, Any]], BaseModel] | None = None
    edit: Callable[[C], Edit] | None = None
    named: Callable[[C, Call], C] | None = None
    unstored: Callable[[Mapping[str, Any], Given | None], Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question: `ask(service, call, request)`; its annotations and its docstring are the contract.

    `response`: the answer's model, where the function returns it already encoded.
    """

    name: str
    ask: Callable[[Any, Call, Any], Awaitable[BaseModel | Encoded | Reply]]
    summary: str
    route: Route | None = None
    response: type[BaseModel] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Query):
    """Changes something that isn't in the log, or more than that, so that no decision alone stands behind it.

    `ask` does it and returns a `Reply`, whose data fit `response`. A repeat under the same id is its own affair.
    """


@dataclass(frozen=True, slots=True)
class Feature:
    """What a service can do about one thing. `answer`, `edit`: of its commands that don't name their own.

    `parts`: features in folders inside this one's; parts that share a history name the same one.
    """

    name: str
    operations: Sequence[Command[Any] | Query] = ()
    history: History[Any] | None = None
    answer: Callable[[Done[Any, Any]], BaseModel] | None = None
    edit: Callable[[Any], Edit] | None = None
    parts: Sequence["Feature"] = ()

    async def carry_out(self, service: Service, call: Call, command: Any) -> Reply:
        """Do what a declared command asks for, as its operation would."""
        declared = next(
            each for each in self.operations if isinstance(each, Command) and each.command is type(command)
        )
        return await _carry_out(self, declared, service, call, command)


class Features:
    """The features of one service, their parts among them, and what comes of them together."""

    def __init__(self, *features: Feature) -> None:
        self.all = tuple(_flat(features))
        self.histories = tuple(dict.fromkeys(each.history for each in self.all if each.history is not None))
        self.events = tuple(cls for history in self.histories for cls in history.classes)
        self.tables = tuple(
            table
            for history in self.histories
            for kept in history.tables
            for table in ([kept.table] if isinstance(kept, Kept) else kept.tables)
        )

    def register(self, operations: Operations, service: Callable[[], Any]) -> None:
        """Put every operation among those of the service.

        `service` is what they act on when they are called: a `Service`, where there are commands.
        """
        for feature in self.all:
            for each in feature.operations:
                operations.add(
                    _command(feature, each, service) if isinstance(each, Command) else _query(each, service)
                )

    async def rebuild(self, conn: AsyncConnection, log: EventLog, catalogue: Catalogue) -> None:
        """Fold every stream that tables are kept of and write its rows; the tables must be empty."""
        for history in (each for each in self.histories if each.tables):
            async for changes in history.changes(conn, log, catalogue):
                await write(conn, history.tables, changes)


def _flat(features: Sequence[Feature]) -> Sequence[Feature]:
    return [each for feature in features for each in (feature, *_flat(feature.parts))]


def _command(feature: Feature, declared: Command[C], service: Callable[[], Service]) -> Operation:
    async def handle(call: Call, command: C) -> Reply:
        return await _carry_out(feature, declared, service(), call, command)

    answer = declared.answer or feature.answer
    return Operation(
        declared.name,
        "command",
        declared.command,
        get_type_hints(answer)["return"],
        declared.summary,
        handle,
        declared.description or _documented(declared.check),
        declared.route,
    )


def _query(declared: Query, service: Callable[[], Service]) -> Operation:
    async def handle(call: Call, request: Any) -> BaseModel | Encoded | Reply:
        return await declared.ask(service(), call, request)

    hints = get_type_hints(declared.ask, include_extras=True)
    *_, request, response = hints.values()
    return Operation(
        declared.name,
        "command" if isinstance(declared, Act) else "query",
        request,
        declared.response or response,
        declared.summary,
        handle,
        _documented(declared.ask),
        declared.route,
    )


def _documented(function: Callable[..., Any]) -> str:
    if not function.__doc__:
        raise ValueError(f"{function.__qualname__} has no docstring: it is the operation's description")
    return function.__doc__.strip()


async def _carry_out(
    feature: Feature, declared: Command[C], service: Service, call: Call, command: C
) -> Reply:
    history, answer, edit = feature.history, declared.answer or feature.answer, declared.edit or feature.edit
    if history is None or answer is None:
        raise TypeError(f"{feature.name}: {declared.name} needs a history and an answer")
    if declared.named is not None:
        command = declared.named(command, call)

    known: list[Given] = []

    async def check(conn: AsyncConnection, state: Any) -> Given:
        known.append(await declared.check(At(service, conn, call), command, state))
        return known[-1]

    reply = await history.carry_out(
        service, call, command, check, answer=answer, edit=edit(command) if edit else None
    )
    if declared.unstored is None:
        return reply
    told = declared.unstored(reply.data, known[-1] if known else None)
    return replace(reply, data={**reply.data, **told})
