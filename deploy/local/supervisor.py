"""Keeps children running: started when what they need is ready, restarted when they die, stopped in reverse."""

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import psutil

from deploy.local.process import Child, ChildSpec, StartError, rotate

State = Literal["starting", "ready", "died", "failed", "stopping", "stopped"]
Report = Callable[[str, State, str], None]
"""(child's name, its new state, detail)"""

_FIRST_PAUSE, _LONGEST_PAUSE, _STEADY_AFTER = 0.2, 10.0, 60.0
_LOG_CHECK = 30.0
_SICK_CHECK = 2.0


def _nobody_listens(name: str, state: State, detail: str) -> None:
    """The report when the caller wants none."""


class Supervisor:
    """Runs children and is responsible for them until `stop`. `record` is the file that lists the running ones."""

    def __init__(self, record: Path, report: Report = _nobody_listens) -> None:
        self._record = record
        self._report = report
        self._children: dict[str, Child] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._logs: asyncio.Task[None] | None = None

    async def start(self, specs: Iterable[ChildSpec]) -> None:
        """Start all, each as soon as what it needs is ready. Raises the first StartError; then call `stop`."""
        wanted = {spec.name: spec for spec in specs}
        starts: dict[str, asyncio.Task[None]] = {}

        async def start_after_needs(spec: ChildSpec) -> None:
            for need in spec.needs:
                if need in wanted:
                    await asyncio.shield(starts[need])
                elif need not in self._children:
                    raise StartError(f"start {spec.name}", f"it needs {need}, which nobody starts")
            await self._start(spec)

        for spec in wanted.values():
            # The tasks begin to run only after all of them are in the table.
            starts[spec.name] = asyncio.create_task(start_after_needs(spec), name=f"start {spec.name}")
        try:
            for task in asyncio.as_completed(starts.values()):
                await task
        finally:
            for task in starts.values():
                task.cancel()
            await asyncio.gather(*starts.values(), return_exceptions=True)
        if self._logs is None:
            self._logs = asyncio.create_task(self._watch_logs(), name="watch logs")

    async def stop(self) -> None:
        """Stop all, each after those that need it. Nothing that was started survives."""
        if self._logs is not None:
            self._logs.cancel()
            self._logs = None
        stops: dict[str, asyncio.Task[None]] = {}

        async def stop_after_users(name: str) -> None:
            for other, child in self._children.items():
                if name in child.spec.needs:
                    await asyncio.shield(stops[other])
            await self._stop(name)

        for name in self._children:
            stops[name] = asyncio.create_task(stop_after_users(name), name=f"stop {name}")
        await asyncio.gather(*stops.values())
        self._children.clear()
        self._record.unlink(missing_ok=True)

    def names(self) -> list[str]:
        """The children in the order in which they were started."""
        return list(self._children)

    def pid(self, name: str) -> int:
        """The child's process id now; another one after a restart."""
        return self._children[name].pid

    def running(self, name: str) -> bool:
        """Whether the child's process lives."""
        return self._children[name].running

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send the child a signal, as an operator would: the supervisor reacts to what comes of it."""
        psutil.Process(self.pid(name)).send_signal(number)

    async def stop_one(self, name: str) -> None:
        """Stop one child, and leave it stopped."""
        await self._stop(name)

    async def dismiss(self, name: str) -> None:
        """Stop one child for good and forget it."""
        await self._stop(name)
        del self._children[name]

    async def start_one(self, name: str) -> None:
        """Start a child again that `stop_one` stopped."""
        await self._start(self._children[name].spec)

    async def ready(self, name: str) -> str | None:
        """None if the child is ready now, else what is missing."""
        child = self._children[name]
        return await child.spec.ready(child.pid) if child.running else "it isn't running"

    async def _start(self, spec: ChildSpec) -> None:
        child = Child(spec)
        self._children[spec.name] = child
        self._report(spec.name, "starting", "")
        began = time.monotonic()
        try:
            await child.start()
            self._write_record()
            await child.wait_ready()
        except StartError as failure:
            self._report(spec.name, "failed", str(failure))
            raise
        self._report(spec.name, "ready", f"{time.monotonic() - began:.1f} s")
        self._keepers[spec.name] = asyncio.create_task(self._keep(child), name=f"keep {spec.name}")

    async def _keep(self, child: Child) -> None:
        """Restart the child whenever it ends, with pauses that grow while it doesn't stay up."""
        name, pause = child.spec.name, _FIRST_PAUSE
        while True:
            began = time.monotonic()
            self._report(name, "died", f"{await self._end(child)}, see {child.spec.log}")
            if time.monotonic() - began > _STEADY_AFTER:
                pause = _FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            # Processes that it left in its group must not run beside its successor.
            await child.stop()
            self._report(name, "starting", "again")
            try:
                await child.start()
                self._write_record()
                await child.wait_ready()
            except (StartError, OSError) as failure:
                self._report(name, "failed", str(failure))
                await child.stop()
            else:
                self._report(name, "ready", "again")

    async def _end(self, child: Child) -> str:
        """Return when the child has ended, or must; why."""
        ended = asyncio.create_task(child.ended())
        try:
            while not ended.done():
                await asyncio.wait([ended], timeout=_SICK_CHECK)
                sick = await child.spec.sick() if child.spec.sick and not ended.done() else None
                if sick is not None:
                    return sick
            return f"exit code {ended.result()}"
        finally:
            ended.cancel()

    async def _stop(self, name: str) -> None:
        keeper = self._keepers.pop(name, None)
        if keeper is not None:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
        self._report(name, "stopping", "")
        await self._children[name].stop()
        self._report(name, "stopped", "")

    async def _watch_logs(self) -> None:
        while True:
            await asyncio.sleep(_LOG_CHECK)
            for child in self._children.values():
                rotate(child.spec.log)

    def _write_record(self) -> None:
        """Note what runs, so that the next run finds what this one could not stop."""
        rows = []
        for name, child in self._children.items():
            if child.running:
                with contextlib.suppress(psutil.Error):
                    rows.append(
                        {"name": name, "pid": child.pid, "began": psutil.Process(child.pid).create_time()}
                    )
        self._record.parent.mkdir(parents=True, exist_ok=True)
        self._record.write_text(json.dumps(rows, indent=2))


def stop_leftovers(record: Path, grace: float = 10.0) -> list[str]:
    """Stop what an earlier run recorded and left running; the names of what was stopped.

    A process counts only if its start time is the recorded one: ids are used again.
    """
    try:
        rows = json.loads(record.read_text())
    except (OSError, ValueError):
        return []
    found: list[psutil.Process] = []
    names: list[str] = []
    for row in reversed(rows):
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(row["pid"])
            if abs(process.create_time() - row["began"]) < 1.0 and process.status() != psutil.STATUS_ZOMBIE:
                # PostgreSQL takes SIGTERM as "when everybody has left"; SIGINT is its quick clean stop.
                process.send_signal(signal.SIGINT if row["name"] in ("postgres", "nats") else signal.SIGTERM)
                found.append(process)
                names.append(row["name"])
    _, alive = psutil.wait_procs(found, timeout=grace)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=5.0)
    record.unlink(missing_ok=True)
    return names
