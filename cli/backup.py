"""`shengji backup`: one consistent backup of a running system, sealed if a key is given."""

import os
from pathlib import Path

from rich.console import Console

from deploy.local.attach import attach
from deploy.local.backup import make
from deploy.local.backup_manifest import BackupError

KEY_VARIABLE = "SHENGJI_BACKUP_KEY"


def passphrase(key_file: Path | None) -> str | None:
    """The key from a file, else from the environment; None if neither has one. It is never an argument."""
    if key_file is not None:
        return key_file.read_text("utf-8").strip()
    return os.environ.get(KEY_VARIABLE) or None


async def backup(data: Path, target: Path | None, key_file: Path | None, keep: int, console: Console) -> None:
    """Back up the system that runs in `data`, and say what a restore would not bring back."""
    key = passphrase(key_file)
    try:
        made = await make(attach(data), target or data / "backups", key, console.print, keep=keep)
    except BackupError as error:
        raise ValueError(str(error)) from error
    console.print(f"[green]✓[/] {made.folder} ({made.bytes / 1e6:.1f} MB)", highlight=False)
    waiting = made.manifest.readings
    if waiting is not None and waiting.messages:
        console.print(
            f"  {waiting.messages} messages of readings were acknowledged and not committed yet: they are not in "
            f"this backup (first {waiting.first_at}, last {waiting.last_at}).",
            highlight=False,
        )
    if key is None:
        console.print(
            f"  [yellow]not sealed[/]: no key was given, so no secrets are in it. Set {KEY_VARIABLE} or --key-file."
        )
