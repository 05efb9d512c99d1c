"""What every process is made of: settings, logs, telemetry, broker, clock, database, health, an orderly end.

async with Runtime.start("projects", process="projects") as rt:
    ops.bind(rt.broker)
    rt.spawn(relay.run(), "relay")
    await rt.run()
"""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from nats.js import JetStreamContext
from sqlalchemy.ext.asyncio import AsyncEngine

from shared import broker as nats_broker
from shared import logs, process_metrics, simulation, telemetry
from shared.asgi import HttpServer
from shared.broker import GuardedBroker
from shared.cancellation import end_all
from shared.clock import Clock, SteppedClock, SystemClock
from shared.database import runtime_engine
from shared.database_check import DatabaseCheck
from shared.health import OK, Check, Health, Status, asgi_app
from shared.settings import Settings

_END_S = 5.0


class Runtime:
    """One running process. A spawned task that fails ends the process: the supervisor restarts it."""

    def __init__(
        self,
        settings: Settings,
        service: str,
        process: str,
        broker: GuardedBroker,
        clock: Clock,
        engine: AsyncEngine | None,
        health: Health,
    ) -> None:
        self.settings = settings
        self.service = service
        self.process = process
        self.broker = broker
        self.js: JetStreamContext = nats_broker.jetstream(broker)
        self.clock = clock
        self._engine = engine
        self.health = health
        self.log = structlog.get_logger(process)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = asyncio.Event()
        self._failure: BaseException | None = None

    @property
    def engine(self) -> AsyncEngine:
        """The pool of this service's runtime role. Raises LookupError in a process without a database."""
        if self._engine is None:
            raise LookupError(f"{self.process} has no database: set SHENGJI_DATABASE_URL")
        return self._engine

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        service: str,
        *,
        process: str,
        settings: Settings | None = None,
        database_away: Status = "failing",
    ) -> AsyncIterator["Runtime"]:
        """Open everything in order, close it in reverse. Subscribers begin with `run`.

        `database_away`: what the process's readiness is while its database is away, once it has answered.
        """
        settings = settings or Settings()
        logs.setup(process, settings)
        async with AsyncExitStack() as stack:
            installed = telemetry.setup(process, settings)
            stack.callback(installed.flush)
            broker = await nats_broker.connect(settings, process)
            stack.push_async_callback(broker.stop)
            engine = None
            if settings.database_url is not None:
                url = settings.database_url.get_secret_value()
                engine = runtime_engine(url, application=process, pool=settings.database_pool)
                process_metrics.watch_pool(engine, process)
                stack.push_async_callback(engine.dispose)
            clock = await _clock(settings, broker, process)
            health = Health(process)
            health.register("nats", lambda: _connected(broker))
            if engine is not None:
                health.register("database", DatabaseCheck(engine, away=database_away))
            runtime = cls(settings, service, process, broker, clock, engine, health)
            if settings.health_port:
                server = HttpServer(asgi_app(health), settings.health_host, settings.health_port)
                await server.start()
                stack.push_async_callback(server.stop)
            stack.push_async_callback(runtime._cancel_tasks)
            yield runtime

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run `work` for the life of the process. If it raises, the process ends with that error."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def run(self) -> None:
        """Start the subscribers, and stay until SIGTERM, SIGINT or the failure of a task, which is raised."""
        loop = asyncio.get_running_loop()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, self.stop)
        await self.broker.start()
        # Objects made at start live as long as the process: a full garbage collection that scans them again finds
        # nothing and stalls every request for a tenth of a second.
        gc.freeze()
        self.log.info("running", simulated=self.clock.simulated)
        await self._stopped.wait()
        self.log.info("stopping")
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Ask for an orderly end."""
        self._stopped.set()

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            self.log.critical("task failed", task=task.get_name(), exc_info=error)
            self._failure = self._failure or error
            self.stop()

    async def _cancel_tasks(self) -> None:
        # What doesn't end in this time keeps nothing else from closing in order; shared/loop.py ends it by force.
        await end_all(self._tasks, _END_S)


async def _clock(settings: Settings, broker: GuardedBroker, process: str) -> SystemClock | SteppedClock:
    if settings.clock == "system":
        return SystemClock()
    connection = nats_broker.client(broker)
    return await simulation.follow(connection, nats_broker.jetstream(broker), process)


def _connected(broker: GuardedBroker) -> Check:
    if nats_broker.client(broker).is_connected:
        return OK
    return Check("failing", "no connection to NATS")
