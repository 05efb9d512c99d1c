"""Builds the next version of the read-model from position 0 of the streams, beside the one that serves.

Blue/green: the same code path as every other day (a consumer at its checkpoint, here 0) fills the new schema,
the new is compared with the old at the same positions, then one row is updated and the service goes over to
it. The same command is the recovery after a loss of the read-model, and the upgrade to another shape of it.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nats.js import JetStreamContext
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.progress.common.sources import SOURCES
from services.progress.measures.store import versions
from services.progress.projection import tables
from services.progress.projection.serving import cancel, consumers
from shared.checkpoint import Checkpoints
from shared.consumer import DomainConsumer

RUNTIME_ROLE = "progress_runtime"
SAY_EVERY_S = 2.0
_ONE_AT_A_TIME = text("SELECT pg_try_advisory_lock(7306)")

Say = Callable[[str], None]
Counted = Callable[[int, int], None]
"""(events read, events to read)"""


class RebuildFailed(Exception):
    """The new version was not taken over; the old one serves on. Says why and what to do."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A table in which the versions differ: rows and digests up to the same positions."""

    table: str
    rows: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    version: int
    previous: int
    events: int
    seconds: float
    differences: tuple[Difference, ...]


async def rebuild(
    owner_url: str,
    runtime_url: str,
    js: JetStreamContext,
    *,
    accept_differences: bool = False,
    say: Say = print,
    runtime_role: str = RUNTIME_ROLE,
    counted: Counted | None = None,
) -> Rebuilt:
    """Build, compare, switch. Raises RebuildFailed and leaves the old version serving if one of them fails."""
    owner = create_async_engine(owner_url, connect_args={"timeout": 10})
    try:
        async with owner.connect() as raw:
            conn = await raw.execution_options(isolation_level="AUTOCOMMIT")
            if not (await conn.execute(_ONE_AT_A_TIME)).scalar_one():
                raise RebuildFailed("another rebuild is running: wait for its end")
            return await _rebuild(
                conn, runtime_url, js, accept_differences, say, runtime_role, counted or count_nothing
            )
    finally:
        await owner.dispose()


async def go_back(owner_url: str, say: Say = print) -> int:
    """Let the previous version serve again; returns its number. It catches up from its own checkpoint.

    Raises RebuildFailed when there is none. For use with the release that made that version.
    """
    owner = create_async_engine(owner_url, connect_args={"timeout": 10})
    try:
        async with owner.begin() as conn:
            serving = await versions.serving(conn)
            if serving.previous is None or serving.previous not in await versions.existing(conn):
                raise RebuildFailed(f"there is no version before progress_v{serving.version}")
            await conn.execute(
                text("""
                    UPDATE public.serving SET version = previous, shape = previous_shape,
                           previous = version, previous_shape = shape, switched_at = now()
                    WHERE version = :version
                """),
                {"version": serving.version},
            )
    finally:
        await owner.dispose()
    say(f"progress_v{serving.previous} serves again; progress_v{serving.version} is kept")
    return serving.previous


async def _rebuild(
    owner: AsyncConnection,
    url: str,
    js: JetStreamContext,
    accept: bool,
    say: Say,
    role: str,
    counted: Counted,
) -> Rebuilt:
    started = time.monotonic()
    serving = await versions.serving(owner)
    # Above the versions that are about to be dropped, too: a version's number is never used again.
    version = max([*await versions.existing(owner), serving.version]) + 1
    await _drop_leftovers(owner, serving, say)
    driver = (await owner.get_raw_connection()).driver_connection
    assert driver is not None  # noqa: S101
    await driver.execute(versions.create_script(version, role))
    say(f"building progress_v{version}; progress_v{serving.version} serves on")
    engine = versions.open_engine(
        url, version, application="progress-rebuild", pool=len(SOURCES) + 2, durable=False
    )
    try:
        checkpoints = versions.checkpoints(engine, version)
        running = consumers(js, checkpoints)
        tasks = [asyncio.create_task(each.run()) for each in running]
        try:
            events = await _catch_up(owner, js, engine, checkpoints, running, serving.version, say, counted)
            found = await _compare(owner, serving, version)
            _judge(found, accept, say)
            await _switch(owner, serving, version)
        finally:
            await cancel(tasks)
    finally:
        await engine.dispose()
    seconds = time.monotonic() - started
    say(
        f"progress_v{version} serves: {events} events in {seconds:.1f} s; progress_v{serving.version} is kept"
    )
    return Rebuilt(version, serving.version, events, seconds, tuple(found or ()))


