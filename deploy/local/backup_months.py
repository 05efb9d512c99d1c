"""The archived months of readings (Parquet files beside energy's database) in a backup, and back.

Which months there are, and what their files must be, stands in energy's table `reading_archive`, read in the snapshot
that is dumped: a month that is moved out in the meantime is still whole in the dump.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from deploy.local.backup_manifest import BackupError, MonthThen, sha256
from deploy.local.backup_seal import Key

FOLDER = "archive"
"""Where restored months go, below the data folder: where `services.energy.archive` puts them by default."""

_ARCHIVED = "SELECT month, file, rows, sha256 FROM reading_archive WHERE state = 'archived' ORDER BY month"


@dataclass(frozen=True, slots=True)
class _Month:
    """A row of the catalogue. `digest`: sha256 of the file, hex."""

    month: str
    file: Path
    rows: int
    digest: str


async def keep(connection: asyncpg.Connection, folder: Path, key: Key | None) -> tuple[MonthThen, ...]:
    """Copy the files of the months that are archived in this snapshot. Raises BackupError for one that isn't whole."""
    kept = []
    for each in await _catalogue(connection):
        _must_be(each, each.file)
        name = each.file.name + (".sealed" if key else "")
        with (folder / name).open("wb") as target:
            if key is None:
                async for part in _read(each.file):
                    target.write(part)
            else:
                await key.seal(name, _read(each.file), target)
            target.flush()
            os.fsync(target.fileno())
        kept.append(MonthThen(each.month, name, each.rows, each.digest))
    return tuple(kept)


async def bring_back(
    connection: asyncpg.Connection, folder: Path, months: tuple[MonthThen, ...], key: Key | None, data: Path
) -> None:
    """Put the files into the data folder and tell the restored catalogue where they are. `connection`: the owner's.

    Raises BackupError when the catalogue names a month that the backup doesn't have, or another file.
    """
    there = {each.month: each for each in months}
    for each in await _catalogue(connection):
        if each.month not in there:
            raise BackupError(
                f"the readings of {each.month} are archived, and their file is not in the backup"
            )
        name = there[each.month].file
        target = (data / FOLDER / name.removesuffix(".sealed")).absolute()
        target.parent.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("rb") as source, target.open("wb") as plain:
            async for part in key.open(name, source) if key else _read(folder / name):
                plain.write(part)
            plain.flush()
            os.fsync(plain.fileno())
        _must_be(each, target)
        await connection.execute(
            "UPDATE reading_archive SET file = $2 WHERE month = $1::text::date", each.month, str(target)
        )


async def _catalogue(connection: asyncpg.Connection) -> list[_Month]:
    if await connection.fetchval("SELECT to_regclass('public.reading_archive')") is None:
        return []
    rows: list[Any] = await connection.fetch(_ARCHIVED)
    return [_Month(f"{row['month']}", Path(row["file"]), row["rows"], row["sha256"].hex()) for row in rows]


def _must_be(month: _Month, file: Path) -> None:
    if not file.exists():
        raise BackupError(f"{file} is not there: the readings of {month.month} are archived in it")
    if sha256(file) != month.digest:
        raise BackupError(
            f"{file} is not the file that was archived: its sha256 differs from the catalogue's"
        )


async def _read(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as source:
        while part := source.read(1 << 18):
            yield part
