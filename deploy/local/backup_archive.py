"""The settings with which the embedded PostgreSQL keeps its write-ahead log elsewhere."""

import os
from pathlib import Path

from deploy.local.postgres import binaries
from deploy.local.rights import unprivileged

EVERY_S = 60
"""Seconds after which a segment is archived even if it isn't full: at most that much is lost with the machine."""


def archiving(archive: Path) -> dict[str, str]:
    """Settings with which a cluster copies its log into `archive` (made here, for the server's user).

    A segment that is already in the archive is accepted only if it is identical: PostgreSQL repeats a copy whose
    success it did not learn of.
    """
    for_server(archive)
    there = f'"{archive}/%f"'
    copy = f'cp "%p" {there}.part && sync {there}.part && mv {there}.part {there}'
    return {
        "wal_level": "replica",
        "max_wal_senders": "4",
        "archive_mode": "on",
        "archive_timeout": f"{EVERY_S}s",
        "archive_command": f'if test -f {there}; then cmp -s "%p" {there}; else {copy}; fi',
    }


def for_server(folder: Path, mode: int = 0o755) -> None:
    """Make the folder, and give it and what is in it to the user that the server runs as."""
    folder.mkdir(parents=True, exist_ok=True)
    rights = unprivileged(binaries())
    if rights is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, rights.uid, rights.gid, follow_symlinks=False)
    folder.chmod(mode)
