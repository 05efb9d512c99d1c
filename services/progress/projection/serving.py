"""Keeps the read-model of this process up to date, and follows a rebuild to its new version."""

import asyncio
from collections.abc import Sequence

import structlog
from nats.js import JetStreamContext
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.progress.common.sources import SOURCES
from services.progress.measures.store import versions
from services.progress.measures.store.read_model import ReadModel
from services.progress.projection.apply import apply
from shared.cancellation import end_if_cancelled
from shared.checkpoint import Checkpoints
from shared.consumer import RETRY_S, DomainConsumer
from shared.health import Health

SWITCH_POLL_S = 1.0
_log = structlog.get_logger(__name__)


def consumers(
    js: JetStreamContext, checkpoints: Checkpoints, health: Health | None = None, retry_s: float = RETRY_S
) -> list[DomainConsumer]:
    """One reader per source, for one version of the read-model."""
    return [
        DomainConsumer(source, js, checkpoints, apply, health=health, retry_s=retry_s) for source in SOURCES
    ]


async def serve(engine: AsyncEngine, model: ReadModel, js: JetStreamContext, health: Health) -> None:
    """Project all sources into the serving version until cancelled; after a switch, into the new one.

    `engine` looks at no version: it reads which one serves.
    """
    while True:
        running = consumers(js, model.checkpoints, health)
        names = [f"consumer {each.projection} < {each.source}" for each in running]
        tasks = [
            asyncio.create_task(each.run(), name=name) for each, name in zip(running, names, strict=True)
        ]
        switched = asyncio.create_task(_switched(engine, model.version))
        try:
            done, _ = await asyncio.wait({*tasks, switched}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await cancel([*tasks, switched])
            for name in names:
                health.unregister(name)
        before = model.version
        async with engine.connect() as conn:
            await model.open(conn)
        _log.info("the read-model was switched", before=before, now=model.version)


async def _switched(engine: AsyncEngine, version: int) -> None:
    """Return when another version serves."""
    while True:
        end_if_cancelled()
        try:
            async with engine.connect() as conn:
                if (await _version(conn)) != version:
                    return
        except Exception as error:
            _log.warning("which version serves is not known", error=repr(error))
        await asyncio.sleep(SWITCH_POLL_S)


async def _version(conn: AsyncConnection) -> int:
    return (await versions.serving(conn)).version


async def cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    """End the tasks and wait for them; asked again and again, see `shared.cancellation`."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.5)
