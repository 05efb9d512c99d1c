"""Closed months of readings into compressed Parquet, by policy, and back: `python -m services.energy.archive`.

A month is closed first: its end becomes the line up to which readings are not taken any more (the worker reads it with
its partition's generation). Then nothing can change while the file is written and the month's new table is filled
beside the old one; the partitions are locked for the line and for the exchange, both a matter of milliseconds. In the
database stay the sums, and each series' last readings of the month: what comes next is measured from them, and judged
with them where a fall is open at its end. Months go
in order, the oldest first, and come back in the reverse order, so that there is always one line. It needs the
migrating role's rights, and goes by the Clock.
"""

import argparse
import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from services.energy.common.registers import MOST_HELD
from services.energy.common.scale import EXTREME, VALUE_DECIMALS, step_decimals
from services.energy.readings import quarantine, ranks, recount
from services.energy.readings.archived import EXACT
from services.energy.readings.arrivals import Quarantine
from services.energy.readings.kernel import Ints
from services.energy.readings.memory import Connection
from services.energy.readings.reference import change_partition
from services.energy.readings.store import COPY_END, COPY_HEADER, COPY_ROW, copy_rows
from shared import broker, simulation
from shared.clock import SystemClock, day_start, local_day
from shared.settings import Settings

KEEP_MONTHS = 13
"""Months that stay by default beside the running one: a year back, for comparison with the same month."""

ROWS_AT_ONCE = 500_000
_PLAIN = 10 ** (VALUE_DECIMALS - 3)
_COLUMNS = ("s", "t", "rk", "v", "e")
_SCHEMA = pa.schema([("s", pa.int32()), *((name, pa.int64()) for name in _COLUMNS[1:])], metadata=EXACT)

_LAST_ONES = """
INSERT INTO {stub} SELECT DISTINCT ON (s) * FROM {full} ORDER BY s, t DESC;
INSERT INTO {stub} SELECT DISTINCT ON (s) * FROM {full} WHERE v >= 0 ORDER BY s, t DESC ON CONFLICT DO NOTHING;
INSERT INTO {stub} SELECT f.* FROM (
    SELECT r.s, max(r.t) FILTER (WHERE NOT m.marked) AS since, (array_agg(m.marked ORDER BY r.t DESC))[1] AS open
    FROM {full} r CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM irregular i WHERE i.s = r.s AND i.t = r.t AND i.reason IN ('backwards', 'after_fall', 'glitch')
    ) AS marked) m
    WHERE r.v >= 0 AND r.s IN (SELECT s FROM irregular WHERE t BETWEEN {begin} AND {end}
                               AND reason IN ('backwards', 'after_fall', 'glitch'))
    GROUP BY r.s) x JOIN {full} f ON f.s = x.s AND f.t >= coalesce(x.since, 0)
WHERE x.open ON CONFLICT DO NOTHING;
"""


