"""Anchors: the log's head, written outside of its database at intervals.

A hash chain proves nothing against the database's owner, who can recompute it. A head that was written elsewhere before
can't be changed. Each anchor is one JSON line, appended and synced to `<folder>/<source>.jsonl`; folders may be mounts
of other machines, and a URL may take it as well (POST, JSON). `shengji audit verify` compares.
"""

import asyncio
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from weakref import WeakSet

import httpx
import structlog
from opentelemetry.metrics import CallbackOptions, Observation
from sqlalchemy.ext.asyncio import AsyncEngine

from shared import telemetry
from shared.event_log import EventLog, Head
from shared.settings import Settings

_log = structlog.get_logger(__name__)
URL_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """A log's head at a moment (`at`, system time). `restored_from`: the incarnation whose backup this log is."""

    source: str
    incarnation: str
    position: int
    hash: str
    recorded_at: str | None
    at: str
    restored_from: str | None = None


class AnchorError(Exception):
    """An anchor could not be written, or a line of an anchor file is none."""


def of_head(source: str, head: Head, *, restored_from: str | None = None) -> Anchor:
    """The anchor of a head, now."""
    return Anchor(
        source,
        str(head.incarnation),
        head.position,
        head.hash.hex(),
        head.recorded_at.isoformat() if head.recorded_at else None,
        datetime.now(UTC).isoformat(),
        restored_from,
    )


def write(folder: Path, anchor: Anchor) -> None:
    """Append one line, and return when the disk has it. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    line = json.dumps({k: v for k, v in asdict(anchor).items() if v is not None}) + "\n"
    descriptor = os.open(folder / f"{anchor.source}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(folder: Path, source: str) -> list[Anchor]:
    """The anchors of a source in the order in which they were written. Raises AnchorError naming a bad line."""
    path = folder / f"{source}.jsonl"
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            values: dict[str, Any] = json.loads(line)
            found.append(Anchor(**{"recorded_at": None, **values}))
        except (ValueError, TypeError) as error:
            raise AnchorError(f"{path}, line {number}: {error}") from error
    return found


class Anchoring:
    """Writes one log's head every `every_s` seconds, if it has moved, to every folder and the URL."""

    def __init__(
        self,
        source: str,
        engine: AsyncEngine,
        log: EventLog,
        *,
        folders: Sequence[Path],
        url: str | None = None,
        every_s: float = 60.0,
    ) -> None:
        self.source = source
        self._engine = engine
        self._events = log
        self._folders = folders
        self._url = url
        self._every_s = every_s
        self._last: tuple[str, int] | None = None
        self._there_at = time.monotonic()
        _anchorings.add(self)

    @classmethod
    def of(cls, source: str, engine: AsyncEngine, log: EventLog, settings: Settings) -> "Anchoring":
        """By a process's settings; without folder and URL it writes nothing."""
        folders = [Path(part) for part in settings.anchor_dirs.split(os.pathsep) if part]
        return cls(
            source, engine, log, folders=folders, url=settings.anchor_url, every_s=settings.anchor_every
        )

    @property
    def written(self) -> bool:
        """Whether there is any place to write to."""
        return bool(self._folders or self._url)

    @property
    def age_s(self) -> float:
        """Seconds of system time since the head was last known to be anchored everywhere."""
        return time.monotonic() - self._there_at

    async def run(self) -> None:
        """Anchor until cancelled. A failure is logged and tried again: anchors are then late, never wrong."""
        while self.written:
            try:
                await self.anchor()
            except Exception as error:
                _log.warning("the head is not anchored", source=self.source, error=repr(error))
            await asyncio.sleep(self._every_s)

    async def anchor(self) -> Anchor | None:
        """Write the head now, if it has moved since the last time; what was written."""
        started = time.monotonic()
        async with self._engine.connect() as conn:
            head = await self._events.head(conn)
        mark = (str(head.incarnation), head.position)
        anchor = None
        if mark != self._last:
            anchor = of_head(self.source, head)
            for folder in self._folders:
                await asyncio.to_thread(write, folder, anchor)
            if self._url:
                await self._post(self._url, anchor)
            self._last = mark
        self._there_at = started
        return anchor

    async def _post(self, url: str, anchor: Anchor) -> None:
        async with httpx.AsyncClient(timeout=URL_TIMEOUT_S) as http:
            answer = await http.post(url, json=asdict(anchor))
        if not answer.is_success:
            raise AnchorError(f"{url} answered {answer.status_code}")


_anchorings: WeakSet[Anchoring] = WeakSet()


def _ages(_options: CallbackOptions) -> list[Observation]:
    """Ages of the logs that are anchored somewhere. A log without anchors has no series, which the alert AnchorsOff
    reports."""
    return [Observation(each.age_s, {"source": each.source}) for each in _anchorings if each.written]


telemetry.meter(__name__).create_observable_gauge(
    "anchor.age", [_ages], unit="s", description="how long ago the log's head was last known to stand outside"
)
