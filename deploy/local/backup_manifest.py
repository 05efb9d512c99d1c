"""What a backup says of itself: files with checksums, positions and hashes of every log and projection, versions."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.backup_seal import Key

FORMAT = 2
"""The manifest's format. 2 has the archived months of readings; 1, which has none, can still be read."""
NAME = "manifest.json"


class BackupError(Exception):
    """A backup could not be made, or isn't one that can be restored. Says why and what to do."""


@dataclass(frozen=True, slots=True)
class HeadThen:
    """A log's end in the backup; `hash` in hex."""

    position: int
    hash: str
    incarnation: str
    recorded_at: str | None


@dataclass(frozen=True, slots=True)
class CheckpointThen:
    """How far a projection was in a source's log, in the backup."""

    schema: str
    projection: str
    source: str
    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class DatabaseThen:
    """One service's database: its file, and where it stood. Times are system time, ISO."""

    service: str
    file: str
    bytes: int
    sha256: str
    snapshot_at: str
    revision: str | None
    head: HeadThen | None
    checkpoints: tuple[CheckpointThen, ...]


@dataclass(frozen=True, slots=True)
class ReadingsThen:
    """What READINGS held when energy's snapshot was taken: acknowledged, and not in the backup."""

    messages: int
    first_at: str | None
    last_at: str | None


@dataclass(frozen=True, slots=True)
class MonthThen:
    """A month of readings that had left the database: its file in the backup, rows, sha256 of the plain file."""

    month: str
    file: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup. `salt` (hex) where it is sealed; `clock` the simulated time, if it was."""

    created_at: str
    version: str
    postgres: str
    databases: tuple[DatabaseThen, ...]
    readings: ReadingsThen | None
    clock: str | None
    secrets: str | None
    salt: str | None
    months: tuple[MonthThen, ...] = ()
    format: int = FORMAT
    files: dict[str, str] = field(default_factory=dict)

    @property
    def sealed(self) -> bool:
        """Whether a key is needed."""
        return self.salt is not None

    def database(self, service: str) -> DatabaseThen:
        """That service's part. Raises BackupError when there is none."""
        for each in self.databases:
            if each.service == service:
                return each
        raise BackupError(f"the backup has no database of {service}")


def contradictions(databases: tuple[DatabaseThen, ...]) -> list[str]:
    """Where a projection in the backup is ahead of its source's log: such a backup must not be restored."""
    heads = {each.service: each.head for each in databases if each.head is not None}
    found = []
    for each in databases:
        for point in each.checkpoints:
            head = heads.get(point.source)
            if head is None or point.position > head.position:
                found.append(
                    f"{point.projection} is at {point.position} of {point.source}, whose log in the backup "
                    f"ends at {head.position if head else 'nowhere'}"
                )
            elif point.position == head.position and point.hash != head.hash:
                found.append(f"{point.projection} and {point.source} differ at position {point.position}")
    return found


def write(folder: Path, manifest: Manifest, key: Key | None) -> None:
    """Write it, sealed by the key if there is one."""
    text = json.dumps(asdict(manifest), indent=2, sort_keys=True)
    (folder / NAME).write_text(text, "utf-8")
    if key is not None:
        (folder / f"{NAME}.mac").write_text(key.mac(text.encode()) + "\n")


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BackupError for a folder that is none."""
    try:
        values: dict[str, Any] = json.loads((folder / NAME).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BackupError(f"{folder} is no backup: {error}") from error
    if values.get("format") not in range(1, FORMAT + 1):
        raise BackupError(f"{folder} has format {values.get('format')}, this release reads up to {FORMAT}")
    databases = tuple(_database(each) for each in values.pop("databases"))
    readings = values.pop("readings")
    months = tuple(MonthThen(**each) for each in values.pop("months", []))
    return Manifest(
        databases=databases,
        readings=ReadingsThen(**readings) if readings else None,
        months=months,
        **values,
    )


def check_mac(folder: Path, key: Key) -> None:
    """Raises SealError if the key is wrong or the manifest was changed."""
    mac = (folder / f"{NAME}.mac").read_text().strip()
    key.check((folder / NAME).read_bytes(), mac)


def check_files(folder: Path, manifest: Manifest) -> None:
    """Raises BackupError naming the first file that isn't what was written."""
    for name, wanted in manifest.files.items():
        path = folder / name
        if not path.exists():
            raise BackupError(f"{path} is missing")
        if (found := sha256(path)) != wanted:
            raise BackupError(f"{path} was changed or damaged: sha256 {found[:16]}…, not {wanted[:16]}…")


def sha256(path: Path) -> str:
    """Of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _database(values: dict[str, Any]) -> DatabaseThen:
    head = values.pop("head")
    points = tuple(CheckpointThen(**each) for each in values.pop("checkpoints"))
    return DatabaseThen(head=HeadThen(**head) if head else None, checkpoints=points, **values)
