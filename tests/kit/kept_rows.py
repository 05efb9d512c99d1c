"""Tables that are kept of folded states: their rows are what the states say, all of them and nothing else."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.catalogue import Catalogue
from shared.event_log import EventLog
from shared.feature import Features
from shared.kept import Kept


async def check_rows_are_folded(
    features: Features, engine: AsyncEngine, log: EventLog, catalogue: Catalogue
) -> None:
    """Compare every kept table of a service with what its streams are folded to; AssertionError for a difference.

    A table without rows is an error too: the comparison would prove nothing.
    """
    async with engine.connect() as conn:
        for history in features.histories:
            states = [state async for some in history.folded(conn, log, catalogue) for state in some]
            for kept in (each for each in history.tables if isinstance(each, Kept)):
                stored = [column for column in kept.table.c if not column.computed]
                name, columns = kept.table.name, {column.name for column in stored}
                said = [dict(row) for state in states for row in kept.rows(state)]
                assert all(set(row) == columns for row in said), f"{name}: a row gives every column"
                written = [dict(row) for row in (await conn.execute(select(*stored))).mappings()]
                assert written, f"{name} must have rows, or the comparison proves nothing"
                keys = [column.name for column in kept.table.primary_key]
                assert _by_key(said, keys) == _by_key(written, keys)


def _by_key(rows: list[dict[str, Any]], keys: list[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    found = {tuple(row[key] for key in keys): row for row in rows}
    assert len(found) == len(rows)
    return found
