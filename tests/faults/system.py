"""The whole system, with a proxy in every line between a process and its servers, and an administrator's rights."""

import asyncio
import contextlib
import re
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import nats
from nats.aio.client import Client
from nats.js import JetStreamContext

from deploy import topology
from deploy.databases import grant_connect
from deploy.local.ports import HOST, free_port
from deploy.local.probe import http_ready
from deploy.local.process import Child, ChildSpec
from deploy.local.runner import LocalSystem
from deploy.local.settings import LocalSettings
from tests.faults.network import Network
from tests.faults.wire import Wire
from tests.kit.servers import server_folder, wait_for

if TYPE_CHECKING:
    from tests.faults.nats_cluster import NatsCluster

SERVERS = ("postgres", "nats")
SERVER_URLS = {"nats": "SHENGJI_NATS_URL", "postgres": "SHENGJI_DATABASE_URL"}
RECOVERY_S = 120.0
"""How long anything may take to be as before. Generous: the machine may be busy with other tests."""

TUNING = {
    "SHENGJI_RECONCILE_EVERY": "0.5",
    "SHENGJI_READINGS_ACK_WAIT": "3",
    "SHENGJI_ENERGY_FLUSH_MINUTES": "0",
    "SHENGJI_LOG_LEVEL": "info",
}


CLOCK = Path(__file__).parent / "clock"
"""Holds what every process runs at its start, so that its clock can be set."""


class ProxiedSystem(LocalSystem):
    """`make up` as it is, but each process reaches its servers through lines of its own, and its clock can be set."""

    def __init__(self, settings: LocalSettings) -> None:
        super().__init__(settings)
        self.network = Network()

    @property
    def clock(self) -> Path:
        """The file that says by how many seconds the processes' clocks are wrong."""
        return self.settings.data.absolute() / "clock"

    def environment(self, process: str, *, owner: bool = False) -> dict[str, str]:
        """The process's environment with the lines' addresses in place of the servers'."""
        env = super().environment(process, owner=owner)
        env |= {"PYTHONPATH": str(CLOCK), "SHENGJI_FAULT_CLOCK": str(self.clock)}
        for server, name in SERVER_URLS.items():
            # A cluster's clients know all its nodes by themselves: no proxy stands between.
            if name in env and "," not in env[name]:
                port = urlsplit(env[name]).port
                assert port is not None
                env[name] = env[name].replace(f":{port}", f":{self.network.open(process, server, port).port}")
        return env


