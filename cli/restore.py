"""`shengji restore`: a backup into an empty data folder; `--check` only proves that it is whole."""

from pathlib import Path

from rich.console import Console

from cli.backup import passphrase
from deploy.local.backup_manifest import BackupError, Manifest
from deploy.local.backup_restore import open_backup, restore, settings_for
from deploy.local.backup_seal import SealError


async def run(folder: Path, data: Path, key_file: Path | None, check: bool, console: Console) -> None:
    """Restore, and say what is gone and what to do next."""
    key = passphrase(key_file)
    try:
        if check:
            manifest, _ = open_backup(folder, key)
            describe(manifest, console)
            console.print(f"[green]✓[/] {folder} is whole")
            return
        done = await restore(folder, key, settings_for(data), console.print)
    except (BackupError, SealError) as error:
        raise ValueError(str(error)) from error
    describe(done.manifest, console)
    console.print(f"[green]✓[/] restored into {data}: {done.checked} events, every hash recomputed")
    console.print(f"  Next: shengji up --data {data}; then shengji status --data {data} until all is ok.")
    if not done.secrets:
        console.print("  The secrets are new: issue tokens anew. Device credentials are as they were.")


def describe(manifest: Manifest, console: Console) -> None:
    """What is in a backup, and what is lost by restoring it."""
    console.print(
        f"backup of {manifest.created_at} by shengji {manifest.version}, PostgreSQL {manifest.postgres}",
        highlight=False,
    )
    for each in manifest.databases:
        head = f"events 1 to {each.head.position}" if each.head else "read-model"
        console.print(f"  {each.service}: {head}, as of {each.snapshot_at}", highlight=False)
    energy = manifest.database("energy")
    console.print(f"  Lost: what was recorded after these moments, and readings after {energy.snapshot_at}.")
    waiting = manifest.readings
    if waiting is None:
        console.print("  How many acknowledged readings waited then is not known.")
    elif waiting.messages:
        console.print(
            f"  Lost too: {waiting.messages} messages of readings, acknowledged from {waiting.first_at} to "
            f"{waiting.last_at} and not yet committed.",
            highlight=False,
        )
    else:
        console.print("  No acknowledged reading waited for its commit at that moment.")
    console.print(
        "  Devices that keep what they sent since then mend it by sending it again; repeats count once."
    )
