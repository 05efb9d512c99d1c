"""Real servers for tests: one PostgreSQL cluster per run, databases cloned from migrated templates, NATS.

A nats-server opens in some 30 ms, so every test that wants one gets a fresh one.
"""

import asyncio
import contextlib
import re
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar, overload

import asyncpg
import nats as nats_client
from nats.aio.client import Client
from nats.js import JetStreamContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from deploy import topology
from deploy.databases import (
    all_roles,
    close_others,
    create_database,
    create_roles,
    for_sqlalchemy,
    grant_connect,
    with_database,
)
from deploy.local.nats import NatsServer
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer, small
from deploy.local.process import Child
from shared.cancellation import end_all, others
from shared.database import migrate
from tests.kit.disks import Disk, LimitedFiles, SmallDisk, mounted

T = TypeVar("T")
PATIENCE_S = 60.0
"""How long a test waits for what must come. Long: it only ends what would never come, and the machine may be busy."""


@overload
async def wait_for(
    condition: Callable[[], Awaitable[T | None]],
    timeout: float = ...,
    what: str | Callable[[], str] = ...,
    *,
    every: float = ...,
) -> T: ...
@overload
async def wait_for(
    condition: Callable[[], T | None],
    timeout: float = ...,
    what: str | Callable[[], str] = ...,
    *,
    every: float = ...,
) -> T: ...
async def wait_for(
    condition: Callable[[], Any],
    timeout: float = PATIENCE_S,
    what: str | Callable[[], str] = "",
    *,
    every: float = 0.01,
) -> Any:
    """Wait until `condition()` is true and answer its value; AssertionError after `timeout` seconds.

    `what` says what is missing; a function says it at the end. `every`: seconds between two looks.
    """
    value: Any = None
    try:
        async with asyncio.timeout(timeout):
            while True:
                value = condition()
                if isinstance(value, Awaitable):
                    value = await value
                if value:
                    return value
                await asyncio.sleep(every)
    except TimeoutError:
        told = what() if callable(what) else what
        raise AssertionError(f"not within {timeout} s: {told or condition}; last value {value!r}") from None


@contextlib.contextmanager
def server_folder(name: str):
    """A temporary folder that an unprivileged server may reach, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"shengji-{name}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Database:
    """One service's database, migrated and empty, of one test."""

    service: str
    name: str
    url: str
    """For the runtime role, in SQLAlchemy's form."""
    owner_url: str
    """For the role that migrates, in SQLAlchemy's form."""
    urls: dict[str, str]
    """For each role that a process runs with, in SQLAlchemy's form."""

    def dsn_of(self, process: str) -> str:
        """For the role of a process, in asyncpg's form."""
        return self.url_of(process).replace("postgresql+asyncpg", "postgresql", 1)

    def url_of(self, process: str) -> str:
        """For the role of a process, in SQLAlchemy's form."""
        return self.urls[str(topology.process(process).database_role)]

    @property
    def dsn(self) -> str:
        """For the runtime role, in asyncpg's form."""
        return self.url.replace("postgresql+asyncpg", "postgresql", 1)

    @property
    def owner_dsn(self) -> str:
        """For the role that migrates, in asyncpg's form."""
        return self.owner_url.replace("postgresql+asyncpg", "postgresql", 1)

    def engine(self, **options: Any) -> AsyncEngine:
        """A new engine with the runtime role; dispose of it before the test ends."""
        return create_async_engine(self.url, **options)


class TestCluster:
    """The PostgreSQL cluster of a test run."""

    __test__ = False

    def __init__(
        self, server: PostgresServer, passwords: dict[str, str], child: Child, small_disk: SmallDisk | None
    ) -> None:
        self.server = server
        self.child = child
        self.small_disk = small_disk
        self._passwords = passwords
        self._templates: dict[str, str] = {}
        self._lock = asyncio.Lock()
        self._count = 0

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, disk_megabytes: int | None = None) -> AsyncIterator[Self]:
        """Start a cluster in a temporary folder; it is gone afterwards.

        `disk_megabytes`: on a disk of its own, of that size, where this user may mount one.
        """
        with server_folder("pg") as folder, contextlib.ExitStack() as stack:
            disk, small_disk = folder / "disk", None
            if disk_megabytes is not None:
                small_disk = stack.enter_context(mounted(disk, disk_megabytes))
            server = PostgresServer(
                disk / "cluster", free_port(), secrets.token_hex(8), folder / "postgres.log", small()
            )
            await server.prepare()
            child = Child(server.spec())
            await child.start()
            try:
                await child.wait_ready()
                passwords = {role: secrets.token_hex(8) for role in all_roles()}
                async with cls._connected(server) as admin:
                    await create_roles(admin, passwords)
                    await close_others(admin)
                yield cls(server, passwords, child, small_disk)
            finally:
                await child.stop()

    async def empty(self, service: str) -> Database:
        """A new database with the service's roles and nothing in it: for tests of migrations."""
        database = self._new(service)
        async with self._connected(self.server) as admin:
            await create_database(admin, self.server.admin_url, topology.service(service), database.name)
        return database

    async def clone(self, service: str) -> Database:
        """A new database, migrated, from the service's template (made at the first call)."""
        async with self._lock:
            template = self._templates.get(service)
            if template is None:
                made = await self.empty(service)
                await migrate(made.owner_url, service)
                template = self._templates[service] = made.name
            database = self._new(service)
            row = topology.service(service)
            async with self._connected(self.server) as admin:
                await admin.execute(
                    f'CREATE DATABASE "{database.name}" TEMPLATE "{template}" OWNER "{row.owner_role}"'
                )
                await grant_connect(admin, row, database.name)
        return database

    async def drop(self, database: Database) -> None:
        """Remove the database, cutting off who is still connected."""
        async with self._connected(self.server) as admin:
            await admin.execute(f'DROP DATABASE "{database.name}" WITH (FORCE)')

    def _new(self, service: str) -> Database:
        self._count += 1
        row, name = topology.service(service), f"t{self._count}_{service}"

        def url(role: str) -> str:
            return for_sqlalchemy(self.server.url(role, self._passwords[role], name))

        urls = {role: url(role) for role in row.process_roles}
        return Database(service, name, url(row.runtime_role), url(row.owner_role), urls)

    @staticmethod
    @contextlib.asynccontextmanager
    async def _connected(server: PostgresServer) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(with_database(server.admin_url, "postgres"))
        try:
            yield connection
        finally:
            await connection.close()


