"""Restores a backup into an empty data folder: databases, secrets if they came sealed, the simulated clock.

The streams start empty: the relays fill them, sequence = position, and the consumers go on from their checkpoints.
Every restored log gets a new incarnation, and its anchor file says from which one it came and at which position.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import asyncpg
import nats

from deploy import topology
from deploy.databases import as_role, create_database, create_roles, for_asyncpg, for_sqlalchemy
from deploy.local import backup_manifest as manifests
from deploy.local import backup_months
from deploy.local.backup import ORDER, Say, checkpoints_of, connection_environment, head_of
from deploy.local.backup_manifest import BackupError, DatabaseThen, Manifest
from deploy.local.backup_seal import Key
from deploy.local.folder import DataFolder
from deploy.local.nats import NatsServer
from deploy.local.postgres import PostgresServer, binaries, small, working
from deploy.local.process import Child
from deploy.local.secrets import Secrets, load_or_create
from deploy.local.settings import LocalSettings
from shared import anchors, simulation
from shared.clock import SystemClock
from shared.database import runtime_engine
from shared.event_log import EventLog
from shared.streams import reconcile


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: positions by service, events whose chain was checked, and whether secrets came along."""

    manifest: Manifest
    positions: dict[str, int]
    checked: int
    secrets: bool


def open_backup(folder: Path, passphrase: str | None) -> tuple[Manifest, Key | None]:
    """The manifest of a whole, unchanged backup, and its key. Raises BackupError, SealError, ValueError."""
    manifest = manifests.read(folder)
    key: Key | None = None
    if manifest.salt is not None:
        if passphrase is None:
            raise BackupError(f"{folder} is sealed: give its key (--key-file, or SHENGJI_BACKUP_KEY)")
        key = Key(passphrase, bytes.fromhex(manifest.salt))
        manifests.check_mac(folder, key)
    manifests.check_files(folder, manifest)
    if wrong := manifests.contradictions(manifest.databases):
        raise BackupError("the backup contradicts itself: " + "; ".join(wrong))
    for each in manifest.databases:
        _must_know(each)
    return manifest, key


async def restore(folder: Path, passphrase: str | None, settings: LocalSettings, say: Say) -> Restored:
    """Restore into `settings.data`, where nothing may be yet. Raises BackupError, SealError, StartError.

    What goes wrong half-way leaves databases behind that the next try refuses: remove the data folder first.
    """
    manifest, key = open_backup(folder, passphrase)
    data = DataFolder(settings.data)
    if (data.root / "postgres").exists() or (data.root / "secrets.json").exists():
        raise BackupError(f"{data.root} is not empty: restore into another folder (--data)")
    data.lock()
    children: list[Child] = []
    try:
        secrets = await _secrets(data, folder, manifest, key)
        say("secrets restored" if manifest.secrets and key else "new secrets: tokens must be issued anew")
        admin_url = settings.postgres_url
        if settings.needs_postgres():
            admin_url = await _start_postgres(data, settings, secrets, children)
        positions: dict[str, int] = {}
        checked = 0
        for name in reversed(ORDER):
            owner_url = await _prepared(name, settings, secrets, admin_url)
            checked += await _restore_database(folder, manifest.database(name), owner_url, key, data)
            if name == "energy":
                await _restore_months(folder, manifest, owner_url, key, data, say)
            head = manifest.database(name).head
            if head is not None:
                positions[name] = head.position
            say(f"{name}: " + (f"position {head.position}, chain verified" if head else "read-model"))
        if manifest.clock is not None:
            await _set_clock(data, settings, secrets, manifest.clock, children)
            say(f"simulated clock at {manifest.clock}")
    finally:
        for child in reversed(children):
            await child.stop()
        data.unlock()
    return Restored(manifest, positions, checked, bool(manifest.secrets and key))


def _must_know(part: DatabaseThen) -> None:
    """Refuse a database that a newer release has migrated."""
    folder = Path(__file__).parents[2] / "services" / part.service / "migrations"
    known = [path.stem for path in folder.glob("*.py")]
    if part.revision is not None and part.revision not in known:
        raise BackupError(
            f"{part.service} is at migration {part.revision}, which this release does not have: "
            "restore with the release that made the backup, or a newer one"
        )


