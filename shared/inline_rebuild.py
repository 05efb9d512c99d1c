"""Rebuilds a service's inline tables from its own log: `python -m services.<name>.rebuild`, with its runtime role.

For repair, and after a change of the code that fills the tables. Commands wait during the rebuild, and those whose time
is up are told to try again; reads see the old rows until the end.
"""

import sys
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import Table, delete, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared import loop
from shared.clock import SystemClock
from shared.event_log import EventLog
from shared.settings import Settings

RebuildInline = Callable[[AsyncConnection, EventLog], Awaitable[int]]
"""Empties the tables and applies the whole log, in the caller's transaction; returns the number of events applied."""


async def emptied(conn: AsyncConnection, tables: Sequence[Table]) -> None:
    """Lock the tables and delete all rows. `tables` in an order that foreign keys allow for filling them.

    Commands wait until the transaction ends: they write these tables before they append, so locking the tables stops
    them.
    """
    names = ", ".join(table.name for table in tables)
    await conn.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    for table in reversed(tables):
        await conn.execute(delete(table))


async def anew(database_url: str, rebuild_inline: RebuildInline) -> int:
    """Rebuild all tables in one transaction; the number of events applied. No time limit of a request holds here."""
    engine = create_async_engine(
        database_url, connect_args={"server_settings": {"application_name": "inline-rebuild"}}
    )
    try:
        async with engine.begin() as conn:
            return await rebuild_inline(conn, EventLog(SystemClock()))
    finally:
        await engine.dispose()


def main(rebuild_inline: RebuildInline) -> None:
    """The process: rebuild, and say how many events were read."""
    url = Settings().database_url
    if url is None:
        sys.exit("rebuild: set SHENGJI_DATABASE_URL")
    loop.run(_tell(url.get_secret_value(), rebuild_inline))


async def _tell(database_url: str, rebuild_inline: RebuildInline) -> None:
    print(await anew(database_url, rebuild_inline))
