"""A system that begins as the previous release and becomes this one, process by process, under load."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import httpx

from cli.plan import PLACES
from deploy import topology
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from deploy.local.probe import http_ready
from deploy.local.process import ChildSpec
from deploy.local.settings import LocalSettings
from shared.database import migrate
from tests.faults.system import SERVERS, ProxiedSystem
from tests.kit.portal import PLAN, ok
from tests.upgrades import previous

BESIDE = "-beside"
"""A second instance of a process has its name with this behind it."""


class RollingSystem(ProxiedSystem):
    """Starts as the previous release, its databases too; then `expand`, `beside` and `exchange` lead to this one.

    nats-server's users and rights are this release's from the start, as they are in any upgrade: whoever deploys
    gives the servers their settings first.
    """

    def __init__(self, settings: LocalSettings) -> None:
        # The previous release had no portal. It keeps nothing, and has no part in what two releases share.
        known = tuple(each.name for each in topology.PROCESSES if each.broker)
        super().__init__(replace(settings, processes=known))
        self.previous = previous.unpack(self.folder.root / "previous")
        self._health: dict[str, int] = {}

    def _spec(self, process: topology.Process) -> ChildSpec:
        return self.of_previous(super()._spec(process))

    async def _migrate(self, postgres: PostgresServer | None) -> None:
        """Make the databases, and migrate them with the previous release's migrations."""
        assert postgres is not None
        await self._make_databases(postgres.admin_url, list(topology.SERVICES))
        for service in topology.SERVICES:
            env = self.environment(service.name, owner=True)
            await asyncio.to_thread(self._run_previous, "-m", "shared.database", service.name, **env)

    def _run_previous(self, *arguments: str, **env: str) -> bytes:
        done = subprocess.run(
            [sys.executable, "-P", *arguments],
            check=True,
            stdout=subprocess.PIPE,
            env={**os.environ, **env, "PYTHONPATH": str(self.previous)},
        )
        return done.stdout

    async def load_previous_plan(self, province: httpx.AsyncClient) -> None:
        """Load the plan as the previous release knew it."""
        printing = (
            f"import json; from plans.loader import load_plan; print(json.dumps(load_plan({PLAN!r}).parts()))"
        )
        parts = json.loads(await asyncio.to_thread(self._run_previous, "-c", printing))
        for part, suffix in PLACES:
            body = {name: value for name, value in parts[part].items() if name != "plan"}
            ok(await province.post(f"/plans/{PLAN}{suffix}", json=body))

    def of_previous(self, spec: ChildSpec) -> ChildSpec:
        """The same process, run from the previous release's code, with the one role that its service had."""
        own = {"PYTHONPATH": str(self.previous)}
        if (name := topology.process(spec.name.removesuffix(BESIDE)).service) is not None:
            own["SHENGJI_DATABASE_URL"] = self.environment(name)["SHENGJI_DATABASE_URL"]
        return replace(spec, env={**spec.env, **own})

    def of_this(self, name: str) -> ChildSpec:
        """The process as this release runs it. What it needs of others may have another name by now."""
        return replace(super()._spec(topology.process(name)), needs=SERVERS)

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
            spec, health = self.of_this(name), self._health.setdefault(name + BESIDE, free_port())
            env = {**spec.env, "SHENGJI_HEALTH_PORT": str(health)}
            env["SHENGJI_TRACE_DIR"] = str(Path(env["SHENGJI_TRACE_DIR"]) / "beside")
            if "SHENGJI_HTTP_PORT" in env:
                doors[name] = free_port()
                env["SHENGJI_HTTP_PORT"] = str(doors[name])
            log = spec.log.with_name(f"{name}{BESIDE}.log")
            specs.append(replace(spec, name=name + BESIDE, env=env, log=log, ready=http_ready(health)))
        await self.supervisor.start(specs)
        return doors

    async def said(self, name: str) -> str:
        """What the process answers when it is asked whether it is ready."""
        port = self._health.get(name)
        url = self.urls.health[name] if port is None else f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient() as http:
            return (await http.get(f"{url}/ready")).text

    async def exchange(self, name: str) -> None:
        """Stop the instance that has the name and start this release's in its place, on the same ports."""
        await self.supervisor.dismiss(name)
        await self.start_as(name)

    async def start_as(self, name: str, code: Path | None = None) -> None:
        """Start the process as this release runs it, or another one, by the folder of its packages."""
        spec = self.of_this(name)
        if code is not None:
            spec = replace(spec, env={**spec.env, "PYTHONPATH": str(code)})
        await self.supervisor.start([spec])
