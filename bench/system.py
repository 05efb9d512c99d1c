"""The whole system in a temporary folder, as `make up` runs it: durable PostgreSQL, NATS that syncs on each write.

One addition: PostgreSQL notes when each transaction was committed (`track_commit_timestamp`), so that "POST to sum"
is read from the commit itself and no probe has to run beside the load.
"""

import asyncio
import contextlib
import json
import os
import pickle
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import nats
import psutil
from nats.aio.client import Client
from nats.js import JetStreamContext

from bench.generator import Job, Sent
from bench.traffic import Load, Sender
from cli.plan import load_through
from cli.tokens import mint
from clients.door import Door
from clients.line import Answer, Connection, request
from deploy import topology
from deploy.local.folder import DataFolder
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer, small, working
from deploy.local.runner import LocalSystem
from deploy.local.secrets import load_or_create
from deploy.local.settings import LocalSettings

PLAN = "fujian-2013"
CITY, COUNTY = "350100", "350181"
ON_THE_PATH = ("energy-intake", "nats", "energy-worker", "postgres")
"""The processes a reading passes; the others (flusher, projection) work on what follows from it."""


@dataclass
class System:
    """A started system and the rights to look into it."""

    local: LocalSystem
    db: "asyncpg.Connection[asyncpg.Record]"
    """energy's database, as the superuser, who may read commit times."""
    nc: Client
    js: JetStreamContext
    folder: Path
    admin_url: str
    senders: list[Sender] = field(default_factory=list)

    @classmethod
    @contextlib.asynccontextmanager
    async def running(
        cls, *, small_servers: bool = False, partitions: int = 0, extra_env: Mapping[str, str] | None = None
    ) -> AsyncIterator["System"]:
        """Start it with the plan loaded; everything is gone afterwards."""
        with scratch() as folder:
            data = folder / "data"
            settings = LocalSettings(
                data=data,
                gateway_port=free_port(),
                intake_port=free_port(),
                postgres_port=free_port(),
                environment="test",
                small=small_servers,
                partitions=partitions or topology.READINGS_PARTITIONS,
                extra_env={"SHENGJI_LOG_LEVEL": "warning", **(extra_env or {})},
            )
            await _note_commit_times(settings)
            async with LocalSystem(settings) as local:
                url = f"postgresql://postgres:{local.secrets.postgres}@{local.urls.postgres}/energy"
                db = await asyncpg.connect(url)
                nc = await nats.connect(
                    local.urls.nats,
                    user="energy",
                    password=local.secrets.nats["energy"],
                    inbox_prefix=topology.inbox_prefix("energy"),
                )
                try:
                    async with Door(local.urls.gateway, mint_for(local, "province")) as door:
                        await load_through(door, PLAN)
                    yield cls(local, db, nc, nc.jetstream(timeout=10), folder, url)
                except Exception:
                    _tell_errors(local.urls.logs)
                    raise
                finally:
                    await nc.close()
                    await db.close()

    def token(self, role: str, area: str | None = None, person: int = 0) -> str:
        """A bearer token of that role; each person has limits of his own at the gateway."""
        return mint_for(self.local, role, area, person)

    def people(self, role: str, count: int = 200) -> list[str]:
        """Tokens of so many people of that role: a province's portals aren't used by one."""
        return [self.token(role, person=number) for number in range(count)]

    def pids(self) -> dict[str, int]:
        """Process ids by name."""
        supervisor = self.local.supervisor
        return {name: supervisor.pid(name) for name in supervisor.names() if supervisor.running(name)}

    def cpu(self) -> dict[str, float]:
        """CPU seconds so far by process; PostgreSQL's with all its backends, the ended ones too."""
        return {name: cpu_seconds(pid) for name, pid in self.pids().items()}

    def memory(self) -> dict[str, int]:
        """Resident bytes by process (PostgreSQL: its private parts are what could leak)."""
        found = {}
        for name, pid in self.pids().items():
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(pid)
                family = [process, *process.children(recursive=True)]
                found[name] = sum(_private(each) for each in family)
        return found

    async def register(self, enterprises: int, meters: int, *, prefix: str = "B", lanes: int = 32) -> float:
        """Register through the gateway, and issue credentials; seconds that it took."""
        names = [f"{prefix}{number:04d}" for number in range(enterprises)]
        began = time.perf_counter()
        found: dict[str, Sender] = {}
        queue = list(reversed(names))

        async def lane() -> None:
            connection = Connection(self.local.urls.gateway)
            while queue:
                name = queue.pop()
                found[name] = await self._register_one(connection, name, meters)
            connection.close()

        await asyncio.gather(*(lane() for _ in range(min(lanes, enterprises))))
        self.senders += [found[name] for name in names]
        return time.perf_counter() - began

    async def _register_one(self, connection: Connection, name: str, meters: int) -> Sender:
        province = self.token("province", person=int(name[-4:]))
        await command(connection, "/enterprises", province, enterprise(name))
        for meter in range(meters):
            await command(connection, "/meters", province, meter_body(f"{name}-M{meter:02d}", name))
        answer = await command(connection, f"/enterprises/{name}/credentials", province, {})
        return Sender(name, str(answer["token"]), tuple(f"{name}-M{m:02d}" for m in range(meters)))

    async def send(
        self, load: Load, *, connections: int, rate: float | None = None, settle: bool = True
    ) -> Sent:
        """Send a load from a process of its own, and wait until it is worked off."""
        sent: Sent
        async with self.generator(load, connections=connections, rate=rate) as go:
            sent = await go()
        if settle:
            await self.worked_off()
        return sent

    @contextlib.asynccontextmanager
    async def generator(
        self, load: Load, *, connections: int, rate: float | None = None, repeat: int = 1
    ) -> AsyncIterator[Any]:
        """Start a generator process, which has built its load when the block begins; call the yielded function to send
        it."""
        tag = secrets.token_hex(4)
        job, result = self.folder / f"{tag}.job", self.folder / f"{tag}.result"
        job.write_bytes(pickle.dumps(Job(self.local.urls.intake, load, connections, rate, repeat)))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.generator", str(job), str(result)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        async def go() -> Sent:
            stdin.write(b"go\n")
            await stdin.drain()
            code = await process.wait()
            if code != 0:
                raise RuntimeError(f"the generator ended with {code}")
            found: Sent = pickle.loads(result.read_bytes())
            return found

        try:
            if await stdout.readline() != b"ready\n":
                raise RuntimeError("the generator could not build its load")
            yield go
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            job.unlink(missing_ok=True)
            result.unlink(missing_ok=True)

    async def worked_off(self, timeout: float = 300.0) -> None:
        """Return when READINGS is empty: everything is committed and acknowledged."""

        async def empty() -> bool:
            return (await self.js.stream_info("READINGS")).state.messages == 0

        await until(empty, timeout, 0.02)

    async def published(self, timeout: float = 300.0) -> None:
        """Return when no closed day waits for its first event."""

        async def none_waits() -> bool:
            return not await self.db.fetchval(_WAITING)

        await until(none_waits, timeout, 0.2)


