"""Keeps the inline tables: in the append transaction of a command, and in a rebuild from the log.

Only what stands in the events goes into the tables, so that both ways end in the same rows. One module per
slice, each with `apply(conn, event)` for the events of its own.
"""

from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from typing import Any, get_args

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.domain.file_import import FileImported
from services.projects.domain.project import ProjectEvent, ProjectRegistered
from services.projects.inline import (
    imports,
    projects,
)

Apply = Callable[[AsyncConnection, Any], Awaitable[None]]
APPLY: dict[type, Apply] = {
    **dict.fromkeys(get_args(ProjectEvent), projects.apply),
    FileImported: imports.apply,
}
"""Writes the rows of an event class, for tables that no feature derives from folded state (`service.FEATURES`)."""

ApplyMany = Callable[[AsyncConnection, Sequence[Any]], Awaitable[None]]
APPLY_MANY: dict[type, ApplyMany] = {
    ProjectRegistered: projects.registered,
}
"""Writes consecutive events of one class with one statement per table, for imports and rebuilds."""


async def apply(conn: AsyncConnection, events: Sequence[Any]) -> None:
    """Write what the events mean into the tables."""
    for kind, run in groupby((event for event in events if type(event) in APPLY), type):
        if many := APPLY_MANY.get(kind):
            await many(conn, list(run))
        else:
            for event in run:
                await APPLY[kind](conn, event)
