"""How long any figure as of any moment takes, and its history: `python -m bench.as_of [PROJECTS] [--previous]`.

A read-model of ten years (`ten_years.py`) on a PostgreSQL of its own. A twentieth of the projects goes through the
projection, the others are copies of them, made in the database: reading is measured here, `bench.portal` measures a
rebuild. `--previous`: the previous release (tests/upgrades) answers the same questions in the same run, and the ratio
of the medians is printed. It needs long for each question about a past moment, so it is asked only a few; one that is
not answered in `ANSWER_S` is counted as such, and its process ended. CPU is the asking process' and PostgreSQL's.
"""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace
from typing import Any

import asyncpg
import psutil
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bench import ten_years

ROOT = Path(__file__).parent.parent
COPIES = 20
NOW = datetime(2014, 1, 2, tzinfo=UTC)
_FIRST = datetime(2013, 2, 1, 1, tzinfo=UTC)
_RUN = 100
ANSWER_S = 20.0
"""A question that takes longer "did not answer": a caller gives up after 10 s."""
START_S = 60.0
_BY_MONTH = "history by month, "
_HISTORIES = ("TR-1", "TR-6a", "TR-2", "TR-4", "TR-11", "TR-15", "TR-16", "PM-2", "EN-14", "EN-15b", "IN-1")
_BACKENDS = text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
_MARKS_AGAIN = text("""
    INSERT INTO contribution
    SELECT source, position + copy * 100000000, ordinal, measure, region, period, key || '~' || copy, subject, value,
           unit, jsonb_set(detail, '{project}', to_jsonb((detail->>'project') || '~' || copy)), event_id, event_type,
           hash, occurred_at, recorded_at, simulated, supersedes + copy * 100000000
    FROM contribution, generate_series(1, :copies) AS copy WHERE source = 'projects' AND detail ? 'project'
""")
_ENTRIES_AGAIN = text("""
    INSERT INTO entry
    SELECT source, position + copy * 100000000, ordinal, counting, sign, region, thing + copy, day, until, member_from,
           member_to, amount, reached, mark, recorded_at, simulated
    FROM entry, generate_series(1, :copies) AS copy WHERE source = 'projects'
""")


_HERE = {
    "versions": "measures.store", "apply": "projection.apply", "load": "common.rules", "App": "board.app",
    "ops": "service", "use": "service", "Watch": "board.feed", "LiveEnergy": "board.live",
    "ReadModel": "measures.store.read_model",
}  # fmt: skip
_BEFORE = {
    "versions": "", "apply": "projection", "load": "rules", "App": "api", "ops": "api", "use": "api",
    "Watch": "feed", "LiveEnergy": "live", "ReadModel": "model",
}  # fmt: skip
"""Where the same names were in release 517f57c."""


def _release() -> SimpleNamespace:
    """The names to measure, imported from the release whose code is on the path."""
    places = _HERE if find_spec("services.progress.service") else _BEFORE
    modules = {
        name: import_module(f"services.progress.{place}".rstrip(".")) for name, place in places.items()
    }
    versions = import_module(f"{modules['versions'].__name__}.versions")
    found = {name: getattr(module, name, None) for name, module in modules.items()}
    return SimpleNamespace(**{**found, "use": found["use"] or modules["ops"].serve, "versions": versions})