class ArchiveError(Exception):
    """It can't be done; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Archived:
    """A month in the catalogue."""

    month: date
    file: Path
    rows: int
    bytes: int


def month_of(t: int) -> date:
    """The month of +08:00 that a reading at t belongs to (24:00 of its last day included)."""
    return local_day(datetime.fromtimestamp(t - 1, UTC)).replace(day=1)


def end_of(month: date) -> int:
    """The last second that belongs to the month."""
    following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return int(day_start(following).timestamp())


async def due(conn: Connection, now: datetime, keep_months: int = KEEP_MONTHS) -> list[date]:
    """Months to archive, the oldest first: all before the `keep_months` that precede the running one."""
    oldest_kept = month_of(int(now.timestamp()))
    for _ in range(keep_months):
        oldest_kept = (oldest_kept - timedelta(days=1)).replace(day=1)
    rows = await conn.fetch(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = 'reading'::regclass ORDER BY c.relname"
    )
    gone = await conn.fetch("SELECT month FROM reading_archive WHERE state = 'archived'")
    done = {row["month"] for row in gone}
    months = [date(int(row["relname"][8:12]), int(row["relname"][13:15]), 1) for row in rows]
    return [month for month in months if month < oldest_kept and month not in done]


async def archive(conn: Connection, folder: Path, month: date, now: datetime) -> Archived:
    """Take a month out. Safe to repeat after a crash at any point. Raises ArchiveError out of order."""
    state = await conn.fetchval("SELECT state FROM reading_archive WHERE month = $1", month)
    if state == "archived":
        raise ArchiveError(f"{month:%Y-%m} is archived already")
    if older := [each for each in await due(conn, now, 0) if each < month]:
        raise ArchiveError(f"{older[0]:%Y-%m} comes first: months go in order")
    async with conn.transaction():
        await _lock_all(conn)
        await conn.execute(
            "INSERT INTO reading_archive (month, until_t, state, changed_at) VALUES ($1, $2, 'closing', $3) "
            "ON CONFLICT (month) DO UPDATE SET state = 'closing', changed_at = excluded.changed_at",
            *(month, end_of(month), now),
        )
    name = f"reading_{month:%Y_%m}"
    file = folder / f"{name}.parquet"
    rows = await _write_file(conn, name, file)
    digest = _digest(file)
    stub = await _table_beside(conn, month)
    begin, end = _bounds(month)
    await conn.execute(_LAST_ONES.format(stub=stub, full=name, begin=begin, end=end))
    async with conn.transaction():
        await _lock_all(conn)
        await _exchange(conn, month, stub)
        await conn.execute(
            "UPDATE reading_archive SET state = 'archived', file = $2, rows = $3, bytes = $4, sha256 = $5, "
            "changed_at = $6 WHERE month = $1",
            *(month, str(file.absolute()), rows, file.stat().st_size, digest, now),
        )
    return Archived(month, file, rows, file.stat().st_size)


async def restore(conn: Connection, month: date, now: datetime) -> list[date]:
    """Bring a month back, and those after it; returns these months. What waited for them leaves the quarantine.

    Raises ArchiveError when a file is missing or isn't what was written.
    """
    rows = await conn.fetch(
        "SELECT * FROM reading_archive WHERE state = 'archived' AND month >= $1 ORDER BY month DESC", month
    )
    if month not in {row["month"] for row in rows}:
        raise ArchiveError(f"{month:%Y-%m} is not archived")
    for row in rows:
        await _restore_one(conn, row, now)
    return [row["month"] for row in rows]


async def _restore_one(conn: Connection, row: Any, now: datetime) -> None:
    month, file = row["month"], Path(row["file"])
    digest = _digest(file)
    if digest is None:
        raise ArchiveError(f"{file} is not there: bring it back from the backup of the archive")
    if digest != row["sha256"]:
        raise ArchiveError(
            f"{file} is not the file that was written: its sha256 differs from the catalogue's"
        )
    full = await _table_beside(conn, month)
    scale = await _old_scale(conn, file)
    await conn.copy_to_table(full, source=_file_rows(file, scale), columns=list(_COLUMNS), format="binary")
    stored = await conn.fetchval(f"SELECT count(*) FROM {full}")
    if stored != row["rows"]:
        raise ArchiveError(f"{file} gave {stored} readings, the catalogue says {row['rows']}")
    begin, end = _bounds(month)
    there = await conn.fetch(f"SELECT DISTINCT s FROM {full} ORDER BY s")
    cut = [each["s"] for each in there if scale is not None and scale[each["s"]] > _PLAIN]
    async with conn.transaction():
        await _lock_all(conn)
        await _exchange(conn, month, full)
        await conn.execute(
            "UPDATE reading_archive SET state = 'restored', changed_at = $2 WHERE month = $1", month, now
        )
        for series in cut:
            await recount.recount(conn, series, now, begin - 1, end - 1)
        await quarantine.release(conn, None, [Quarantine.ARCHIVED.value], now, after=begin - 1, until=end - 1)


async def _lock_all(conn: Connection) -> None:
    """Lock every partition and raise its generation: the workers read the archive's line again with their next
    batch."""
    await conn.execute("SET LOCAL lock_timeout = '30s'")
    for row in await conn.fetch("SELECT p FROM reading_partition ORDER BY p"):
        await change_partition(conn, row["p"])


async def _table_beside(conn: Connection, month: date) -> str:
    """An empty table for the month's readings, not yet part of `reading`; its name. A table that an earlier crash left
    is dropped.

    The constraint spares the exchange a scan: what is attached is known to lie within the month.
    """
    name, (begin, end) = f"reading_{month:%Y_%m}_next", _bounds(month)
    await conn.execute(
        f"DROP TABLE IF EXISTS {name}; CREATE TABLE {name} (LIKE reading INCLUDING ALL, "
        f"CONSTRAINT {name}_range CHECK (t >= {begin} AND t < {end})) WITH (fillfactor = 95)"
    )
    return name


async def _exchange(conn: Connection, month: date, beside: str) -> None:
    """Put the table `beside` in the month's place and drop the old one: names and a catalogue entry, no rows."""
    name, (begin, end) = f"reading_{month:%Y_%m}", _bounds(month)
    await conn.execute(f"ALTER TABLE reading DETACH PARTITION {name}")
    await conn.execute(f"DROP TABLE {name}")
    await conn.execute(f"ALTER TABLE reading ATTACH PARTITION {beside} FOR VALUES FROM ({begin}) TO ({end})")
    await conn.execute(f"ALTER TABLE {beside} DROP CONSTRAINT {beside}_range")
    await conn.execute(f"ALTER TABLE {beside} RENAME TO {name}")


def _bounds(month: date) -> tuple[int, int]:
    """The month's partition: from the first second to the one after the last."""
    return end_of((month - timedelta(days=1)).replace(day=1)) + 1, end_of(month) + 1


