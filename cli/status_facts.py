"""What `shengji status` tells, gathered from health endpoints, /metrics, the gateway and the logs.

The parts are gathered independently: where one gives no answer, the others are shown, and the reason why it is missing.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
from prometheus_client.parser import text_string_to_metric_families

from cli.tokens import token_for
from clients.door import Door, DoorError
from deploy import topology
from deploy.databases import for_asyncpg
from deploy.local.attach import Attached

_TIMEOUT_S = 4.0
_TOLD = ("consumer_", "messaging_", "relay_", "shengji_quarantine_")
"""The metrics that `status` reads."""


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """What one process says of itself; `checks` maps a check to (status, detail)."""

    process: str
    status: str
    checks: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Sample:
    """One line of a process's /metrics."""

    process: str
    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class LogStatus:
    """One service's log: its head, the stream's last position, and the oldest event that isn't published yet."""

    source: str
    head: int
    hash: str
    recorded_at: str | None
    published: int | None
    age_s: float | None
    oldest_unpublished: str | None


@dataclass(frozen=True, slots=True)
class ReaderStatus:
    """A projection or a durable consumer. `events`: how many it still has to read; `age_s`: seconds since it was last
    up to date."""

    reader: str
    source: str
    position: int | None
    events: int
    age_s: float | None
    redelivered: int
    stopped: bool


@dataclass(frozen=True, slots=True)
class Overdue:
    """Duties that are missing by the Clock: how many, and the first of them, the oldest due day first."""

    count: int
    first: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Status:
    """All of it. `missing` maps a part to why it could not be told."""

    processes: list[ProcessStatus]
    logs: list[LogStatus] = field(default_factory=list)
    readers: list[ReaderStatus] = field(default_factory=list)
    quarantine: dict[str, int] = field(default_factory=dict)
    unreadable: int = 0
    overdue: Overdue = field(default_factory=lambda: Overdue(0, []))
    backup: dict[str, Any] | None = None
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def failing(self) -> bool:
        """Whether something doesn't work. Lateness of a city or an old backup is not a failure of the system."""
        return (
            any(each.status == "failing" for each in self.processes)
            or any(each.stopped for each in self.readers)
            or "logs" in self.missing
        )

    def as_dict(self) -> dict[str, Any]:
        return {"status": "failing" if self.failing else "ok", **asdict(self)}


async def gather(system: Attached) -> Status:
    """Ask everybody at once; each has `_TIMEOUT_S` to answer, in all."""
    missing: dict[str, str] = {}
    async with httpx.AsyncClient(timeout=_TIMEOUT_S) as http:
        processes, scraped, overdue = await asyncio.gather(
            asyncio.gather(*(_ask(http, name, url) for name, url in system.health.items())),
            asyncio.gather(*(_scrape(http, name, url) for name, url in system.health.items())),
            _or(missing, "duties", lambda: _overdue(system)),
        )
    samples = [sample for found in scraped for sample in found]
    logs = await _or(missing, "logs", lambda: _logs(system, samples))
    backup = await _or(missing, "backup", lambda: _backup(system))
    return Status(
        list(processes),
        logs or [],
        readers(samples),
        quarantine(samples),
        int(_value(samples, "shengji_quarantine_messages") or 0),
        overdue or Overdue(0, []),
        backup,
        missing,
    )


