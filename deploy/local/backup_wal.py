"""Recovery of the embedded PostgreSQL to a point in time: its write-ahead log kept elsewhere, and base backups.

    python -m deploy.local.backup_wal base TARGET              a base backup of the running system
    python -m deploy.local.backup_wal recover BASE --to TIME   the system stopped, its cluster moved away

`SHENGJI_WAL_ARCHIVE` names the folder of the log, `SHENGJI_DATA_DIR` the system's.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.backup import connection_environment
from deploy.local.backup_archive import archiving, for_server
from deploy.local.folder import DataFolder
from deploy.local.postgres import PostgresServer, binaries, working
from deploy.local.process import Child, StartError
from deploy.local.runner import running_system
from deploy.local.secrets import load_or_create
from deploy.local.settings import LocalSettings

LONGEST_REPLAY_S = 6 * 3600.0


def base_backup(admin_url: str, target: Path) -> Path:
    """A copy of the running cluster below `target`; its folder. Raises StartError."""
    folder = target / f"base-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    target.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(  # noqa: S603
        [str(binaries() / "pg_basebackup"), "-D", str(folder), "-X", "stream", "-c", "fast"],
        env={**os.environ, **connection_environment(admin_url)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise StartError("make a base backup", done.stderr.strip())
    return folder


async def recover(base: Path, archive: Path, server: PostgresServer, to: str) -> None:
    """Put `base` in the server's place and replay the archive up to `to` (a moment with offset), then stop.

    Raises StartError, e.g. when the archive ends before that moment.
    """
    if server.folder.exists():
        raise StartError("recover", f"{server.folder} is there: move it away first")
    if not (base / "PG_VERSION").exists():
        raise StartError("recover", f"{base} is no base backup")
    shutil.copytree(base, server.folder)
    (server.folder / "recovery.signal").touch()
    for_server(server.folder, 0o700)
    await server.prepare()
    spec = server.spec()
    target = {
        "restore_command": f'cp "{archive}/%f" "%p"',
        "recovery_target_time": to,
        "recovery_target_action": "promote",
        # Otherwise the server reports ready as soon as it accepts reads, in the middle of the replay.
        "hot_standby": "off",
    }
    options = [part for name, value in target.items() for part in ("-c", f"{name}={value}")]
    child = Child(replace(spec, argv=(*spec.argv, *options), start_timeout=LONGEST_REPLAY_S))
    await child.start()
    try:
        await child.wait_ready()
    finally:
        await child.stop()


def main() -> None:
    """The two commands."""
    parser = argparse.ArgumentParser(description="Base backups, and recovery to a point in time.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("base", help="a base backup of the running cluster").add_argument("target", type=Path)
    recovering = commands.add_parser("recover", help="the cluster as it was at a moment")
    recovering.add_argument("base", type=Path)
    recovering.add_argument("--to", required=True, help="e.g. '2026-11-23 10:15:00+00'")
    given = parser.parse_args()
    settings = LocalSettings.from_environment()
    data = DataFolder(settings.data)
    if settings.wal_archive is None:
        raise StartError("find the archive", "set SHENGJI_WAL_ARCHIVE to its folder")
    password = load_or_create(data.root).postgres
    if given.command == "base":
        found = running_system(data.root)
        if found is None or not found.get("postgres"):
            raise StartError("find the running system", f"no embedded PostgreSQL runs in {data.root}")
        place = urlsplit(f"postgresql://{found['postgres']}")
        print(base_backup(f"postgresql://postgres:{password}@{place.netloc}/postgres", given.target))
        return
    data.lock()
    try:
        server = PostgresServer(
            data.root / "postgres",
            data.port("postgres", settings.postgres_port),
            password,
            data.logs / "postgres.log",
            {**working(), **archiving(settings.wal_archive)},
        )
        asyncio.run(recover(given.base, settings.wal_archive, server, given.to))
    finally:
        data.unlock()
    print(
        f"{data.root} is as of {given.to}. Before the start, move {data.root / 'nats'} away: see the runbook."
    )


if __name__ == "__main__":
    try:
        main()
    except (StartError, ValueError) as problem:
        sys.exit(str(problem))