async def _write_file(conn: Connection, name: str, file: Path) -> int:
    """Write a month's table in key order; number of rows. The file is whole on the disk, or not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    held, rows = bytearray(), 0
    with pq.ParquetWriter(part, _SCHEMA, compression="zstd") as writer:

        def put(count: int) -> None:
            nonlocal rows
            size = COPY_ROW.itemsize
            found = np.frombuffer(bytes(held[: count * size]), COPY_ROW)
            del held[: count * size]
            columns = [pa.array(found[c].astype("<i4" if c == "s" else "<i8")) for c in _COLUMNS]
            writer.write_batch(pa.record_batch(columns, schema=_SCHEMA))
            rows += count

        async def take(data: bytes) -> None:
            held.extend(data)
            if not rows and held.startswith(COPY_HEADER):
                del held[: len(COPY_HEADER)]
            if len(held) >= ROWS_AT_ONCE * COPY_ROW.itemsize:
                put(ROWS_AT_ONCE)

        query = f"SELECT {', '.join(_COLUMNS)} FROM {name} ORDER BY s, t"
        await conn.copy_from_query(query, output=take, format="binary")
        if rest := (len(held) - len(COPY_END)) // COPY_ROW.itemsize:
            put(rest)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return rows


async def _old_scale(conn: Connection, file: Path) -> dict[int, int] | None:
    """For a file of release 517f57c: by series, how many of today's steps one of its integers of energy is."""
    with pq.ParquetFile(file) as source:
        if EXACT.items() <= (source.schema_arrow.metadata or {}).items():
            return None
    rows = await conn.fetch("SELECT s, factor FROM series")
    return {row["s"]: 10 ** (step_decimals(row["factor"]) - 3) for row in rows}


async def _file_rows(file: Path, scale: dict[int, int] | None) -> AsyncIterator[bytes]:
    """A file's rows as binary COPY takes them. Raises ArchiveError for what can't be held to the last digit."""
    yield COPY_HEADER
    with pq.ParquetFile(file) as source:
        for batch in source.iter_batches(100_000):
            columns = [batch.column(name).to_numpy() for name in _COLUMNS]
            yield copy_rows(*(columns if scale is None else _of_517f57c(file, scale, *columns)))
    yield COPY_END


def _of_517f57c(
    file: Path, scale: dict[int, int], s: Ints, t: Ints, rank: Ints, v: Ints, e: Ints
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Values in 1/1000 of their unit, energy in 1/1000 of the carrier's, and a correction's rank in microseconds."""
    steps = np.array([scale[each] for each in s.tolist()], np.int64)
    if bool((v >= EXTREME // 1000).any()) or bool((np.abs(e) > MOST_HELD // steps).any()):
        raise ArchiveError(f"{file} holds a reading that is too large to be held exactly")
    corrected = np.where(rank > 0, ranks.corrections(rank), 0)
    return s, t, corrected, np.where(v < 0, v, v * 1000), e * steps


def _digest(file: Path) -> bytes | None:
    if not file.exists():
        return None
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


async def clock_now(settings: Settings) -> datetime:
    """The Clock's moment: the system's, or where the simulated clock stands. Raises ArchiveError if nobody set it."""
    if settings.clock == "system":
        return SystemClock().now()
    nats = await broker.connect(settings, "energy-archive")
    try:
        standing = await simulation.standing(broker.jetstream(nats))
    finally:
        await nats.stop()
    if standing is None:
        raise ArchiveError("the simulated clock has not been set: there is no past to archive")
    return standing


async def _main(options: argparse.Namespace) -> None:
    settings = Settings()
    url = settings.owner_database_url
    if url is None:
        raise ArchiveError("set SHENGJI_OWNER_DATABASE_URL: this changes tables")
    now = await clock_now(settings)
    conn = await asyncpg.connect(
        url.get_secret_value().replace("postgresql+asyncpg", "postgresql", 1),
        server_settings={"application_name": "energy-archive", "timezone": "UTC"},
    )
    try:
        if options.restore:
            for month in await restore(conn, date.fromisoformat(f"{options.restore}-01"), now):
                print(f"{month:%Y-%m}: restored", flush=True)
        for month in [] if options.restore else await due(conn, now, options.keep):
            done = await archive(conn, options.folder, month, now)
            print(f"{month:%Y-%m}: {done.rows:,} readings in {done.bytes:,} bytes, {done.file}", flush=True)
    finally:
        await conn.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Archive closed months of readings, or restore them.")
    parser.add_argument("--folder", type=Path, default=Path("data/archive"), help="where the files go")
    parser.add_argument("--keep", type=int, default=KEEP_MONTHS, help="months that stay")
    parser.add_argument("--restore", metavar="YYYY-MM", help="bring this month back, and those after it")
    try:
        asyncio.run(_main(parser.parse_args()))
    except ArchiveError as failure:
        raise SystemExit(f"archive: {failure}") from failure
