"""What every use case works with."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import inline as registered
from services.projects.documents.facts import Figure
from services.projects.domain.refusal import Refused
from services.projects.events import CATALOGUE
from shared.catalogue import Catalogue
from shared.decider import Decider, Edit, OnState
from shared.kept import Kept, Written
from shared.rpc import Call, Reply
from shared.service import Service

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
Making = Callable[[AsyncConnection], Awaitable[C]]
"""Builds a command inside its transaction, from what that transaction reads."""


@dataclass(slots=True)
class App(Service):
    """The projects service of one process."""

    catalogue: Catalogue = CATALOGUE
    refusal: type[Exception] = Refused
    frozen: dict[str, tuple[Figure, ...]] = field(default_factory=dict, init=False)
    """Cache of the report figures of issued documents; an issued document never changes."""

    async def run(
        self,
        call: Call,
        stream: str,
        decider: Decider[S, C, E],
        command: C | OnState[S, C] | Making[C],
        *,
        answer: Callable[[S, Sequence[E]], object],
        tables: Sequence[Kept[S, Any] | Written[S]] = (),
        inline: Callable[[AsyncConnection, Sequence[E]], Awaitable[None]] | None = None,
        edit: Edit | None = None,
    ) -> Reply:
        """Carry out a command on one stream, with the inline tables in the same transaction."""
        apply = inline or registered.apply
        return await self.runner.run(
            call, stream, decider, command, answer=answer, inline=apply, tables=tables, edit=edit
        )
