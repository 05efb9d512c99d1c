"""What the contract tests go over: every service's events, golden samples and schemas, and who reads them."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from deploy import contracts, topology
from services.progress.projection import readers as progress
from services.projects import assessed as projects
from shared.catalogue import Catalogue
from shared.envelope import Envelope

PUBLISHERS = [service.name for service in topology.SERVICES if service.stream is not None]
_SAMPLE = re.compile(r"^(?P<type>[A-Za-z0-9]+)\.v(?P<version>\d+)\.json$")


@dataclass(frozen=True)
class Sample:
    """A golden sample: the data of one event, written by hand."""

    source: str
    type: str
    version: int
    path: Path

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        return found

    @property
    def schema(self) -> dict[str, Any]:
        name = f"{self.type}.v{self.version}.schema.json"
        found: dict[str, Any] = json.loads((self.path.parent / name).read_text("utf-8"))
        return found

    def envelope(self) -> Envelope:
        """The sample as it would travel."""
        moment = datetime(2013, 3, 5, 2, tzinfo=UTC)
        return Envelope(
            specversion="1.0",
            id="1-00",
            source=self.source,
            type=self.type,
            subject="sample",
            time=moment,
            datacontenttype="application/json",
            schemaversion=self.version,
            sequence=1,
            streamversion=1,
            recordedtime=moment,
            hash="00" * 32,
            previoushash="",
            simulated=True,
            data=self.data,
        )

    def __str__(self) -> str:
        return f"{self.source}.{self.type}.v{self.version}"


def catalogue(service: str) -> Catalogue:
    """The events of a service with a stream."""
    found = contracts.catalogue(service)
    assert found is not None, service
    return found


def samples() -> Iterator[Sample]:
    """Every golden sample of every service."""
    for service in PUBLISHERS:
        for path in sorted((contracts.HOME / service).glob("*.json")):
            if match := _SAMPLE.match(path.name):
                yield Sample(service, match["type"], int(match["version"]), path)


def _read_by_progress(envelope: Envelope) -> object:
    return progress.read(envelope)


def _read_by_projects(envelope: Envelope) -> object:
    reader = projects.READERS.get(envelope.type) if envelope.source == "assessment" else None
    return None if reader is None else msgspec.convert(envelope.data, reader, strict=False)


@dataclass(frozen=True)
class Consumer:
    """A service that reads others' events: what it reads, and how. `read` answers None for what it passes over."""

    name: str
    types: frozenset[tuple[str, str]]
    read: Callable[[Envelope], object]


CONSUMERS = [
    Consumer("progress", frozenset(progress.READERS), _read_by_progress),
    Consumer("projects", frozenset(("assessment", name) for name in projects.READERS), _read_by_projects),
]
