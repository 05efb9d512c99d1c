"""Three nats-servers that keep every stream three times, each a process of its own, each restarted when it dies."""

import asyncio
import contextlib
import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from nats.js import JetStreamContext
from nats.js.errors import Error as JetStreamError

from deploy import topology
from deploy.local.nats import binary
from deploy.local.ports import HOST, free_port
from deploy.local.process import ChildSpec
from deploy.local.supervisor import Supervisor
from deploy.nats_config import Cluster, password_variable, render
from tests.faults.system import RECOVERY_S
from tests.kit.servers import wait_for

NODES = ("nats-0", "nats-1", "nats-2")
USERS = (*topology.USERS, topology.ADMIN)


class NatsCluster:
    """The cluster, and what may be done to its nodes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords = {user.name: f"p{secrets.token_hex(8)}" for user in USERS}
        self.supervisor = Supervisor(folder / "children.json")
        self._ports = {name: (free_port(), free_port(), free_port()) for name in NODES}

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, folder: Path) -> AsyncIterator["NatsCluster"]:
        """Start it with empty stores."""
        cluster = cls(folder)
        try:
            await cluster.supervisor.start([cluster._spec(name) for name in NODES])
            yield cluster
        finally:
            await cluster.supervisor.stop()

    @property
    def url(self) -> str:
        """All three, with commas between, as SHENGJI_NATS_URL takes them."""
        return ",".join(f"nats://{HOST}:{client}" for client, _, _ in self._ports.values())

    @property
    def logins(self) -> dict[str, tuple[str, str]]:
        """(user, password) by process."""
        return {user.name: (user.name, self.passwords[user.name]) for user in topology.USERS}

    async def leader(self, js: JetStreamContext, stream: str) -> str:
        """The node that leads a stream now."""
        cluster = (await js.stream_info(stream)).cluster
        assert cluster is not None
        assert cluster.leader in NODES
        return str(cluster.leader)

    async def empty(self, node: str) -> None:
        """A node comes back with a new disk."""
        await self.supervisor.stop_one(node)
        await asyncio.to_thread(shutil.rmtree, self.folder / node / "store")
        await self.supervisor.start_one(node)

    async def restart(self, node: str) -> None:
        """Stop and start a node, in order."""
        await self.supervisor.stop_one(node)
        await self.supervisor.start_one(node)

    async def in_step(self, js: JetStreamContext) -> None:
        """Wait until every stream has a leader and two followers that hold all of it."""
        behind: dict[str, object] = {}

        async def all_current() -> bool:
            behind.clear()
            for config in topology.streams():
                try:
                    cluster = (await js.stream_info(str(config.name))).cluster
                except (JetStreamError, TimeoutError) as error:
                    behind[str(config.name)] = repr(error)
                    continue
                followers = [] if cluster is None or cluster.leader is None else cluster.replicas or []
                if sum(bool(each.current) and not each.offline for each in followers) < len(NODES) - 1:
                    behind[str(config.name)] = followers
            return not behind

        await wait_for(all_current, RECOVERY_S, lambda: f"behind: {behind}", every=0.1)

    def _spec(self, name: str) -> ChildSpec:
        client, monitor, route = self._ports[name]
        folder = self.folder / name
        folder.mkdir()
        routes = [f"nats://{HOST}:{port}" for _, _, port in self._ports.values()]
        config = folder / "nats.conf"
        config.write_text(
            render(
                host=HOST,
                port=client,
                store=folder / "store",
                users=USERS,
                monitor_port=monitor,
                cluster=Cluster("faults", "SHENGJI_NODE", route, routes),
            )
        )

        async def ready(_pid: int) -> str | None:
            try:
                async with httpx.AsyncClient() as http:
                    answer = await http.get(f"http://{HOST}:{monitor}/healthz")
            except httpx.TransportError as error:
                return repr(error)
            return None if answer.status_code == 200 else answer.text

        passwords = {password_variable(user): word for user, word in self.passwords.items()}
        return ChildSpec(
            name=name,
            argv=(str(binary()), "-c", str(config)),
            log=self.folder / f"{name}.log",
            ready=ready,
            env={"SHENGJI_NODE": name, **passwords},
            start_timeout=RECOVERY_S,
        )
