"""The whole system on one machine: servers, migrations, streams, every service as its own process.

async with LocalSystem(LocalSettings.from_environment(), progress) as system:
    print(system.urls.gateway)
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Self

import asyncpg
import psutil

from deploy import topology
from deploy.databases import (
    as_role,
    close_others,
    create_database,
    create_roles,
    for_asyncpg,
    for_sqlalchemy,
)
from deploy.local.backup_archive import archiving
from deploy.local.environment import SystemAddresses, process_environment
from deploy.local.folder import DataFolder
from deploy.local.nats import NatsServer
from deploy.local.ports import HOST, free_port
from deploy.local.postgres import PostgresServer, small, working
from deploy.local.probe import http_ready
from deploy.local.process import ChildSpec, StartError
from deploy.local.secrets import Secrets, load_or_create
from deploy.local.settings import GATEWAY_PORT, INTAKE_PORT, PORTAL_PORT, LocalSettings
from deploy.local.supervisor import State, Supervisor, stop_leftovers
from shared.database import migrate

StepState = Literal["begin", "done", "failed"] | State
Progress = Callable[[str, StepState, str], None]
"""(step or process, its state, detail)"""


@dataclass(frozen=True, slots=True)
class Urls:
    """Where a running system is. `health` is by process; the folders hold files named by process."""

    portal: str
    gateway: str
    intake: str
    nats: str
    postgres: str | None
    health: dict[str, str]
    data: Path
    logs: Path
    traces: Path

    @property
    def docs(self) -> str:
        """The gateway's API documentation."""
        return f"{self.gateway}/docs"


def _quiet(step: str, state: StepState, detail: str) -> None:
    """The progress when nobody wants it."""


