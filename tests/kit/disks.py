"""A disk that fills up: a small tmpfs where this user may mount one, else a limit on how far a file may grow.

Either way the server's own write fails in the kernel; nothing is feigned.
"""

import contextlib
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import psutil


class Disk(Protocol):
    """What a test does to it."""

    def fill(self) -> None:
        """From now on no write succeeds that needs more room."""

    def free(self) -> None:
        """There is room again."""


class SmallDisk:
    """A mounted file system, filled by a file beside the server's own."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"\1" * size)

    def free(self) -> None:
        self._ballast.unlink()


class LimitedFiles:
    """A process (with its children) whose files may not grow."""

    def __init__(self, pid: Callable[[], int]) -> None:
        self._pid = pid

    def fill(self) -> None:
        self._limit(1)

    def free(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, most: int) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            server = psutil.Process(self._pid())
            for process in (server, *server.children(recursive=True)):
                _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, hard))


@contextlib.contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[SmallDisk | None]:
    """A tmpfs of that size at `folder`, or None where this user may not mount."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        done = None
    if done is None or done.returncode != 0:
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
