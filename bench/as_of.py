"""How long any figure as of any moment takes, and its history: `python -m bench.as_of [PROJECTS] [--previous]`.

A read-model of ten years (`ten_years.py`) on a PostgreSQL of its own. A twentieth of the projects goes through the
projection, the others are copies of them, made in the database: reading is measured here, `bench.portal` measures a
rebuild. `--previous`: the previous release (tests/upgrades) answers the same questions in the same run, and the ratio
of the medians is printed. It needs seconds for each question about a past moment, so it is asked only a few.
"""

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench import ten_years

ROOT = Path(__file__).parent.parent
COPIES = 20
NOW = datetime(2014, 1, 2, tzinfo=UTC)
_FIRST = datetime(2013, 2, 1, 1, tzinfo=UTC)
_RUN = 100
_HISTORIES = ("TR-1", "TR-6a", "TR-2", "TR-4", "TR-11", "TR-15", "TR-16", "PM-2", "EN-14", "EN-15b", "IN-1")
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


async def ask(url: str, questions: int) -> dict[str, Any]:
    """Put the questions; by kind the times in ms, and the answers' values, so that two releases can be compared."""
    from shared.clock import SteppedClock
    from shared.identity import Actor
    from shared.rpc import Call

    code = _release()
    engine: AsyncEngine = create_async_engine(url)
    model = code.ReadModel(url, SteppedClock(NOW), code.load(), application="bench", pool=6)
    async with engine.connect() as conn:
        await model.open(conn)
    code.use(code.App(model, code.LiveEnergy(), code.Watch(model)))
    gc.freeze()  # as in every service, see Runtime.run
    times: dict[str, list[float]] = {}
    number = 0

    async def put(kind: str, operation: str, **body: Any) -> Any:
        nonlocal number
        number += 1
        call = Call(f"bench-{number}", Actor("bench", "province", "350000"), operation, body).encode()
        began = time.perf_counter()
        reply = json.loads(await code.ops.answer(call))
        times.setdefault(kind, []).append((time.perf_counter() - began) * 1e3)
        if "data" not in reply:
            raise RuntimeError(f"{operation}: {reply}")
        return reply["data"]

    values = {}
    await put("now, the first", "figures", limit=200)
    for n in range(questions):
        at = (_FIRST + timedelta(days=n * 331 % 330, seconds=n)).isoformat()
        page = await put("as of a moment, all figures", "figures", as_of=at, limit=200)
        values[at] = {each["id"]: each["value"] for each in page["items"]}
    for target in _HISTORIES:
        for _ in range(max(1, questions // 20)):
            told = await put(f"history by month, {target}", "figure", target=target, history="month")
            points = {
                point["as_of"]: [point["value"], point["light"], point["rank"]] for point in told["history"]
            }
            values[target] = points
    times["history by month, all of these"] = [
        ms for kind, each in times.items() if "month" in kind for ms in each
    ]
    since = {"history": "month", "history_from": "2011-01-01"}
    for target in ("TR-6a", "TR-4"):
        for _ in range(max(1, questions // 20)):
            await put(f"history of 36 months, {target}", "figure", target=target, **since)
    for _ in range(max(1, questions // 20)):
        await put(
            "history of 60 days, EN-14", "figure", target="EN-14", history="day", history_from="2013-01-01"
        )
    await model.close()
    await engine.dispose()
    return {"times": times, "values": values}


async def main(projects: int, questions: int, previous: bool) -> int:
    """Measure; 1 where p99 of a question as of a moment or by month is over 100 ms."""
    from tests.kit.servers import TestCluster
    from tests.upgrades.previous import unpack

    async with TestCluster.running() as cluster:
        now = await _measure(cluster, ROOT, projects, questions)
        before = None
        if previous:
            with tempfile.TemporaryDirectory() as folder:
                before = await _measure(cluster, unpack(Path(folder)), projects, max(2, questions // 50))
    late = _show(now["times"], None if before is None else before["times"])
    return int(late)


async def _measure(cluster: Any, code: Path, projects: int, questions: int) -> dict[str, Any]:
    """Measure in a separate process with the code of one release."""
    database = await cluster.empty("progress")
    asked = ["--in", database.url, database.owner_url, str(projects), str(questions)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.as_of", *asked),
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(code), str(ROOT)]), "PYTHONSAFEPATH": "1"},
        cwd=code,
        stdout=subprocess.PIPE,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{code}: ended with {process.returncode}")
    await cluster.drop(database)
    result: dict[str, Any] = json.loads(output)
    return result


async def _in_process(url: str, owner_url: str, projects: int, questions: int) -> None:
    from shared.database import migrate

    began = time.monotonic()
    await migrate(owner_url, "progress")
    await fill(url, owner_url, projects)
    print(f"{projects:,} projects in {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(json.dumps(await ask(url, questions)))


def _show(now: dict[str, list[float]], before: dict[str, list[float]] | None) -> bool:
    late = False
    for kind, times in now.items():
        p99 = _p99(times)
        late |= p99 > 100 and ("as of" in kind or "by month" in kind)
        beside = ""
        if before is not None:
            was = median(before[kind])
            beside = f"   the release before {was:,.0f} ms, {was / median(times):,.1f} times as long"
        print(f"{kind:<34} {median(times):7.1f} ms median {p99:7.1f} p99 ({len(times)}){beside}")
    return late


def _p99(times: Sequence[float]) -> float:
    return quantiles(times, n=100)[98] if len(times) > 99 else max(times)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--in"]:
        asyncio.run(_in_process(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])))
    else:
        parser = argparse.ArgumentParser(prog="bench.as_of")
        parser.add_argument("projects", nargs="?", type=int, default=100_000)
        parser.add_argument("--questions", type=int, default=200)
        parser.add_argument("--previous", action="store_true", help="the release before, beside it")
        given = parser.parse_args()
        sys.exit(asyncio.run(main(given.projects, given.questions, given.previous)))