_WAITING = """
SELECT count(*) FROM dirty d LEFT JOIN measured_day m USING (enterprise, day)
WHERE m.enterprise IS NULL AND d.day < (now() AT TIME ZONE interval '8 hours')::date
"""


async def until(condition: Callable[[], Awaitable[bool]], timeout: float, every: float) -> None:
    """Return when the condition holds. Raises TimeoutError."""
    deadline = time.monotonic() + timeout
    while not await condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout:g} s")
        await asyncio.sleep(every)


async def command(connection: Connection, path: str, token: str, body: Any) -> Any:
    """A command through the gateway, sent again under its key while that may help. Raises RuntimeError if refused."""
    ask = request(
        "POST", f"/api/v1{path}", token, json.dumps(body).encode(), {"Idempotency-Key": uuid4().hex}
    )
    answer = await connection.ask(ask)
    for _ in range(20):
        if answer.status not in (429, 503):
            break
        await asyncio.sleep(float(answer.header(b"retry-after") or 1))
        answer = await connection.ask(ask)
    if answer.status not in (200, 201):
        raise RuntimeError(f"{path}: {answer.status} {answer.body[:500]!r}")
    return json.loads(answer.body)


async def query(connection: Connection, path: str, token: str) -> Answer:
    """A query through the gateway."""
    return await connection.ask(gateway_request("GET", path, token))


def gateway_request(method: str, path: str, token: str, body: Any = None) -> bytes:
    """The bytes of a request to the gateway."""
    content = None if body is None else json.dumps(body).encode()
    return request(method, f"/api/v1{path}", token, content)


def enterprise(name: str, region: str = COUNTY) -> dict[str, Any]:
    """The body that registers an enterprise."""
    return {
        "enterprise": name,
        "name": "示例",
        "region": region,
        "industry": "3011",
        "valid_from": "2013-01-01",
    }


def meter_body(name: str, owner: str) -> dict[str, Any]:
    """The body that registers a meter: a counter of electricity."""
    return {
        "meter": name,
        "enterprise": owner,
        "carrier": "electricity",
        "unit": "kWh",
        "kind": "register",
        "serial": f"S-{name}",
        "register_digits": 10,
        "capacity": "4000",
        "valid_from": "2010-01-01T00:00:00+08:00",
    }


def mint_for(local: LocalSystem, role: str, area: str | None = None, person: int = 0) -> str:
    """A token signed with the system's own key."""
    return mint(local.secrets.signing_key, subject=f"bench-{role}-{person}", role=role, area=area)


def cpu_seconds(pid: int) -> float:
    """CPU of a process and its children, the ended ones included."""
    total = 0.0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                times = each.cpu_times()
                total += times.user + times.system
                if each is process:
                    total += times.children_user + times.children_system
    return total


def _private(process: psutil.Process) -> int:
    try:
        info = process.memory_info()
        return int(info.rss - getattr(info, "shared", 0))
    except psutil.Error:
        return 0


async def _note_commit_times(settings: LocalSettings) -> None:
    """Make the cluster before the runner does, and add the one setting that the measurement needs."""
    folder = DataFolder(settings.data)
    folder.lock()
    try:
        own = load_or_create(folder.root)
        tuning = small() if settings.small else working()
        where = folder.root / "postgres"
        server = PostgresServer(
            where, settings.postgres_port, own.postgres, folder.root / "initdb.log", tuning
        )
        await server.prepare()
        with (where / "postgresql.conf").open("a") as conf:
            conf.write("\ntrack_commit_timestamp = on\n")
    finally:
        folder.unlock()


def _tell_errors(logs: Path) -> None:
    """The last errors in the processes' logs, before they are gone with the folder."""
    for log in sorted(logs.glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()
        for line in [each for each in lines if '"error"' in each or '"critical"' in each or "ERROR:" in each][
            -3:
        ]:
            print(f"{log.name}: {line[:3000]}", file=sys.stderr)


@contextlib.contextmanager
def scratch() -> Any:
    """A folder that an unprivileged server may reach, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="shengji-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
