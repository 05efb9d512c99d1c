"""Keeps the inline tables: in the append transaction of a command, and in a rebuild from the log.

Only what stands in the events goes into the tables, so that both ways end in the same rows. One module per
slice, each with `apply(conn, event)` for the events of its own.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.domain.file_import import FileImported
from services.projects.inline import imports

Apply = Callable[[AsyncConnection, Any], Awaitable[None]]
APPLY: dict[type, Apply] = {FileImported: imports.apply}
"""Writes the rows of an event class, for tables that no feature derives from folded state (`service.FEATURES`)."""


async def apply(conn: AsyncConnection, events: Sequence[Any]) -> None:
    """Write what the events mean into the tables."""
    for event in events:
        if write := APPLY.get(type(event)):
            await write(conn, event)
