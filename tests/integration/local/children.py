"""Small children for the tests of the supervisor: each says in a file that it runs, and obeys signals."""

import os
import signal
import sys
from pathlib import Path

from deploy.local.process import ChildSpec

_OBEDIENT = """
import os, pathlib, signal, sys
mark = pathlib.Path(sys.argv[1])
with mark.open("a") as file:
    file.write(f"up {os.getpid()}\\n")
def stop(*_):
    with mark.open("a") as file:
        file.write(f"down {os.getpid()}\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
while True:
    signal.pause()
"""

_STUBBORN = _OBEDIENT.replace(
    "signal.signal(signal.SIGTERM, stop)", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
)


def obedient(name: str, folder: Path, needs: tuple[str, ...] = ()) -> ChildSpec:
    """A child that appends "up <pid>" to `<folder>/journal` when ready and "down <pid>" when told to stop."""
    return _child(name, folder, _OBEDIENT, needs)


def stubborn(name: str, folder: Path) -> ChildSpec:
    """A child that does not hear SIGTERM."""
    return _child(name, folder, _STUBBORN, (), stop_grace=0.2)


def failing(name: str, folder: Path, message: str) -> ChildSpec:
    """A child that prints `message` and ends with exit code 3."""
    return _child(name, folder, f"import sys; print({message!r}); sys.exit(3)", ())


def never_ready(name: str, folder: Path) -> ChildSpec:
    """A child that runs and never becomes ready."""

    async def ready(pid: int) -> str | None:
        return "the moon is not full"

    return ChildSpec(
        name,
        (sys.executable, "-c", _OBEDIENT, str(folder / name)),
        folder / f"{name}.log",
        ready,
        start_timeout=0.3,
    )


def journal(folder: Path) -> list[str]:
    """What the children of a folder did, in order: "up <name>" and "down <name>"."""
    pids: dict[str, str] = {}
    path = folder / "journal"
    lines = path.read_text().splitlines() if path.exists() else []
    for mark in folder.glob("*.pid"):
        pids.update(dict.fromkeys(mark.read_text().split(), mark.stem))
    return [f"{verb} {pids.get(pid, pid)}" for verb, pid in (line.split() for line in lines)]


def _child(
    name: str, folder: Path, program: str, needs: tuple[str, ...], stop_grace: float = 5.0
) -> ChildSpec:
    async def ready(pid: int) -> str | None:
        path = folder / "journal"
        if not path.exists() or f"up {pid}\n" not in path.read_text():
            return "it has not written to the journal"
        with (folder / f"{name}.pid").open("a") as file:
            file.write(f"{pid}\n")
        return None

    argv = (sys.executable, "-c", program, str(folder / "journal"))
    return ChildSpec(
        name,
        argv,
        folder / f"{name}.log",
        ready,
        needs=needs,
        stop_grace=stop_grace,
        stop_signal=signal.SIGTERM,
    )


def alive(pid: int) -> bool:
    """Whether a process with that id runs (a zombie doesn't)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