_CLOSING_S = 5.0


def _reconnects_though_closed(task: asyncio.Task[Any]) -> bool:
    frame = getattr(task.get_coro(), "cr_frame", None)
    client = frame.f_locals.get("self") if frame is not None else None
    return isinstance(client, Client) and client.is_closed


@dataclass
class TestNats:
    """A nats-server of one test, with the topology's users and an admin who may do everything."""

    __test__ = False

    server: NatsServer
    passwords: dict[str, str]
    child: Child
    small_disk: SmallDisk | None = None
    _clients: list[Client] = field(default_factory=list)

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, disk_megabytes: int | None = None) -> AsyncIterator[Self]:
        """Start a server with an empty store; its clients are closed and it is gone afterwards.

        `disk_megabytes`: its store is a disk of its own, of that size, where this user may mount one: see `disk`.
        """
        with server_folder("nats") as folder, contextlib.ExitStack() as stack:
            small_disk = None
            if disk_megabytes is not None:
                small_disk = stack.enter_context(mounted(folder / "store", disk_megabytes))
            users = (*topology.USERS, topology.ADMIN)
            passwords = {user.name: f"p{secrets.token_hex(8)}" for user in users}
            server = NatsServer(
                folder, free_port(), passwords, folder / "nats.log", users, monitor_port=free_port()
            )
            server.prepare()
            child = Child(server.spec())
            await child.start()
            running = cls(server, passwords, child, small_disk)
            try:
                await child.wait_ready()
                yield running
            finally:
                closing = (asyncio.wait_for(client.close(), _CLOSING_S) for client in running._clients)
                await asyncio.gather(*closing, return_exceptions=True)
                # Where the server is gone, a client's reconnecting can take its cancellation for the server's refusal
                # (see shared/cancellation.py): it would go on beside every later test.
                assert not await end_all(filter(_reconnects_though_closed, others()), _CLOSING_S)
                await running.child.stop()

    @property
    def url(self) -> str:
        """Where to connect; user and password come separately."""
        return self.server.url

    @property
    def disk(self) -> Disk:
        """What its store is written to, to fill it up."""
        return self.small_disk or LimitedFiles(lambda: self.child.pid)

    async def connect(self, user: str = "admin", **options: Any) -> Client:
        """A client connected as `user`, closed when the test ends."""
        client = await nats_client.connect(
            self.url,
            user=user,
            password=self.passwords[user],
            inbox_prefix=topology.inbox_prefix(user),
            **{"allow_reconnect": True, "max_reconnect_attempts": -1, "reconnect_time_wait": 0.05, **options},
        )
        self._clients.append(client)
        return client

    async def jetstream(self, user: str = "admin", **options: Any) -> JetStreamContext:
        """A JetStream context of a client connected as `user`."""
        return (await self.connect(user)).jetstream(**{"timeout": 5.0, **options})

    async def provision(self, partitions: int = topology.READINGS_PARTITIONS) -> None:
        """Make every stream and consumer of the topology."""
        js = await self.jetstream()
        for stream in topology.streams(partitions):
            await js.add_stream(stream)
        for name, consumer in topology.consumers(partitions):
            await js.add_consumer(name, consumer)

    async def stop(self) -> None:
        """Stop the server, keeping its files."""
        await self.child.stop()

    async def restart(self) -> None:
        """Start it again with the same port and files (stopping it first if it runs)."""
        await self.child.stop()
        self.child = Child(self.server.spec())
        await self.child.start()
        await self.child.wait_ready()


def refused_rights(logs: Path) -> list[str]:
    """What nats-server refused whom ("user: what"), by its log: rights are too narrow, or the code is too wide."""
    text = (logs / "nats.log").read_text(errors="replace")
    found = re.findall(r'(?:user:([^"]*)" - )?((?:Publish|Subscription) Violation - .*)', text)
    return sorted({f"{user}: {what}" for user, what in found})
