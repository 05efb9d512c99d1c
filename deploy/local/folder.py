"""The data folder: who uses it, which ports it was given, and where things stand in it."""

import fcntl
import json
import os
from pathlib import Path
from typing import IO, Self

from deploy.local.ports import free_port, is_free
from deploy.local.process import StartError

_OTHER_CLOCK = {
    "simulated": (
        "{root} lives in the demo's simulated time; the system's clock would make it jump over years and ruin it. "
        "`make demo` goes on with it. For a system of its own give another folder: SHENGJI_DATA_DIR=data-up make up. "
        "`make clean-data` forgets the demo."
    ),
    "system": (
        "{root} holds a system that lives by the system's clock; simulated time would date new events before old ones. "
        "`make up` goes on with it. For the demo give another folder: SHENGJI_DATA_DIR=data-demo make demo."
    ),
}


class DataFolder:
    """A folder that one run at a time may use."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.logs = self.root / "logs"
        self.traces = self.root / "traces"
        self.anchors = self.root / "anchors"
        self.children = self.root / "run" / "children.json"
        self.system = self.root / "run" / "system.json"
        self._ports = self.root / "run" / "ports.json"
        self._clock = self.root / "run" / "clock"
        self._lock: IO[str] | None = None

    def lock(self) -> Self:
        """Claim it for this process. Raises StartError naming the process that has it."""
        self.root.mkdir(parents=True, exist_ok=True)
        for private in (self.children.parent, self.logs, self.traces, self.anchors):
            private.mkdir(mode=0o700, exist_ok=True)
            private.chmod(0o700)  # an earlier release left it open
        file = (self.root / "run" / "lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            file.close()
            raise StartError(
                "claim the data folder",
                f"{self.root} is in use by process {owner}. Stop it (Ctrl-C where it runs, or `kill {owner}`), "
                "or give another folder with SHENGJI_DATA_DIR.",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._lock = file
        return self

    def check_clock(self, clock: str) -> None:
        """Raise StartError if this folder lives by the other clock.

        Simulated time stands years away: a start by the system's clock would close all the days and duties between, for
        good, and one back would date new events before old ones.
        """
        known = self._clock.read_text("utf-8").strip() if self._clock.exists() else ""
        if not known and (self.root / "demo").exists():  # made by a release that kept no note
            known = "simulated"
        if known and known != clock:
            raise StartError("choose the clock", _OTHER_CLOCK[known].format(root=self.root))

    def keep_clock(self, clock: str) -> None:
        """Remember by which clock it lives, once it does."""
        self._clock.write_text(clock, "utf-8")

    def unlock(self) -> None:
        """Release the claim on the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def port(self, name: str, asked: int, usual: int = 0) -> int:
        """The port for `name`, remembered for the next run.

        `asked` if not 0 (StartError if somebody has it), else the last one, else `usual`, else a free one.
        """
        ports = self._remembered()
        if asked and not is_free(asked):
            raise StartError(f"choose the port of {name}", f"port {asked} is taken; give another one")
        candidates = (asked, ports.get(name, 0), usual)
        chosen = next((port for port in candidates if port and is_free(port)), 0) or free_port()
        self._ports.write_text(json.dumps({**ports, name: chosen}, indent=2))
        return chosen

    def remembered(self, name: str) -> int:
        """The port that `port` chose for `name`; KeyError if none."""
        return self._remembered()[name]

    def _remembered(self) -> dict[str, int]:
        try:
            return dict(json.loads(self._ports.read_text()))
        except (OSError, ValueError):
            return {}
