"""Python runs this at the start of every process of a fault run: the machine's clock, as the test sets it.

The file that SHENGJI_FAULT_CLOCK names holds by how many seconds the clock is wrong; SIGUSR2 means "look again". The
answer is a file beside it, named by the process id. `time.monotonic` goes on undisturbed, as it does on a machine whose
clock is set.
"""

import os
import signal
import time
from pathlib import Path
from typing import Any

_FILE = Path(os.environ["SHENGJI_FAULT_CLOCK"])
_traveller: Any = None
_wrong_by = 0.0


def _look(*_: object) -> None:
    global _traveller, _wrong_by
    wanted = float(_FILE.read_text()) if _FILE.exists() else 0.0
    if wanted != _wrong_by and _traveller is None:
        import time_machine

        _traveller = time_machine.travel(time.time(), tick=True).start()
    if wanted != _wrong_by:
        _traveller.shift(wanted - _wrong_by)
        _wrong_by = wanted
    _FILE.with_suffix(f".{os.getpid()}").write_text(str(wanted))


signal.signal(signal.SIGUSR2, _look)
_look()
