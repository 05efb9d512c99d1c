"""Stages a file's rows while it is checked and run, in tables outside the log: they are no facts yet."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, Text, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.tables import metadata
from services.projects.imports.facts import Mode
from shared.identity import Actor
from shared.problems import not_found
from shared.rpc import Call

JOB = Table(
    "import_job",
    metadata,
    Column("import", Text, primary_key=True, key="job"),
    Column("kind", Text),
    Column("file_name", Text),
    Column("sha256", Text),
    Column("actor", JSON),
    Column("subject", Text),
    Column("heading", JSON),
    Column("reading", JSON),
    Column("rows", Integer),
    Column("received", Integer),
    Column("standing", Text),
    Column("mode", Text),
    Column("done", Integer),
    Column("faulty", Integer),
    Column("changing", Integer),
    Column("created", Integer),
    Column("changed", Integer),
    Column("unchanged", Integer),
    Column("refused", Integer),
    Column("opened_at", DateTime(timezone=True)),
    Column("lease", Text),
    Column("lease_until", DateTime(timezone=True)),
    Column("attempt", BigInteger),
    Column("reason", Text),
)
ROW = Table(
    "import_row",
    metadata,
    Column("import", Text, primary_key=True, key="job"),
    Column("row", Integer, primary_key=True),
    Column("cells", JSON),
    Column("faults", JSON),
    Column("changes", JSON),
    Column("outcome", Text),
)
LEASE = text("interval '90 seconds'")
"""How long a process keeps a job without renewing: longer than any transaction (shared.database.HELD_S)."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job that this process works on."""

    job: str
    kind: str
    file_name: str
    sha256: str
    actor: Actor
    heading: Sequence[str]
    rows: int
    standing: str
    mode: Mode | None
    lease: str
    reason: str | None = None
    """The reason for changing existing things; None: nobody has agreed to changes."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A row as received: its cells, and the faults that the gateway found."""

    row: int
    cells: Sequence[str]
    faults: Sequence[Mapping[str, Any]]
    changes: Sequence[Mapping[str, Any]] = ()
    """The changes that the check showed for this row."""


async def opened(
    conn: AsyncConnection, job: str, actor: Actor, now: datetime, values: Mapping[str, Any]
) -> bool:
    """Opens a job. Returns False if it is open already."""
    statement = upsert(JOB).values(
        job=job,
        actor=actor.to_dict(),
        subject=actor.subject,
        standing="receiving" if values["rows"] else "checking",
        opened_at=now,
        received=0,
        **values,
    )
    return bool((await conn.execute(statement.on_conflict_do_nothing())).rowcount)


async def received(conn: AsyncConnection, job: str, rows: Sequence[Staged]) -> None:
    """Adds rows; existing rows stay unchanged. The last row starts the check."""
    values = [
        {"job": job, "row": row.row, "cells": list(row.cells), "faults": list(row.faults)} for row in rows
    ]
    await conn.execute(upsert(ROW).on_conflict_do_nothing(), values)
    table, rows_of = JOB, ROW.c
    count = select(func.count()).where(rows_of.job == job).scalar_subquery()
    await conn.execute(update(table).where(table.c.job == job).values(received=count))
    complete = (table.c.job == job) & (table.c.received >= table.c.rows) & (table.c.standing == "receiving")
    await conn.execute(update(table).where(complete).values(standing="checking"))


async def claim(conn: AsyncConnection) -> Job | None:
    """Claims the oldest job that is waiting, or whose lease has expired; None: there is none."""
    table = JOB
    free = (table.c.lease.is_(None)) | (table.c.lease_until < func.now())
    waiting = (
        select(table.c.job)
        .where(table.c.standing.in_(("checking", "running")), free)
        .order_by(table.c.opened_at, table.c.job)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(table)
        .where(table.c.job == waiting.scalar_subquery())
        .values(lease=uuid4().hex, lease_until=func.now() + LEASE, attempt=table.c.attempt + 1)
        .returning(table)
    )
    row = (await conn.execute(taken)).one_or_none()
    if row is None:
        return None
    return Job(
        row.job,
        row.kind,
        row.file_name,
        row.sha256,
        Actor.from_dict(row.actor),
        row.heading,
        row.rows,
        row.standing,
        row.mode,
        row.lease,
        row.reason,
    )


