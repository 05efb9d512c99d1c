"""One child process: started with its rights and log, watched until ready, stopped without leftovers."""

import asyncio
import contextlib
import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.rights import Rights
from shared.private_files import opener

_PR_SET_PDEATHSIG = 1
_LOG_LIMIT = 64 * 1024 * 1024
POLL = 0.02


class StartError(Exception):
    """A step of the start failed: which step, why, and where to read more."""

    def __init__(self, step: str, reason: str, log: Path | None = None) -> None:
        super().__init__(f"{step}: {reason}" + (f" (see {log})" if log else ""))
        self.step = step
        self.reason = reason
        self.log = log


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """How to run a child; times in seconds.

    `ready`, given its process id, answers None when it can work, else what is missing.
    `sick`, asked now and then while it runs, answers why it must be restarted, else None.
    `needs` names the children that must be ready before it starts and outlive it.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    ready: Callable[[int], Awaitable[str | None]]
    env: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    stop_grace: float = 15.0
    start_timeout: float = 60.0
    rights: Rights | None = None
    sick: Callable[[], Awaitable[str | None]] | None = None


class Child:
    """A running child. It dies with this process, even if this process is killed."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The process id; only of a started child."""
        return self._started().pid

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process; its output is appended to its log."""
        self.spec.log.parent.mkdir(parents=True, exist_ok=True)
        rotate(self.spec.log)
        with os.fdopen(opener(str(self.spec.log), os.O_WRONLY | os.O_CREAT | os.O_APPEND), "ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.spec.argv,
                env={**_inherited(), **self.spec.env},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                # Its own group: Ctrl-C in the terminal reaches the runner, which stops children in order.
                start_new_session=True,
                umask=0o077,
                preexec_fn=_before_exec(self.spec.rights, self.spec.stop_signal, os.getpid()),
            )

    async def wait_ready(self) -> None:
        """Return when it is ready; raise StartError if it ends first or takes longer than its time."""
        missing: str | None = "no answer"
        try:
            async with asyncio.timeout(self.spec.start_timeout):
                while missing is not None:
                    missing = await self.spec.ready(self.pid)
                    if not self.running:
                        raise self._failed(f"ended with exit code {self._started().returncode}")
                    await asyncio.sleep(0 if missing is None else POLL)
        except TimeoutError:
            raise self._failed(f"not ready after {self.spec.start_timeout:.0f} s: {missing}") from None

    async def ended(self) -> int:
        """Wait until the process ends; its exit code (negative: the signal that ended it)."""
        return await self._started().wait()

    async def stop(self) -> None:
        """Ask it to stop, and kill it if it doesn't within its grace. Nothing of its group survives."""
        if self._process is None:
            return
        pid = self._process.pid
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(self.spec.stop_signal)
            try:
                await asyncio.wait_for(self._process.wait(), self.spec.stop_grace)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)

    def _started(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError(f"{self.spec.name} was not started")
        return self._process

    def _failed(self, reason: str) -> StartError:
        lines = self.spec.log.read_text(errors="replace").splitlines() if self.spec.log.exists() else []
        last = "\n".join(lines[-5:])
        return StartError(f"start {self.spec.name}", f"{reason}\n{last}" if last else reason, self.spec.log)


def rotate(log: Path, limit: int = _LOG_LIMIT) -> None:
    """Move a log that has grown over `limit` bytes aside; whoever has it open writes on at its start."""
    if log.exists() and log.stat().st_size > limit:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)


def _inherited() -> dict[str, str]:
    """The environment without this system's own settings: a child gets exactly those meant for it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SHENGJI_", "PG"))}


def _before_exec(rights: Rights | None, stop_signal: int, parent: int) -> Callable[[], None]:
    """What the child does between fork and exec: give up rights, and tie its life to the parent's."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def before_exec() -> None:
        if rights is not None:
            rights.take()
        if libc is not None:
            # After the change of user, which would clear it.
            libc.prctl(_PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return before_exec
