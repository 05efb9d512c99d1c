"""A backup of a running system, consistent across its databases (ADR 0090).

Readers first, then what they read: progress, projects, energy, assessment. Each database is dumped from one exported
snapshot whose positions go into the manifest. So no projection in a backup is ahead of a log in it, and after a
restore the relays fill the empty streams (sequence = position) and every consumer goes on from its checkpoint.
"""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata as package_metadata
from pathlib import Path
from secrets import token_bytes
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import asyncpg
import nats
from nats.js.errors import NotFoundError

from deploy import topology
from deploy.databases import for_asyncpg
from deploy.local import backup_manifest as manifests
from deploy.local import backup_months
from deploy.local.attach import Attached
from deploy.local.backup_manifest import (
    BackupError,
    CheckpointThen,
    DatabaseThen,
    HeadThen,
    Manifest,
    MonthThen,
    ReadingsThen,
)
from deploy.local.backup_seal import Key
from deploy.local.postgres import binaries

ORDER = ("progress", "projects", "energy", "assessment")
"""The order of the dumps: a service that reads a log comes before the service that owns the log."""

SECRETS = "secrets.json.sealed"
LAST = "last.json"
METRIC = "shengji_backup.prom"
Say = Callable[[str], None]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup."""

    folder: Path
    manifest: Manifest
    bytes: int


async def make(system: Attached, target: Path, passphrase: str | None, say: Say, *, keep: int = 0) -> Made:
    """Back up into a new folder below `target`; with `keep`, older ones beyond that number are removed.

    Raises BackupError; then nothing is left that looks like a backup.
    """
    now = datetime.now(UTC)
    folder = target / f"shengji-{now:%Y%m%dT%H%M%SZ}"
    partial = folder.with_name(f"{folder.name}.partial")
    salt = token_bytes(16) if passphrase is not None else None
    key = Key(passphrase, salt) if passphrase is not None and salt is not None else None
    partial.mkdir(parents=True, mode=0o700)
    try:
        manifest = await _fill(system, partial, key, salt, now, say)
        manifests.write(partial, manifest, key)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    size = sum(each.stat().st_size for each in folder.iterdir())
    _remember(system.data / "backups", folder, manifest)
    if keep:
        _remove_old(target, keep, say)
    return Made(folder, manifest, size)


async def _fill(
    system: Attached, folder: Path, key: Key | None, salt: bytes | None, now: datetime, say: Say
) -> Manifest:
    databases: list[DatabaseThen] = []
    readings: ReadingsThen | None = None
    months: tuple[MonthThen, ...] = ()
    for service in ORDER:
        owner_url = system.addresses.databases[service][1]
        if owner_url is None:
            raise BackupError(
                f"{service}: its owner's URL is not known: set SHENGJI_{service.upper()}_OWNER_DATABASE_URL"
            )
        async with _snapshot(for_asyncpg(owner_url)) as (connection, snapshot):
            if service == "energy":
                # Read after the snapshot was taken: what is in the stream now may be missing from the dump.
                readings = await _readings(system)
                months = await backup_months.keep(connection, folder, key)
            part = await _dump(connection, snapshot, service, for_asyncpg(owner_url), folder, key)
        databases.append(part)
        at = f"position {part.head.position}" if part.head else "read-model"
        say(f"{service}: {at}, {part.bytes / 1e6:.1f} MB")
    if months:
        say(f"readings archived up to {months[-1].month[:7]}: {len(months)} files")
    if wrong := manifests.contradictions(tuple(databases)):
        raise BackupError("the backup contradicts itself: " + "; ".join(wrong))
    secrets: str | None = None
    if key is not None:
        secrets = SECRETS
        with (folder / SECRETS).open("wb") as file:
            await key.seal(SECRETS, _bytes((system.data / "secrets.json").read_bytes()), file)
    return Manifest(
        created_at=now.isoformat(),
        version=package_metadata.version("shengji"),
        postgres=await _postgres_version(for_asyncpg(str(system.addresses.databases["assessment"][1]))),
        databases=tuple(databases),
        readings=readings,
        clock=await _clock(system),
        secrets=secrets,
        salt=salt.hex() if salt else None,
        months=months,
        files=_checksums(folder),
    )


@asynccontextmanager
async def _snapshot(dsn: str) -> AsyncIterator[tuple[asyncpg.Connection, str]]:
    """A transaction that sees one consistent snapshot of the database, with the snapshot's id for pg_dump."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield connection, str(await connection.fetchval("SELECT pg_export_snapshot()"))
    finally:
        await connection.close()