class LocalSystem:
    """Start, use, stop. One per data folder; its children don't outlive it."""

    def __init__(self, settings: LocalSettings, progress: Progress = _quiet) -> None:
        self.settings = settings
        self.folder = DataFolder(settings.data)
        self.supervisor = Supervisor(self.folder.children, progress)
        self._progress = progress
        self._urls: Urls | None = None
        self._addresses: SystemAddresses | None = None
        self._secrets: Secrets | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def urls(self) -> Urls:
        """Where everything is; only of a started system."""
        if self._urls is None:
            raise RuntimeError("the system is not started")
        return self._urls

    @property
    def secrets(self) -> Secrets:
        """The data folder's secrets; only of a started system."""
        if self._secrets is None:
            raise RuntimeError("the system is not started")
        return self._secrets

    async def start(self) -> None:
        """Start everything; returns when all are ready. On failure nothing is left running (StartError)."""
        self.folder.lock()
        try:
            self.folder.check_clock(self.settings.clock)
            if left := stop_leftovers(self.folder.children):
                self._progress("leftovers", "done", f"stopped from an earlier run: {', '.join(left)}")
            self._secrets = load_or_create(self.folder.root)
            await self._start()
            self.folder.keep_clock(self.settings.clock)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop every process, in reverse order. Safe to call twice."""
        await self.supervisor.stop()
        self.folder.system.unlink(missing_ok=True)
        self.folder.unlock()

    async def run_until_signal(self) -> None:
        """Stay until SIGINT (Ctrl-C) or SIGTERM; the caller then stops."""
        loop, asked = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, asked.set)
        try:
            await asked.wait()
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def environment(self, process: str, *, owner: bool = False) -> dict[str, str]:
        """The environment to run another command in, with that process's rights (`owner`: may migrate)."""
        if self._addresses is None:
            raise RuntimeError("the system is not started")
        return process_environment(self._addresses, self.settings, self.secrets, process, owner=owner)

    async def _start(self) -> None:
        postgres = await self._prepare_postgres()
        nats = self._prepare_nats()
        self._addresses = self._choose_addresses(postgres, nats)
        self._urls = self._describe(self._addresses)
        await self.supervisor.start([server.spec() for server in (postgres, nats) if server is not None])
        await self._migrate(postgres)
        await self.supervisor.start([self._spec(process) for process in self.settings.chosen()])
        self._write_system()

    async def _prepare_postgres(self) -> PostgresServer | None:
        if not self.settings.needs_postgres():
            return None
        port = self.folder.port("postgres", self.settings.postgres_port)
        tuning = small() if self.settings.small else working()
        if self.settings.wal_archive is not None:
            tuning |= archiving(self.settings.wal_archive)
        log = self.folder.logs / "postgres.log"
        server = PostgresServer(self.folder.root / "postgres", port, self.secrets.postgres, log, tuning)
        await self._step("prepare PostgreSQL", server.prepare())
        return server

    def _prepare_nats(self) -> NatsServer | None:
        if self.settings.nats_url is not None:
            return None
        port = self.folder.port("nats", self.settings.nats_port)
        log = self.folder.logs / "nats.log"
        # The administrator's login is for a person: what no process may do, e.g. delete a stream.
        users = (*topology.USERS, topology.ADMIN)
        server = NatsServer(
            self.folder.root / "nats", port, self.secrets.nats, log, users, monitor_port=free_port()
        )
        server.prepare()
        return server

    def _choose_addresses(self, postgres: PostgresServer | None, nats: NatsServer | None) -> SystemAddresses:
        """Every port and URL of this run."""
        settings = self.settings
        databases: dict[str, tuple[str, str | None]] = {}
        for service in topology.SERVICES:
            outside = settings.databases.get(service.name)
            if outside is not None:
                owner_url = for_sqlalchemy(outside.owner_url) if outside.owner_url else None
                databases[service.name] = (for_sqlalchemy(outside.url), owner_url)
                continue
            base = postgres.admin_url if postgres else settings.postgres_url
            if base is None:
                continue
            databases[service.name] = (
                self._own_database(base, service.runtime_role, service.database),
                self._own_database(base, service.owner_role, service.database),
            )
        usual = {"portal": PORTAL_PORT, "gateway": GATEWAY_PORT, "energy-intake": INTAKE_PORT}
        asked = {
            "portal": settings.portal_port,
            "gateway": settings.gateway_port,
            "energy-intake": settings.intake_port,
        }
        if settings.environment == "test":  # several systems at once: none may count on the usual ports
            usual = dict.fromkeys(usual, 0)
        return SystemAddresses(
            nats_url=nats.url if nats else str(settings.nats_url),
            databases=databases,
            http={name: self.folder.port(name, asked[name], usual[name]) for name in usual},
            health={process.name: free_port() for process in topology.PROCESSES},
            logs=self.folder.logs,
            traces=self.folder.traces,
            anchors=self.folder.anchors,
        )

    def _own_database(self, server_url: str, role: str, database: str) -> str:
        return for_sqlalchemy(as_role(server_url, role, self.secrets.roles[role], database))

    async def _migrate(self, postgres: PostgresServer | None) -> None:
        """Make roles and databases where they are ours to make, and migrate them."""
        if self._addresses is None:
            raise RuntimeError("addresses come first")
        services = [
            topology.service(name)
            for name in dict.fromkeys(process.service for process in self.settings.chosen())
            if name is not None
        ]
        admin_url = postgres.admin_url if postgres else self.settings.postgres_url
        own = [service for service in services if service.name not in self.settings.databases]
        if own and admin_url is not None:
            await self._step("make databases", self._make_databases(admin_url, own))
        owners = ((service.name, self._addresses.databases[service.name][1]) for service in services)
        # One after the other: Alembic keeps the running migration in a global of the process.
        for name, url in owners:
            if url is not None:
                await self._step(f"migrate {name}", migrate(url, name))

    async def _make_databases(self, admin_url: str, services: list[topology.Service]) -> None:
        admin = await asyncpg.connect(for_asyncpg(admin_url))
        try:
            await create_roles(admin, self.secrets.roles, services)
            for service in services:
                await create_database(admin, for_asyncpg(admin_url), service)
            await close_others(admin)
        finally:
            await admin.close()

    def _spec(self, process: topology.Process) -> ChildSpec:
        if self._addresses is None:
            raise RuntimeError("addresses come first")
        chosen = {each.name for each in self.settings.chosen()}
        servers = tuple(name for name in ("postgres", "nats") if name in self.supervisor.names())
        return ChildSpec(
            name=process.name,
            # -P keeps the working directory off sys.path: it may have a folder named like one of our packages.
            argv=(sys.executable, "-P", "-m", *process.arguments),
            log=self.folder.logs / f"{process.name}.log",
            ready=http_ready(self._addresses.health[process.name]),
            env=self.environment(process.name),
            needs=(*servers, *(need for need in process.needs if need in chosen)),
        )

    async def _step(self, step: str, work: Awaitable[None]) -> None:
        """Do one step of the start, and say so; whatever goes wrong becomes a StartError that names it."""
        self._progress(step, "begin", "")
        try:
            await work
        except StartError as failure:
            self._progress(step, "failed", str(failure))
            raise
        except Exception as error:
            self._progress(step, "failed", str(error))
            raise StartError(step, f"{type(error).__name__}: {error}", self.folder.logs) from error
        self._progress(step, "done", "")

    def _describe(self, addresses: SystemAddresses) -> Urls:
        scheme = "https" if "SHENGJI_HTTP_TLS_CERT" in self.settings.extra_env else "http"
        return Urls(
            gateway=f"{scheme}://{HOST}:{addresses.http['gateway']}",
            intake=f"{scheme}://{HOST}:{addresses.http['energy-intake']}",
            portal=f"{scheme}://{HOST}:{addresses.http['portal']}",
            nats=addresses.nats_url,
            postgres=f"{HOST}:{self.folder.remembered('postgres')}"
            if self.settings.needs_postgres()
            else None,
            health={name: f"http://{HOST}:{port}" for name, port in addresses.health.items()},
            data=self.folder.root,
            logs=self.folder.logs,
            traces=self.folder.traces,
        )

    def _write_system(self) -> None:
        """Where the running system is, for the command line in another terminal (no secrets in it)."""
        rows = {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(self.urls).items()
        }
        self.folder.system.write_text(json.dumps({"pid": os.getpid(), **rows}, indent=2))


def running_system(data: Path) -> Mapping[str, object] | None:
    """What `LocalSystem` wrote about the system that runs in this data folder; None if none does."""
    try:
        found: dict[str, object] = json.loads((data / "run" / "system.json").read_text())
    except (OSError, ValueError):
        return None
    pid = found.get("pid")
    return found if isinstance(pid, int) and psutil.pid_exists(pid) else None
