"""What a process is and uses, by the names of OpenTelemetry's conventions: processor, memory, files, connections."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from weakref import WeakKeyDictionary

import psutil
from opentelemetry.metrics import CallbackOptions, Meter, Observation
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from shared import telemetry

_meter = telemetry.meter(__name__)
_began = time.monotonic()
_self = psutil.Process()
_engines: WeakKeyDictionary[AsyncEngine, str] = WeakKeyDictionary()


def watch_pool(engine: AsyncEngine, name: str) -> None:
    """Count this engine's connections under `name`; engines of the same name are added up."""
    _engines[engine] = name


def _observed(value: Callable[[], float]) -> Callable[[CallbackOptions], Iterable[Observation]]:
    return lambda _options: [Observation(value())]


def _processor(_options: CallbackOptions) -> list[Observation]:
    times = _self.cpu_times()
    return [
        Observation(times.user, {"cpu.mode": "user"}),
        Observation(times.system, {"cpu.mode": "system"}),
    ]


def _pools() -> dict[str, tuple[int, int, int]]:
    """(used, idle, most) by name."""
    found: dict[str, tuple[int, int, int]] = {}
    for engine, name in list(_engines.items()):
        pool = engine.pool
        if isinstance(pool, QueuePool):
            used, idle, most = found.get(name, (0, 0, 0))
            found[name] = (used + pool.checkedout(), idle + pool.checkedin(), most + pool.size())
    return found


def _connections(_options: CallbackOptions) -> list[Observation]:
    observed = []
    for name, (used, idle, _) in _pools().items():
        for state, count in (("used", used), ("idle", idle)):
            labels = {"db.client.connection.pool.name": name, "db.client.connection.state": state}
            observed.append(Observation(count, labels))
    return observed


def _most(_options: CallbackOptions) -> list[Observation]:
    return [
        Observation(most, {"db.client.connection.pool.name": name}) for name, (_, _, most) in _pools().items()
    ]


def _open_files_limit() -> float:
    soft, _ = _self.rlimit(psutil.RLIMIT_NOFILE)
    return float(soft)


_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def memory_limit(files: Iterable[Path] = _CGROUP_LIMITS) -> int:
    """How many bytes this process may have at the most: its container's limit, or the machine's memory."""
    machine = psutil.virtual_memory().total
    for file in files:
        try:
            said = file.read_text().strip()
        except OSError:
            continue
        if said.isdecimal():  # "max", or a number beyond any machine, is no limit
            return min(int(said), machine)
    return machine


def install(meter: Meter = _meter) -> None:
    """Create the instruments; once per process, at import."""
    meter.create_observable_counter(
        "process.cpu.time", [_processor], unit="s", description="processor time by mode"
    )
    meter.create_observable_gauge(
        "process.memory.usage",
        [_observed(lambda: _self.memory_info().rss)],
        unit="By",
        description="resident memory",
    )
    limit = memory_limit()
    meter.create_observable_gauge(
        "process.memory.limit",
        [_observed(lambda: limit)],
        unit="By",
        description="of its container, else of the machine",
    )
    meter.create_observable_gauge(
        "process.thread.count", [_observed(_self.num_threads)], unit="{thread}", description="threads"
    )
    meter.create_observable_gauge(
        "process.uptime", [_observed(lambda: time.monotonic() - _began)], unit="s", description="since start"
    )
    if hasattr(_self, "num_fds"):
        meter.create_observable_gauge(
            "process.unix.file_descriptor.count",
            [_observed(_self.num_fds)],
            unit="{file_descriptor}",
            description="open files and sockets",
        )
    if hasattr(_self, "rlimit"):
        meter.create_observable_gauge(
            "process.unix.file_descriptor.limit",
            [_observed(_open_files_limit)],
            unit="{file_descriptor}",
            description="how many files and sockets may be open",
        )
    meter.create_observable_gauge(
        "db.client.connection.count", [_connections], unit="{connection}", description="of the pool, by state"
    )
    meter.create_observable_gauge(
        "db.client.connection.max", [_most], unit="{connection}", description="the pool's size"
    )


install()
