"""A backup in which a projection is ahead of its source, or a file isn't what was written, is no backup."""

import json
from pathlib import Path

import pytest

from deploy.local import backup_manifest as manifests
from deploy.local.backup import ORDER
from deploy.local.backup_manifest import BackupError, CheckpointThen, DatabaseThen, HeadThen, Manifest
from deploy.topology import SERVICES, USERS


def log(service: str, position: int, digest: str = "aa") -> DatabaseThen:
    head = HeadThen(position, digest, "0", None)
    return DatabaseThen(service, f"{service}.dump", 1, "", "2026-01-01T00:00:00+00:00", None, head, ())


def reader(source: str, position: int, digest: str = "aa") -> DatabaseThen:
    point = CheckpointThen("progress_v1", "progress_v1", source, position, digest)
    return DatabaseThen("progress", "progress.dump", 1, "", "2026-01-01T00:00:00+00:00", None, None, (point,))


def test_a_projection_at_or_behind_its_source_is_fine() -> None:
    assert manifests.contradictions((reader("energy", 5), log("energy", 5))) == []
    assert manifests.contradictions((reader("energy", 4, "bb"), log("energy", 5))) == []
    assert manifests.contradictions((reader("energy", 0, ""), log("energy", 0, ""))) == []


def test_a_projection_ahead_of_or_unlike_its_source_contradicts() -> None:
    assert "ends at 4" in manifests.contradictions((reader("energy", 5), log("energy", 4)))[0]
    assert (
        "differ at position 5" in manifests.contradictions((reader("energy", 5), log("energy", 5, "bb")))[0]
    )
    assert "nowhere" in manifests.contradictions((reader("energy", 5),))[0]


def test_who_reads_a_stream_is_backed_up_before_whose_stream_it_is() -> None:
    assert sorted(ORDER) == sorted(service.name for service in SERVICES)
    for reading in USERS:
        if reading.name not in ORDER:
            continue
        for service in SERVICES:
            if service.stream and f"$JS.API.CONSUMER.CREATE.{service.stream}" in reading.publish:
                assert ORDER.index(reading.name) < ORDER.index(service.name), (reading.name, service.name)


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "energy.dump").write_bytes(b"dump")
    files = {"energy.dump": manifests.sha256(tmp_path / "energy.dump")}
    written = Manifest(
        "2026-01-01T00:00:00+00:00",
        "1",
        "18",
        (reader("energy", 1), log("energy", 2)),
        None,
        None,
        None,
        None,
    )
    manifest = Manifest(
        **{name: getattr(written, name) for name in Manifest.__slots__ if name not in ("files", "format")},
        files=files,
    )
    manifests.write(tmp_path, manifest, None)
    found = manifests.read(tmp_path)
    assert found == manifest
    manifests.check_files(tmp_path, found)
    (tmp_path / "energy.dump").write_bytes(b"dumb")
    with pytest.raises(BackupError, match="changed or damaged"):
        manifests.check_files(tmp_path, found)
    (tmp_path / "energy.dump").unlink()
    with pytest.raises(BackupError, match="missing"):
        manifests.check_files(tmp_path, found)


def test_a_backup_of_before_archived_months_were_in_it_is_read_too(tmp_path: Path) -> None:
    manifests.write(
        tmp_path, Manifest("2026-01-01T00:00:00+00:00", "1", "18", (), None, None, None, None), None
    )
    file = tmp_path / manifests.NAME
    old = {name: value for name, value in json.loads(file.read_text()).items() if name != "months"}
    file.write_text(json.dumps({**old, "format": 1}))
    assert manifests.read(tmp_path).months == ()


def test_a_folder_without_manifest_or_with_a_later_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="is no backup"):
        manifests.read(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(BackupError, match="format 99"):
        manifests.read(tmp_path)
