"""What was sent and what the receipts say became of it: the demo's own bookkeeping, kept across runs."""

import json
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

OUTCOMES = ("accepted", "parked", "duplicate", "revised", "superseded", "quarantined")
_WINDOW_S = 5.0
_EPOCH = "2013-01-01T00:00:00+08:00"


@dataclass(slots=True)
class Tally:
    """Counts of readings and POSTs. `outcomes` is what the receipts said, never what was hoped for.

    `uncertain`: readings of POSTs whose answer was lost; they were sent again and may have arrived both times.
    """

    posts: int = 0
    readings: int = 0
    refused_posts: int = 0
    retries: int = 0
    uncertain: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    _sent: deque[tuple[float, int]] = field(default_factory=deque)
    peak: float = 0.0

    def sent(self, readings: int) -> None:
        """A POST with so many readings was acknowledged (202)."""
        self.posts += 1
        self.readings += readings
        self._sent.append((time.monotonic(), readings))

    def rate(self) -> float:
        """Readings a second over the last seconds."""
        now = time.monotonic()
        while self._sent and self._sent[0][0] < now - _WINDOW_S:
            self._sent.popleft()
        rate = sum(count for _, count in self._sent) / _WINDOW_S
        self.peak = max(self.peak, rate)
        return rate

    @property
    def settled(self) -> int:
        """Readings whose outcome a receipt has told."""
        return sum(self.outcomes.values())

    @property
    def balanced(self) -> bool:
        """Every reading sent has exactly one outcome."""
        return self.readings <= self.settled <= self.readings + self.uncertain


class Journal:
    """What the demo must remember between two runs and can't ask the system: `<data>/demo/journal.json`.

    The devices' credentials (a secret is told once), the tally, and what came of the faults. `closed` holds the
    outcomes of the receipts' windows before `window_from`, `closed_posts` the POSTs sent before it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "journal.json"
        self.found = self._path.exists()
        stored: dict[str, Any] = json.loads(self._path.read_text()) if self.found else {}
        self.credentials: dict[str, str] = stored.get("credentials", {})
        self.receipts: dict[str, dict[str, int]] = stored.get("receipts", {})
        self.seen: dict[str, dict[str, Any]] = stored.get("seen", {})
        self.verdicts: dict[str, dict[str, Any]] = stored.get("verdicts", {})
        self.played: dict[str, int] = stored.get("played", {})
        self.year_seconds: float = stored.get("year_seconds", 0.0)
        self.window_from = datetime.fromisoformat(stored.get("window_from", _EPOCH))
        self.closed: dict[str, int] = stored.get("closed", dict.fromkeys(OUTCOMES, 0))
        self.closed_posts: int = stored.get("closed_posts", 0)
        self.tally = Tally(**stored.get("tally", {}))

    def save(self) -> None:
        """Write it, whole or not at all; readable by its owner only, as it holds secrets."""
        tally = self.tally
        content = {
            "credentials": self.credentials,
            "receipts": self.receipts,
            "seen": self.seen,
            "verdicts": self.verdicts,
            "played": self.played,
            "year_seconds": self.year_seconds,
            "window_from": self.window_from.isoformat(),
            "closed": self.closed,
            "closed_posts": self.closed_posts,
            "tally": {
                "posts": tally.posts,
                "readings": tally.readings,
                "refused_posts": tally.refused_posts,
                "retries": tally.retries,
                "uncertain": tally.uncertain,
                "outcomes": tally.outcomes,
                "peak": tally.peak,
            },
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_text(json.dumps(content, indent=1))
        new.replace(self._path)
