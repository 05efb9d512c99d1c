"""The door and the worker on real servers, in one process, as their own NATS users."""

import contextlib
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
from nats.js import JetStreamContext
from pydantic import SecretStr

from services.energy import worker
from services.energy.intake.door import create_app
from services.energy.intake.process import open_door
from services.energy.intake.settings import IntakeSettings
from services.energy.readings import reference
from services.energy.readings.worker import PartitionWorker
from shared.runtime import Runtime
from shared.settings import Settings
from tests.kit.energy_store import Store
from tests.kit.servers import Database, TestNats, wait_for


@dataclass
class Pipeline:
    """Everything between a meter and its sums."""

    nats: TestNats
    database: Database
    store: Store
    _js: JetStreamContext | None = None

    def settings(self, user: str) -> Settings:
        """As the one-machine runner would give them to a process."""
        return Settings(
            environment="test",
            nats_url=self.nats.url,
            nats_user=user,
            nats_password=SecretStr(self.nats.passwords[user]),
            database_url=SecretStr(self.database.url_of(user)),
        )

    async def credential(self, enterprise: str = "e1") -> dict[str, str]:
        """A device credential, as a header."""
        async with self.store.conn.transaction():
            token = await reference.issue_credential(
                self.store.conn, enterprise, datetime(2000, 1, 1, tzinfo=UTC)
            )
        return {"Authorization": f"Bearer {token}"}

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[tuple[Runtime, list[PartitionWorker]]]:
        """The worker's process, until the block ends: then it is cut off where it stands."""
        settings = self.settings("energy-worker")
        async with Runtime.start("energy", process="energy-worker", settings=settings) as rt:
            yield rt, await worker.start(rt)

    @contextlib.asynccontextmanager
    async def door(self, **limits: Any) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the intake's process."""
        settings = self.settings("energy-intake")
        async with (
            Runtime.start("energy", process="energy-intake", settings=settings) as rt,
            asyncpg.create_pool(self.database.dsn_of("energy-intake"), min_size=1, max_size=2) as pool,
        ):
            app = create_app(await open_door(rt, pool, IntakeSettings(**limits)))
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
                yield client

    async def queued(self) -> int:
        """Messages on READINGS."""
        # One connection for all questions: a test polls this, and each would stay until the test's end.
        self._js = self._js or await self.nats.jetstream()
        return (await self._js.stream_info("READINGS")).state.messages

    async def worked_off(self, timeout: float = 60) -> None:
        """Wait until READINGS is empty, so many seconds at most."""

        async def empty() -> bool:
            return await self.queued() == 0

        await wait_for(empty, timeout, "READINGS is worked off")


def rows(*readings: tuple[str, int | str, Any], **options: Any) -> dict[str, Any]:
    """A body in row form."""
    named = [dict(zip(("meter", "time", "value"), reading, strict=True)) for reading in readings]
    return {"readings": named, **options}


def zipped(body: dict[str, Any]) -> bytes:
    """A body as gzip."""
    return gzip.compress(json.dumps(body).encode())