class Operator:
    """What an operator may do to a running system: signals, databases, streams, the servers' files."""

    def __init__(self, system: ProxiedSystem, nc: Client) -> None:
        self.system = system
        self.supervisor = system.supervisor
        self.network = system.network
        self.nc = nc
        self.js: JetStreamContext = nc.jetstream(timeout=10)
        self._http = httpx.AsyncClient()

    @classmethod
    @contextlib.asynccontextmanager
    async def running(
        cls, cluster: "NatsCluster | None" = None, kind: type[ProxiedSystem] = ProxiedSystem
    ) -> AsyncIterator["Operator"]:
        """A system of its own in a temporary folder; on its own nats-server, or on that cluster."""
        with server_folder("faults") as folder:
            settings = LocalSettings(
                data=folder / "data",
                gateway_port=free_port(),
                intake_port=free_port(),
                environment="test",
                small=True,
                nats_url=cluster.url if cluster else None,
                nats_logins=cluster.logins if cluster else {},
                extra_env={**TUNING, "SHENGJI_STREAM_REPLICAS": "3" if cluster else "1"},
            )
            system = kind(settings)
            try:
                async with system:
                    admin = topology.ADMIN.name
                    nc = await nats.connect(
                        system.urls.nats.split(","),
                        user=admin,
                        password=(cluster.passwords if cluster else system.secrets.nats)[admin],
                        max_reconnect_attempts=-1,
                        reconnect_time_wait=0.1,
                        error_cb=_quiet,
                    )
                    try:
                        operator = cls(system, nc)
                        yield operator
                        await operator._http.aclose()
                    finally:
                        await nc.close()
            finally:
                await system.network.stop()

    def names(self) -> list[str]:
        """Every process, the servers among them."""
        return self.supervisor.names()

    async def nats_connections(self) -> list[str]:
        """The names of the connections that nats-server believes in, sorted; its own folder says where it answers."""
        config = (self.system.folder.root / "nats" / "nats.conf").read_text()
        port = re.search(r"^http_port: (\d+)$", config, re.MULTILINE)
        assert port is not None, "nats-server answers no questions"
        answer = await self._http.get(f"http://{HOST}:{port[1]}/connz", params={"limit": 10_000})
        return sorted(each["name"] for each in answer.json()["connections"] if each.get("name"))

    def signal(self, name: str, number: signal.Signals) -> int:
        """Send a process a signal; answers with the process id that got it."""
        pid = self.supervisor.pid(name)
        self.supervisor.signal(name, number)
        return pid

    async def set_clocks(self, wrong_by: float, *names: str) -> None:
        """Let these processes' clocks jump (none named: all): from now on they are wrong by so many seconds."""
        self.system.clock.write_text(str(wrong_by))
        running = self.supervisor.names()
        chosen = names or tuple(each.name for each in topology.PROCESSES if each.name in running)
        pids = [self.signal(name, signal.SIGUSR2) for name in chosen]
        answers = [self.system.clock.with_suffix(f".{pid}") for pid in pids]
        await wait_for(
            lambda: {each.read_text() for each in answers} == {str(wrong_by)}, 30, "clocks are set"
        )

    async def back(self, name: str, pid: int) -> None:
        """Wait until the process was started anew."""
        await wait_for(lambda: self.supervisor.pid(name) != pid, RECOVERY_S, f"{name} was restarted")

    @contextlib.asynccontextmanager
    async def twice(self, *names: str) -> AsyncIterator[dict[str, str]]:
        """Each of these processes a second time beside the first; the addresses of the second ones' health."""
        ports = {name: free_port() for name in names}
        children = []
        for name, port in ports.items():
            spec = self.system._spec(topology.process(name))
            env = {**spec.env, "SHENGJI_HEALTH_PORT": str(port)}
            log = spec.log.with_stem(f"{name}-second")
            children.append(Child(replace(spec, env=env, log=log, ready=http_ready(port))))
        try:
            await asyncio.gather(*(child.start() for child in children))
            await asyncio.gather(*(child.wait_ready() for child in children))
            yield {name: f"http://{HOST}:{port}" for name, port in ports.items()}
        finally:
            await asyncio.gather(*(child.stop() for child in children))

    @contextlib.asynccontextmanager
    async def behind(self, wire: Wire, *names: str) -> AsyncIterator[None]:
        """These processes run behind the wire meanwhile: restarted there, and restarted here afterwards."""
        specs = [self.system._spec(topology.process(name)) for name in names]
        lines = [line for (name, _), line in self.network.lines.items() if name in names]
        for line in lines:
            await line.open_at(wire.here)
        try:
            await self._exchange([self._moved(spec, wire) for spec in specs])
            yield
            await self._exchange(specs)
        finally:
            for line in lines:
                line.close_others()

    async def _exchange(self, specs: list[ChildSpec]) -> None:
        await asyncio.gather(*(self.supervisor.stop_one(spec.name) for spec in specs))
        await self.supervisor.start(specs)

    def _moved(self, spec: ChildSpec, wire: Wire) -> ChildSpec:
        servers = {name: spec.env[name].replace(HOST, wire.here) for name in SERVER_URLS.values()}
        env = {**spec.env, **servers, "SHENGJI_HEALTH_HOST": wire.there}
        ready = http_ready(int(env["SHENGJI_HEALTH_PORT"]), wire.there)
        return replace(spec, argv=wire.enter(spec.argv), env=env, ready=ready)

    async def all_ready(self) -> None:
        """Wait until every process is ready."""
        missing: dict[str, str] = {}

        async def ready() -> bool:
            found = {name: await self.supervisor.ready(name) for name in self.names()}
            missing.clear()
            missing.update({name: why for name, why in found.items() if why is not None})
            return not missing

        await wait_for(ready, RECOVERY_S, lambda: f"not ready: {missing}", every=0.1)

    async def not_ready(self, name: str, words: str) -> str:
        """Wait until the process says that it isn't ready, and why; `words` must be in it."""

        async def said() -> str | None:
            try:
                answer = await self._http.get(f"{self.system.urls.health[name]}/ready")
            except httpx.TransportError:
                return None
            failing = [
                each["detail"] for each in answer.json()["checks"].values() if each["status"] == "failing"
            ]
            return next((why for why in failing if words in why), None)

        found = await wait_for(said, RECOVERY_S, f"{name} says {words!r}", every=0.1)
        assert found is not None
        return found

    @contextlib.asynccontextmanager
    async def database(self, service: str = "postgres") -> AsyncIterator[Any]:
        """A superuser's connection to a service's database, past the proxies."""
        secret = self.system.secrets.postgres
        conn = await asyncpg.connect(f"postgresql://postgres:{secret}@{self.system.urls.postgres}/{service}")
        try:
            yield conn
        finally:
            await conn.close()

    async def copy_database(self, service: str, copy: str) -> None:
        """What a backup would hold: a copy at this moment. Its users are cut off for that moment."""
        async with self.database() as conn:
            await self._cut_off(conn, service)
            try:
                await conn.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{service}" STRATEGY file_copy')
            finally:
                await conn.execute(f'ALTER DATABASE "{service}" ALLOW_CONNECTIONS true')

    async def restore_database(self, service: str, copy: str) -> None:
        """Put the copy in the service's place, under its running processes."""
        row = topology.service(service)
        async with self.database() as conn:
            await self._cut_off(conn, service)
            await conn.execute(f'DROP DATABASE "{service}" WITH (FORCE)')
            await conn.execute(f'ALTER DATABASE "{copy}" RENAME TO "{service}"')
            await conn.execute(f'ALTER DATABASE "{service}" OWNER TO "{row.owner_role}"')
            await grant_connect(conn, row, service)
            await conn.execute(f'ALTER DATABASE "{service}" ALLOW_CONNECTIONS true')

    async def _cut_off(self, conn: Any, service: str) -> None:
        await conn.execute(f'ALTER DATABASE "{service}" ALLOW_CONNECTIONS false')

        async def alone() -> bool:
            left = await conn.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", service
            )
            return not left

        await wait_for(alone, 30, f"nobody is in {service}")

    @property
    def store(self) -> Path:
        """Where nats-server keeps its streams."""
        return self.system.settings.data.absolute() / "nats" / "store"

    async def with_nats_stopped(self, deed: Callable[[Path], object]) -> None:
        """Stop nats-server, do something to its files, start it again."""
        await self.supervisor.stop_one("nats")
        await asyncio.to_thread(deed, self.store)
        await self.supervisor.start_one("nats")

    def copy_store(self, to: Path) -> Callable[[Path], object]:
        """For `with_nats_stopped`: keep a copy of the files."""
        return lambda store: shutil.copytree(store, to)

    @staticmethod
    def empty_store(store: Path) -> None:
        """For `with_nats_stopped`: a new disk."""
        shutil.rmtree(store)

    @staticmethod
    def replace_store(copy: Path) -> Callable[[Path], None]:
        """For `with_nats_stopped`: the files of before."""

        def replace(store: Path) -> None:
            shutil.rmtree(store)
            shutil.copytree(copy, store)

        return replace


async def _quiet(_error: Exception) -> None:
    """nats-py would print every attempt to reconnect."""