async def fill(url: str, owner_url: str, projects: int) -> None:
    """Make the read-model, through the projection and in the database."""
    code = _release()
    versions = code.versions
    # Without the time limits of a service's connections: what is measured comes afterwards.
    place = {"search_path": versions.schema_name(1), "synchronous_commit": "off"}
    engine = create_async_engine(url, connect_args={"server_settings": place})
    checkpoints = versions.checkpoints(engine, 1)
    for source, said in ten_years.sources(projects // COPIES).items():
        every = list(ten_years.envelopes(source, said))
        for first in range(0, len(every), _RUN):
            run = every[first : first + _RUN]
            async with engine.begin() as conn:
                await code.apply(conn, run)
                await checkpoints.lock(conn, source)
                await checkpoints.advance(conn, source, run[-1])
    await engine.dispose()
    owner = create_async_engine(owner_url, isolation_level="AUTOCOMMIT")
    async with owner.connect() as conn:
        await conn.execute(text("SET search_path = progress_v1"))
        # The table that the release counts from must be complete: entries, or marks in a release without entries.
        entries = (await conn.execute(text("SELECT to_regclass('entry')"))).scalar() is not None
        await conn.execute(_ENTRIES_AGAIN if entries else _MARKS_AGAIN, {"copies": COPIES - 1})
        await conn.execute(text("VACUUM ANALYZE"))
    await owner.dispose()


def questions_of(each: int) -> list[tuple[str, str, dict[str, Any]]]:
    """(kind, operation, body) of all that is asked: `each` about moments, a twentieth of that of each history."""
    histories = max(1, each // 20)
    asked: list[tuple[str, str, dict[str, Any]]] = [("now, the first", "figures", {"limit": 200})]
    for n in range(each):
        at = (_FIRST + timedelta(days=n * 331 % 330, seconds=n)).isoformat()
        asked.append(("as of a moment, all figures", "figures", {"as_of": at, "limit": 200}))
    for target in _HISTORIES:
        of = {"target": target, "history": "month"}
        asked += [(f"{_BY_MONTH}{target}", "figure", of)] * histories
    for target in ("TR-6a", "TR-4"):
        of = {"target": target, "history": "month", "history_from": "2011-01-01"}
        asked += [(f"history of 36 months, {target}", "figure", of)] * histories
    for target in ("EN-14", "TR-15"):
        of = {"target": target, "history": "day", "history_from": "2013-01-01"}
        asked += [(f"history of 60 days, {target}", "figure", of)] * histories
    return asked


async def ask(url: str, each: int, first: int) -> None:
    """Put the questions from number `first` on; prints a line when it can begin, and one for each that is answered."""
    from shared.clock import SteppedClock
    from shared.identity import Actor
    from shared.rpc import Call

    code = _release()
    # Within one transaction the list of PostgreSQL's processes stays as it was first read.
    engine: AsyncEngine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    model = code.ReadModel(url, SteppedClock(NOW), code.load(), application="bench", pool=6)
    async with engine.connect() as conn:
        await model.open(conn)
        code.use(code.App(model, code.LiveEnergy(), code.Watch(model)))
        gc.freeze()  # as in every service, see Runtime.run
        print("ready", flush=True)
        for number, (_, operation, body) in list(enumerate(questions_of(each)))[first:]:
            call = Call(f"bench-{number}", Actor("bench", "province", "350000"), operation, body).encode()
            began, own, server = time.perf_counter(), time.process_time(), await _server_cpu(conn)
            reply = json.loads(await code.ops.answer(call))
            took, own = time.perf_counter() - began, time.process_time() - own
            if "data" not in reply:
                raise RuntimeError(f"{operation}: {reply}")
            server = await _server_cpu(conn) - server
            line = {"number": number, "ms": took * 1e3, "own_ms": own * 1e3, "server_ms": server * 1e3}
            print(json.dumps(line), flush=True)
    await model.close()
    await engine.dispose()


async def _server_cpu(conn: AsyncConnection) -> float:
    """CPU-seconds of all of PostgreSQL's processes for this database so far, in steps of 10 ms."""
    spent = 0.0
    for pid in (await conn.execute(_BACKENDS)).scalars():
        with contextlib.suppress(psutil.NoSuchProcess):
            times = psutil.Process(pid).cpu_times()
            spent += times.user + times.system
    return spent


@dataclass
class Measured:
    """What the questions of one kind took: wall time and CPU-ms (own, PostgreSQL's); `late`: how many had no answer."""

    ms: list[float] = field(default_factory=list)
    own_ms: float = 0.0
    server_ms: float = 0.0
    late: int = 0

    def add(self, answer: Mapping[str, float]) -> None:
        """Count an answer."""
        self.ms.append(answer["ms"])
        self.own_ms += answer["own_ms"]
        self.server_ms += answer["server_ms"]

    def __add__(self, other: "Measured") -> "Measured":
        return Measured(
            self.ms + other.ms,
            self.own_ms + other.own_ms,
            self.server_ms + other.server_ms,
            self.late + other.late,
        )


async def main(projects: int, questions: int, previous: bool) -> int:
    """Measure; 1 where p99 of a question as of a moment or by month is over 100 ms."""
    from tests.kit.servers import TestCluster
    from tests.upgrades.previous import unpack

    began = os.getloadavg()
    async with TestCluster.running() as cluster:
        now = await _measure(cluster, ROOT, projects, questions)
        before: dict[str, Measured] = {}
        if previous:
            with tempfile.TemporaryDirectory() as folder:
                before = await _measure(cluster, unpack(Path(folder)), projects, max(2, questions // 50))
    late = _show(now, before)
    print(f"load average {began[0]:.1f} at the beginning, {os.getloadavg()[0]:.1f} at the end")
    return int(late)


async def _measure(cluster: Any, code: Path, projects: int, each: int) -> dict[str, Measured]:
    """Measure in separate processes with the code of one release."""
    database = await cluster.empty("progress")
    filling = await _start(code, "--fill", database.url, database.owner_url, str(projects))
    if await filling.wait() != 0:
        raise RuntimeError(f"{code}: ended with {filling.returncode}")
    kinds = [kind for kind, *_ in questions_of(each)]
    found: dict[str, Measured] = {kind: Measured() for kind in kinds}
    number = 0
    while number < len(kinds):
        asking = await _start(code, "--ask", database.url, str(each), str(number))
        try:
            await _line(asking, START_S)
            while number < len(kinds):
                found[kinds[number]].add(json.loads(await _line(asking, ANSWER_S)))
                number += 1
        except TimeoutError:
            found[kinds[number]].late += 1
            number += 1
            await _end(asking, cluster.server.admin_url, database.name)
        else:
            await asking.wait()
    await cluster.drop(database)
    return found


async def _start(code: Path, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.as_of", *arguments),
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(code), str(ROOT)]), "PYTHONSAFEPATH": "1"},
        cwd=code,
        stdout=subprocess.PIPE,
    )


async def _line(asking: asyncio.subprocess.Process, within_s: float) -> bytes:
    """The next line; raises TimeoutError if none comes in time, RuntimeError where the process ends instead."""
    assert asking.stdout is not None
    line = await asyncio.wait_for(asking.stdout.readline(), within_s)
    if not line:
        raise RuntimeError(f"the questions ended with {await asking.wait()}")
    return line


async def _end(asking: asyncio.subprocess.Process, admin_url: str, database: str) -> None:
    """End a process that doesn't answer, and what PostgreSQL still does for it."""
    asking.kill()
    await asking.wait()
    admin = await asyncpg.connect(admin_url)
    await admin.execute(_TERMINATE, database)
    await admin.close()


async def _fill(url: str, owner_url: str, projects: int) -> None:
    from shared.database import migrate

    began = time.monotonic()
    await migrate(owner_url, "progress")
    await fill(url, owner_url, projects)
    print(f"{projects:,} projects in {time.monotonic() - began:.0f} s", file=sys.stderr)


def _show(now: dict[str, Measured], before: dict[str, Measured]) -> bool:
    late = False
    for kinds in (now, before):
        if kinds:
            kinds[f"{_BY_MONTH}all of these"] = sum(
                (each for kind, each in kinds.items() if kind.startswith(_BY_MONTH)), Measured()
            )
    for kind, measured in now.items():
        p99 = _p99(measured.ms) if measured.ms else float("inf")
        late |= (p99 > 100 or measured.late > 0) and kind != "now, the first"
        print(
            f"{kind:<34} {_median(measured):7.1f} ms median {p99:7.1f} p99,"
            f" CPU {_each(measured.own_ms, measured):5.1f} + {_each(measured.server_ms, measured):5.1f} ms"
            f" ({len(measured.ms)}){_beside(measured, before.get(kind))}"
        )
    return late


def _beside(now: Measured, before: Measured | None) -> str:
    if before is None or not now.ms:
        return ""
    asked = len(before.ms) + before.late
    if not before.ms:
        least = ANSWER_S * 1e3 / _median(now)
        return f"   the release before: none of {asked} in {ANSWER_S:.0f} s, more than {least:,.0f} times as long"
    missing = f", {before.late} of {asked} not in {ANSWER_S:.0f} s" if before.late else ""
    ratio = _median(before) / _median(now)
    return f"   the release before {_median(before):,.0f} ms{missing}, {ratio:,.1f} times as long"


def _median(measured: Measured) -> float:
    """Of those that were answered; a release that answers half of the time looks better than it is."""
    return median(measured.ms) if measured.ms else float("inf")


def _each(ms: float, measured: Measured) -> float:
    return ms / max(1, len(measured.ms))


def _p99(times: Sequence[float]) -> float:
    return quantiles(times, n=100)[98] if len(times) > 99 else max(times)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--fill", url, owner_url, projects]:
            asyncio.run(_fill(url, owner_url, int(projects)))
        case ["--ask", url, each, first]:
            asyncio.run(ask(url, int(each), int(first)))
        case _:
            parser = argparse.ArgumentParser(prog="bench.as_of")
            parser.add_argument("projects", nargs="?", type=int, default=100_000)
            parser.add_argument("--questions", type=int, default=200)
            parser.add_argument("--previous", action="store_true", help="the release before, beside it")
            given = parser.parse_args()
            sys.exit(asyncio.run(main(given.projects, given.questions, given.previous)))
