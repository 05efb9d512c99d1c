"""Logs, traces and anchors are their owner's to read."""

import logging
import stat
from pathlib import Path

from shared import anchors
from shared.anchors import Anchor
from shared.trace_files import JsonLinesFile
from tests.unit.shared.messaging.test_logs import lines

__all__ = ["lines"]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_that_is_written_is_nobody_elses_to_read(lines: Path, tmp_path: Path) -> None:
    logging.getLogger("x").warning("said")
    JsonLinesFile(tmp_path / "p.spans.jsonl").write([{"name": "work"}])
    anchors.write(tmp_path, Anchor("energy", "i", 1, "00", None, "2013-01-01T00:00:00Z"))
    for path in (lines, tmp_path / "p.spans.jsonl", tmp_path / "energy.jsonl"):
        assert mode(path) == 0o600, path
