"""A system that begins as the previous release and becomes this one, process by process, under load."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from deploy import topology
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from deploy.local.probe import http_ready
from deploy.local.process import ChildSpec
from deploy.local.settings import LocalSettings
from shared.database import migrate
from tests.faults.system import ProxiedSystem
from tests.upgrades import previous

BESIDE = "-beside"
"""A second instance of a process has its name with this behind it."""


class RollingSystem(ProxiedSystem):
    """Starts as the previous release, its databases too; then `beside`, `exchange` and `retire` lead to this one.

    nats-server's users and rights are this release's from the start, as they are in any upgrade: whoever deploys
    gives the servers their settings first.
    """

    def __init__(self, settings: LocalSettings) -> None:
        super().__init__(settings)
        self.previous = previous.unpack(self.folder.root / "previous")

    def _spec(self, process: topology.Process) -> ChildSpec:
        return self.of_previous(super()._spec(process))

    async def _migrate(self, postgres: PostgresServer | None) -> None:
        """Make the databases, and migrate them with the previous release's migrations."""
        assert postgres is not None
        await self._make_databases(postgres.admin_url, list(topology.SERVICES))
        for service in topology.SERVICES:
            env = self.environment(service.name, owner=True)
            await asyncio.to_thread(self._run_previous, ["shared.database", service.name], env)

    def _run_previous(self, arguments: list[str], env: Mapping[str, str]) -> None:
        subprocess.run(
            [sys.executable, "-P", "-m", *arguments],
            check=True,
            env={**os.environ, **env, "PYTHONPATH": str(self.previous)},
        )

    def of_previous(self, spec: ChildSpec) -> ChildSpec:
        """The same process, run from the previous release's code."""
        return replace(spec, env={**spec.env, "PYTHONPATH": str(self.previous)})

    def of_this(self, name: str) -> ChildSpec:
        """The process as this release runs it."""
        return super()._spec(topology.process(name))

    async def expand(self) -> None:
        """Migrate every database to this release, under the processes of the previous one."""
        for service in topology.SERVICES:
            await migrate(
                self.environment(service.name, owner=True)["SHENGJI_OWNER_DATABASE_URL"], service.name
            )

    async def beside(self, names: Iterable[str]) -> dict[str, int]:
        """Start an instance of this release of each, on ports of its own; the ports of the public doors."""
        specs, doors = [], {}
        for name in names:
            spec, health = self.of_this(name), free_port()
            env = {**spec.env, "SHENGJI_HEALTH_PORT": str(health)}
            env["SHENGJI_TRACE_DIR"] = str(Path(env["SHENGJI_TRACE_DIR"]) / "beside")
            if "SHENGJI_HTTP_PORT" in env:
                doors[name] = free_port()
                env["SHENGJI_HTTP_PORT"] = str(doors[name])
            log = spec.log.with_name(f"{name}{BESIDE}.log")
            specs.append(
                replace(spec, name=name + BESIDE, env=env, log=log, ready=http_ready(health), needs=())
            )
        await self.supervisor.start(specs)
        return doors

    async def exchange(self, name: str, meanwhile: Callable[[], Awaitable[None]]) -> None:
        """Stop the previous release's instance and start this release's in its place, on the same ports."""
        await self.supervisor.stop_one(name)
        await meanwhile()
        await self.supervisor.start([self.of_this(name)])

    async def retire(self, names: Iterable[str]) -> None:
        """Stop the second instances."""
        for name in names:
            await self.supervisor.dismiss(name + BESIDE)