def parse(process: str, text: str) -> list[Sample]:
    """The samples of a /metrics answer."""
    return [
        Sample(process, sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]


def readers(samples: list[Sample]) -> list[ReaderStatus]:
    """Every projection and durable consumer that the metrics tell of."""
    found = []
    for sample in samples:
        if sample.name == "consumer_lag":
            key = {name: sample.labels[name] for name in ("projection", "source")}
            found.append(
                ReaderStatus(
                    key["projection"],
                    key["source"],
                    int(_value(samples, "consumer_position", **key) or 0),
                    int(sample.value),
                    _value(samples, "consumer_age_seconds", **key),
                    0,
                    bool(_value(samples, "consumer_stopped", **key)),
                )
            )
        elif sample.name == "messaging_consumer_pending":
            names = ("messaging_destination_name", "messaging_consumer_group_name")
            key = {name: sample.labels[name] for name in names}
            waiting = _value(samples, "messaging_consumer_unacknowledged", **key) or 0
            again = _value(samples, "messaging_consumer_redelivered", **key) or 0
            stream, consumer = key.values()
            age = _value(samples, "messaging_consumer_age_seconds", **key)
            found.append(
                ReaderStatus(consumer, stream, None, int(sample.value + waiting), age, int(again), False)
            )
    return found


def quarantine(samples: list[Sample]) -> dict[str, int]:
    """Readings held, by reason; reasons without any are left out."""
    held = {
        sample.labels["reason"]: int(sample.value)
        for sample in samples
        if sample.name == "shengji_quarantine_readings"
    }
    return {reason: count for reason, count in held.items() if count}


def _value(samples: list[Sample], name: str, **labels: str) -> float | None:
    for sample in samples:
        if sample.name == name and labels.items() <= sample.labels.items():
            return sample.value
    return None


async def _ask(http: httpx.AsyncClient, name: str, url: str) -> ProcessStatus:
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            report = (await http.get(f"{url}/ready")).json()
        checks = {key: (check["status"], check["detail"]) for key, check in report["checks"].items()}
        return ProcessStatus(name, report["status"], checks)
    except (httpx.HTTPError, TimeoutError, ValueError, KeyError) as error:
        return ProcessStatus(name, "failing", {"process": ("failing", f"no answer at {url}: {error!r}")})


async def _scrape(http: httpx.AsyncClient, name: str, url: str) -> list[Sample]:
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            text = (await http.get(f"{url}/metrics")).text
        return [sample for sample in parse(name, text) if sample.name.startswith(_TOLD)]
    except (httpx.HTTPError, TimeoutError, ValueError):
        return []  # that it gives no answer is told as the process's status


async def _logs(system: Attached, samples: list[Sample]) -> list[LogStatus]:
    sources = [service.name for service in topology.SERVICES if service.stream is not None]
    async with asyncio.timeout(_TIMEOUT_S):
        return list(await asyncio.gather(*(_log(system, samples, source) for source in sources)))


async def _log(system: Attached, samples: list[Sample], source: str) -> LogStatus:
    published = _value(samples, "relay_position", source=source)
    age = _value(samples, "relay_age_seconds", source=source)
    connection = await asyncpg.connect(for_asyncpg(system.addresses.databases[source][0]))
    try:
        head = await connection.fetchrow(
            "SELECT position, hash, nullif(recorded_at, '-infinity') AS at FROM event_counter"
        )
        waiting = await connection.fetchrow(
            "SELECT position, type, recorded_at FROM event WHERE position = $1",
            None if published is None else int(published) + 1,
        )
    finally:
        connection.terminate()  # a server that is slow to say goodbye keeps nobody waiting
    oldest = (
        f"{waiting['position']} {waiting['type']} of {_when(waiting['recorded_at'])}" if waiting else None
    )
    return LogStatus(
        source,
        head["position"],
        head["hash"].hex(),
        _when(head["at"]),
        None if published is None else int(published),
        age,
        oldest,
    )


async def _overdue(system: Attached) -> Overdue:
    token = token_for(system.data, role="ops", subject="operator")
    async with Door(system.gateway, token, timeout=_TIMEOUT_S) as door:
        calendar = await door.get("/api/v1/duties/calendar", standing="missing")
    return Overdue(calendar["counts"]["missing"], calendar["items"])


async def _backup(system: Attached) -> dict[str, Any] | None:
    path = system.data / "backups" / "last.json"
    if not path.exists():
        return None
    note: dict[str, Any] = json.loads(path.read_text())
    age = datetime.now(UTC) - datetime.fromisoformat(note["at"])
    return {**note, "age_hours": round(age.total_seconds() / 3600, 1)}


async def _or(missing: dict[str, str], part: str, work: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await work()
    except (httpx.HTTPError, DoorError, OSError, ValueError, KeyError, asyncpg.PostgresError) as error:
        missing[part] = f"{type(error).__name__}: {error}".splitlines()[0]
        return None


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