async def still_mine(conn: AsyncConnection, job: Job) -> bool:
    """Locks the job and renews the lease. False: another process has the job, so this transaction must not commit."""
    table = JOB
    mine = (table.c.job == job.job) & (table.c.lease == job.lease)
    renewed = update(table).where(mine).values(lease_until=func.now() + LEASE)
    return bool((await conn.execute(renewed)).rowcount)


async def note(conn: AsyncConnection, job: Job, **values: Any) -> bool:
    """Stores the progress of the job. False: another process has claimed it."""
    table = JOB
    mine = (table.c.job == job.job) & (table.c.lease == job.lease)
    return bool((await conn.execute(update(table).where(mine).values(**values))).rowcount)


async def let_go(conn: AsyncConnection, job: Job, standing: str, **values: Any) -> bool:
    """Ends this step of the job and gives up the lease. False: another process has claimed it."""
    return await note(conn, job, standing=standing, lease=None, lease_until=None, **values)


async def rows(conn: AsyncConnection, job: str, after: int, limit: int, *, open_only: bool) -> list[Staged]:
    """Rows in order, from `after` on (exclusive); `open_only`: without an outcome."""
    table = ROW.c
    query = select(table.row, table.cells, table.faults, table.changes).where(
        table.job == job, table.row > after
    )
    if open_only:
        query = query.where(table.outcome.is_(None))
    found = await conn.execute(query.order_by(table.row).limit(limit))
    return [Staged(row.row, row.cells, row.faults, row.changes) for row in found]


async def found(
    conn: AsyncConnection,
    job: str,
    looked_at: Sequence[Staged],
    faults: Mapping[int, Sequence[Mapping[str, Any]]],
) -> None:
    """Stores the faults by row, and clears those of the other rows that were checked."""
    if mended := [each.row for each in looked_at if each.faults and each.row not in faults]:
        table = ROW
        right = update(table).where(table.c.job == job, table.c.row.in_(mended))
        await conn.execute(right.values(faults=[]))
    if faults:
        statement = text("""
            UPDATE import_row SET faults = CAST(:faults AS json) WHERE import = :job AND row = :row
        """)
        values = [
            {"job": job, "row": row, "faults": json.dumps(list(each), ensure_ascii=False)}
            for row, each in faults.items()
        ]
        await conn.execute(statement, values)


async def shown(
    conn: AsyncConnection,
    job: str,
    looked_at: Sequence[Staged],
    changes: Mapping[int, Sequence[Mapping[str, Any]]],
) -> None:
    """Stores the changes by row, and clears those of the other rows that were checked."""
    differing = [each.row for each in looked_at if list(each.changes) != list(changes.get(each.row, ()))]
    if differing:
        statement = text("""
            UPDATE import_row SET changes = CAST(:changes AS json) WHERE import = :job AND row = :row
        """)
        values = [
            {"job": job, "row": row, "changes": json.dumps(list(changes.get(row, ())), ensure_ascii=False)}
            for row in differing
        ]
        await conn.execute(statement, values)


async def outcomes(conn: AsyncConnection, job: str, by_row: Mapping[int, str]) -> None:
    """Stores the outcomes of rows."""
    if by_row:
        statement = text("""
            UPDATE import_row SET outcome = new.outcome
            FROM unnest(CAST(:rows AS int[]), CAST(:outcomes AS text[])) AS new (row, outcome)
            WHERE import = :job AND import_row.row = new.row
        """)
        values = {"job": job, "rows": list(by_row), "outcomes": list(by_row.values())}
        await conn.execute(statement, values)


async def tally(conn: AsyncConnection, job: str) -> dict[str, int]:
    """The number of rows per outcome."""
    table = ROW.c
    counted = await conn.execute(
        select(table.outcome, func.count()).where(table.job == job).group_by(table.outcome)
    )
    found = {row[0]: int(row[1]) for row in counted if row[0]}
    return {name: found.get(name, 0) for name in ("created", "changed", "unchanged", "refused")}


async def forget(conn: AsyncConnection, before: datetime, kept: Job) -> None:
    """Deletes all jobs but `kept` that were opened before that time; what they did is in the log."""
    table = JOB.c
    await conn.execute(delete(JOB).where(table.opened_at < before, table.job != kept.job))


async def own_job(conn: AsyncConnection, call: Call, job: str, *, lock: bool = False) -> Any:
    """The `import_job` row of the caller's own import. Raises Problem 404 for any other."""
    table = JOB
    query = select(table).where(table.c.job == job, table.c.subject == call.actor.subject)
    row = (await conn.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise not_found("import", job)
    return row