async def _dump(
    connection: asyncpg.Connection, snapshot: str, service: str, dsn: str, folder: Path, key: Key | None
) -> DatabaseThen:
    name = f"{service}.dump" + (".sealed" if key else "")
    taken = datetime.now(UTC).isoformat()
    head = await head_of(connection)
    points = await checkpoints_of(connection)
    program = [str(binaries() / "pg_dump"), "--format=custom", "--no-owner", f"--snapshot={snapshot}"]
    child = await asyncio.create_subprocess_exec(
        *program,
        env={**os.environ, **connection_environment(dsn)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None and child.stderr is not None  # noqa: S101, PT018
    errors = asyncio.create_task(child.stderr.read())
    with (folder / name).open("wb") as file:
        if key is None:
            async for part in _chunks(child.stdout):
                file.write(part)
        else:
            await key.seal(name, _chunks(child.stdout), file)
        file.flush()
        os.fsync(file.fileno())
    if await child.wait() != 0:
        raise BackupError(f"pg_dump of {service}: {(await errors).decode(errors='replace').strip()}")
    revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    size = (folder / name).stat().st_size
    return DatabaseThen(
        service, name, size, manifests.sha256(folder / name), taken, revision, head, tuple(points)
    )


async def head_of(connection: asyncpg.Connection) -> HeadThen | None:
    """The log's end; None in a database without a log."""
    if await connection.fetchval("SELECT to_regclass('public.event_counter')") is None:
        return None
    row = await connection.fetchrow(
        "SELECT position, hash, incarnation::text, nullif(recorded_at, '-infinity') AS at FROM event_counter"
    )
    at = row["at"]
    return HeadThen(row["position"], row["hash"].hex(), row["incarnation"], at.isoformat() if at else None)


async def checkpoints_of(connection: asyncpg.Connection) -> list[CheckpointThen]:
    """Every checkpoint of the database, in whichever schema."""
    schemas = await connection.fetch(
        "SELECT schemaname FROM pg_tables WHERE tablename = 'checkpoint' ORDER BY schemaname"
    )
    found = []
    for (schema,) in schemas:
        rows = await connection.fetch(
            f'SELECT projection, source, position, hash FROM "{schema}".checkpoint ORDER BY 1, 2'
        )
        found += [CheckpointThen(schema, r[0], r[1], r[2], r[3].hex()) for r in rows]
    return found


def connection_environment(dsn: str) -> dict[str, str]:
    """libpq's variables for a URL: a password in an argument would be seen by everybody."""
    parts = urlsplit(dsn)
    return {
        "PGHOST": parts.hostname or "127.0.0.1",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
        "PGOPTIONS": "-c statement_timeout=0",
    }


async def _readings(system: Attached) -> ReadingsThen | None:
    async def ask(js: Any) -> ReadingsThen:
        state = (await js.stream_info("READINGS")).state
        held = state.messages > 0
        return ReadingsThen(
            state.messages,
            str(state.first_ts) if held and getattr(state, "first_ts", None) else None,
            str(state.last_ts) if held and getattr(state, "last_ts", None) else None,
        )

    return await _on_nats(system, ask)


async def _clock(system: Attached) -> str | None:
    """The simulated time, where there is one."""

    async def ask(js: Any) -> str | None:
        try:
            last = await js.get_last_msg("CLOCK", "clock.now")
        except NotFoundError:
            return None
        return str(json.loads(last.data)["now"])

    return await _on_nats(system, ask)


async def _on_nats(system: Attached, ask: Callable[[Any], Awaitable[_T]]) -> _T:
    """Ask JetStream with energy's rights, which may see READINGS and CLOCK."""
    environment = system.environment("energy")
    connection = await nats.connect(
        system.addresses.nats_url,
        user=environment.get("SHENGJI_NATS_USER"),
        password=environment.get("SHENGJI_NATS_PASSWORD"),
        inbox_prefix=topology.inbox_prefix("energy").encode(),
        allow_reconnect=False,
        connect_timeout=5,
    )
    try:
        return await ask(connection.jetstream(timeout=5))
    finally:
        await connection.close()


async def _postgres_version(dsn: str) -> str:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


def _remove_old(target: Path, keep: int, say: Say) -> None:
    for old in sorted(target.glob("shengji-*Z"))[:-keep]:
        shutil.rmtree(old)
        say(f"removed {old.name}")


def _checksums(folder: Path) -> dict[str, str]:
    return {path.name: manifests.sha256(path) for path in sorted(folder.iterdir())}


def _remember(folder: Path, made: Path, manifest: Manifest) -> None:
    """Record the backup where `shengji status` and the metrics look for it."""
    folder.mkdir(parents=True, exist_ok=True)
    heads = {each.service: each.head.position for each in manifest.databases if each.head}
    note = {"at": manifest.created_at, "folder": str(made), "sealed": manifest.sealed, "positions": heads}
    _replace(folder / LAST, json.dumps(note, indent=2))
    at = datetime.fromisoformat(manifest.created_at).timestamp()
    name = "shengji_backup_last_success_timestamp_seconds"
    _replace(folder / METRIC, f"# TYPE {name} gauge\n{name} {at:.0f}\n")


def _replace(path: Path, text: str) -> None:
    new = path.with_name(path.name + ".new")
    new.write_text(text)
    new.replace(path)


async def _chunks(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while part := await stream.read(1 << 18):
        yield part


async def _bytes(text: bytes) -> AsyncIterator[bytes]:
    yield text