async def _drop_leftovers(owner: AsyncConnection, serving: versions.Serving, say: Say) -> None:
    """Remove what a broken rebuild left, and versions older than the one before."""
    for version in await versions.existing(owner):
        if version not in (serving.version, serving.previous):
            say(f"dropping progress_v{version}, which does not serve")
            await owner.execute(text(f"DROP SCHEMA {versions.schema_name(version)} CASCADE"))


async def _catch_up(
    owner: AsyncConnection,
    js: JetStreamContext,
    engine: AsyncEngine,
    checkpoints: Checkpoints,
    running: Sequence[DomainConsumer],
    serving: int,
    say: Say,
    counted: Counted,
) -> int:
    """Wait until the new version holds whatever the streams hold, and whatever the old version holds."""
    said = time.monotonic()
    while True:
        for consumer in running:
            if consumer.stopped is not None:
                raise RebuildFailed(f"{consumer.source}: {consumer.stopped}")
        goal = await _positions(owner, serving)
        for consumer in running:
            state = (await js.stream_info(consumer.stream)).state
            goal[consumer.source] = max(goal.get(consumer.source, 0), state.last_seq)
        async with engine.connect() as conn:
            there = {each.source: each.position for each in await checkpoints.all(conn)}
        behind = {s: wanted - there.get(s, 0) for s, wanted in goal.items() if there.get(s, 0) < wanted}
        counted(sum(goal.values()) - sum(behind.values()), sum(goal.values()))
        if not behind:
            return sum(there.values())
        if time.monotonic() - said > SAY_EVERY_S:
            said = time.monotonic()
            say("still to read: " + ", ".join(f"{count} of {source}" for source, count in behind.items()))
        await asyncio.sleep(0.05)


async def _compare(
    owner: AsyncConnection, serving: versions.Serving, version: int
) -> list[Difference] | None:
    """Tables that differ up to the positions that both versions hold; None if they can't be compared."""
    if serving.shape != versions.SHAPE:
        return None
    old = await _positions(owner, serving.version)
    new = await _positions(owner, version)
    common = {source: min(old.get(source, 0), new.get(source, 0)) for source in SOURCES}
    found = []
    for table in tables.COMPARED:
        before = await _digest(owner, serving.version, table, common)
        after = await _digest(owner, version, table, common)
        if before != after:
            found.append(Difference(table.name, (before[0], after[0])))
    return found


def _judge(found: list[Difference] | None, accept: bool, say: Say) -> None:
    if found is None:
        say("the new version's tables have another shape: they are not compared")
    for difference in found or ():
        before, after = difference.rows
        say(f"{difference.table}: {before} rows before, {after} now, and not the same")
    if (found is None or found) and not accept:
        raise RebuildFailed(
            "the new version differs from the one that serves. If that is what this release is for, "
            "run again with --accept-differences; if not, one of them is wrong: see the runbook, 'rebuild'"
        )
    if found == []:
        say("both versions hold the same")


async def _positions(conn: AsyncConnection, version: int) -> dict[str, int]:
    schema = versions.schema_name(version)
    rows = await conn.execute(text(f"SELECT source, position FROM {schema}.checkpoint"))
    return {row.source: row.position for row in rows}


async def _digest(
    conn: AsyncConnection, version: int, table: Any, upto: Mapping[str, int]
) -> tuple[int, str]:
    """How many rows a table has up to the positions, and a digest that doesn't depend on their order.

    The number of a change is left out: it depends on how the sources' transactions met.
    """
    columns = ", ".join(column.name for column in table.columns if column.name != "seq")
    rows = await conn.execute(
        text(f"""
            SELECT count(*), coalesce(sum(hashtextextended(row::text, 0)), 0)::text
            FROM (SELECT {columns} FROM {versions.schema_name(version)}.{table.name}) AS row
            JOIN unnest(CAST(:sources AS text[]), CAST(:positions AS bigint[])) AS upto (source, position)
              ON row.source = upto.source AND row.position <= upto.position
        """),
        {"sources": list(upto), "positions": list(upto.values())},
    )
    count, digest = rows.one()
    return int(count), str(digest)


async def _switch(owner: AsyncConnection, serving: versions.Serving, version: int) -> None:
    changed = await owner.execute(
        text("""
            UPDATE public.serving SET version = :version, shape = :shape, previous = version,
                   previous_shape = shape, switched_at = now() WHERE version = :previous
        """),
        {"version": version, "shape": versions.SHAPE, "previous": serving.version},
    )
    if changed.rowcount != 1:
        raise RebuildFailed("another version was switched to in between: run again")


def count_nothing(read: int, of: int) -> None:
    """The default progress callback: does nothing, because the printed lines say what is still to read."""