async def _secrets(data: DataFolder, folder: Path, manifest: Manifest, key: Key | None) -> Secrets:
    if manifest.secrets is not None and key is not None:
        with (folder / manifest.secrets).open("rb") as file:
            text = b"".join([part async for part in key.open(manifest.secrets, file)])
        descriptor = os.open(data.root / "secrets.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            target.write(text)
    return load_or_create(data.root)


async def _start_postgres(
    data: DataFolder, settings: LocalSettings, secrets: Secrets, children: list[Child]
) -> str:
    server = PostgresServer(
        data.root / "postgres",
        data.port("postgres", settings.postgres_port),
        secrets.postgres,
        data.logs / "postgres.log",
        small() if settings.small else working(),
    )
    await server.prepare()
    children.append(Child(server.spec()))
    await children[-1].start()
    await children[-1].wait_ready()
    return server.admin_url


async def _prepared(name: str, settings: LocalSettings, secrets: Secrets, admin_url: str | None) -> str:
    """The owner's URL of an empty database of that service."""
    outside = settings.databases.get(name)
    if outside is not None:
        if outside.owner_url is None:
            raise BackupError(f"set SHENGJI_{name.upper()}_OWNER_DATABASE_URL")
        url = for_asyncpg(outside.owner_url)
    elif admin_url is not None:
        service = topology.service(name)
        admin = await asyncpg.connect(for_asyncpg(admin_url), timeout=10)
        try:
            await create_roles(admin, secrets.roles, [service])
            await create_database(admin, for_asyncpg(admin_url), service)
        finally:
            await admin.close()
        role = service.owner_role
        url = for_asyncpg(as_role(admin_url, role, secrets.roles[role], service.database))
    else:
        raise BackupError("there is no PostgreSQL to restore to")
    connection = await asyncpg.connect(url, timeout=10)
    try:
        if await connection.fetchval("SELECT to_regclass('public.alembic_version')") is not None:
            raise BackupError(f"the database of {name} is not empty: drop it first")
    finally:
        await connection.close()
    return url


async def _restore_database(
    folder: Path, part: DatabaseThen, owner_url: str, key: Key | None, data: DataFolder
) -> int:
    """Restore one database and check it against the manifest; the number of events whose chain was checked."""
    child = await asyncio.create_subprocess_exec(
        *(str(binaries() / "pg_restore"), "--no-owner", "--single-transaction", "--exit-on-error"),
        f"--dbname={connection_environment(owner_url)['PGDATABASE']}",
        env={**os.environ, **connection_environment(owner_url)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert child.stdin is not None and child.stderr is not None  # noqa: S101, PT018
    errors = asyncio.create_task(child.stderr.read())
    try:
        with (folder / part.file).open("rb") as file:
            async for chunk in _plain(file, part.file, key):
                child.stdin.write(chunk)
                await child.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has ended, and its words say why
    finally:
        child.stdin.close()
    if await child.wait() != 0:
        raise BackupError(f"pg_restore of {part.service}: {(await errors).decode(errors='replace').strip()}")
    connection = await asyncpg.connect(owner_url, timeout=10)
    try:
        found = (await head_of(connection), tuple(await checkpoints_of(connection)))
        if found != (part.head, part.checkpoints):
            raise BackupError(f"{part.service}: {found} was restored, the manifest says otherwise")
        if part.head is None:
            return 0
        checked = await _verify(owner_url, part)
        fresh = await connection.fetchval(
            "UPDATE event_counter SET incarnation = gen_random_uuid() RETURNING incarnation::text"
        )
    finally:
        await connection.close()
    anchor = anchors.Anchor(
        part.service,
        str(UUID(fresh)),
        part.head.position,
        part.head.hash,
        part.head.recorded_at,
        part.snapshot_at,
        restored_from=part.head.incarnation,
    )
    anchors.write(data.anchors, anchor)
    return checked


async def _restore_months(
    folder: Path, manifest: Manifest, owner_url: str, key: Key | None, data: DataFolder, say: Say
) -> None:
    connection = await asyncpg.connect(owner_url, timeout=10)
    try:
        await backup_months.bring_back(connection, folder, manifest.months, key, data.root)
    finally:
        await connection.close()
    if manifest.months:
        say(f"archived months of readings: {len(manifest.months)} files")


async def _verify(owner_url: str, part: DatabaseThen) -> int:
    engine = runtime_engine(for_sqlalchemy(owner_url), application="restore", pool=1)
    try:
        async with engine.connect() as conn:
            result = await EventLog(SystemClock()).verify(conn)
    finally:
        await engine.dispose()
    if result.broken_at is not None:
        raise BackupError(f"{part.service}: chain broken at {result.broken_at}: {result.reason}")
    return result.checked


async def _set_clock(
    data: DataFolder, settings: LocalSettings, secrets: Secrets, now: str, children: list[Child]
) -> None:
    """Publish the clock's last step to the CLOCK stream, so that simulated time doesn't start over."""
    if settings.nats_url is not None:
        raise BackupError("a simulated clock is restored to the own nats-server only: unset SHENGJI_NATS_URL")
    port = data.port("nats", settings.nats_port)
    server = NatsServer(data.root / "nats", port, secrets.nats, data.logs / "nats.log")
    server.prepare()
    children.append(Child(server.spec()))
    await children[-1].start()
    await children[-1].wait_ready()
    wanted = [each for each in topology.streams() if each.name == simulation.STREAM]
    for user, publish in (("provisioner", False), ("gateway", True)):
        client = await nats.connect(
            server.url,
            user=user,
            password=secrets.nats[user],
            inbox_prefix=topology.inbox_prefix(user).encode(),
        )
        try:
            js = client.jetstream(timeout=5)
            if publish:
                await js.publish(simulation.SUBJECT, f'{{"now": "{now}"}}'.encode(), stream=simulation.STREAM)
            else:
                await reconcile(js, wanted, [])
        finally:
            await client.close()


async def _plain(source: BinaryIO, name: str, key: Key | None) -> AsyncIterator[bytes]:
    if key is not None:
        async for chunk in key.open(name, source):
            yield chunk
        return
    while chunk := source.read(1 << 18):
        yield chunk


def settings_for(data: Path) -> LocalSettings:
    """The runner's settings for another data folder."""
    return replace(LocalSettings.from_environment(), data=data)
