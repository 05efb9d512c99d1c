"""What the system has promised, written down outside of it: every 202 with its readings, every answer to a command.

Only what a caller heard is in here. What was sent and not answered is sent again until it is answered, as a meter's
box and a portal do, so that in the end the ledger says exactly what must be in the system, once.
"""

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.clock import local_day


@dataclass(frozen=True, slots=True)
class Sent:
    """One POST: (meter, epoch second, 1e-6 kWh) of each reading, and the body that carried them."""

    enterprise: str
    readings: tuple[tuple[str, int, int], ...]
    body: dict[str, Any] = field(compare=False, hash=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """A command that was carried out: enough to ask again under the same key."""

    path: str
    key: str
    region: str
    month: str
    yuan: int
    body: dict[str, Any] = field(compare=False, hash=False)
    answer: Any = field(compare=False, hash=False)


@dataclass
class Ledger:
    """Receipts and answers. `interval` names the meters that send quantities; the others count up."""

    interval: set[str] = field(default_factory=set)
    receipts: dict[UUID, Sent] = field(default_factory=dict)
    answers: list[Answered] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    """When each 202 came, system time."""
    unanswered: int = 0
    """Attempts that ended in 503, 429 or no answer at all: how often the fault was felt."""
    longest_s: float = 0.0
    """The longest that one POST or command took until it was acknowledged, re-sends included."""

    def received(self, sent: Sent, receipt: str, seconds: float) -> None:
        """A 202."""
        self.receipts[UUID(receipt)] = sent
        self.heard.append(time.monotonic())
        self.longest_s = max(self.longest_s, seconds)

    def carried_out(self, answered: Answered, seconds: float) -> None:
        """A command's answer."""
        self.answers.append(answered)
        self.longest_s = max(self.longest_s, seconds)

    def forget(self, receipts: Iterable[str]) -> None:
        """Their readings are about to be sent again: other receipts will stand for them."""
        for receipt in receipts:
            del self.receipts[UUID(receipt)]

    def readings(self) -> dict[tuple[str, int], int]:
        """What must be stored: (meter, epoch second) → 1e-6 kWh."""
        return {(m, t): v for sent in self.receipts.values() for m, t, v in sent.readings}

    def energy(self) -> dict[tuple[str, date], int]:
        """What each enterprise used on each day (+08:00), 1e-6 kWh; 24:00 belongs to the day that ends."""
        by_meter: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        for sent in self.receipts.values():
            for meter, t, v in sent.readings:
                by_meter[sent.enterprise, meter][t] = v
        sums: dict[tuple[str, date], int] = defaultdict(int)
        for (enterprise, meter), values in by_meter.items():
            before: int | None = None
            for t in sorted(values):
                passed = 0 if before is None else values[t] - before
                used = values[t] if meter in self.interval else passed
                sums[enterprise, _day(t)] += used
                before = values[t]
        return dict(sums)

    def reports(self) -> dict[tuple[str, str], int]:
        """The last figure of each city's month, yuan."""
        return {(each.region, each.month): each.yuan for each in self.answers}

    def investment(self) -> Decimal:
        """What TR-1 must say, in 亿元 (1e8 yuan)."""
        return Decimal(sum(self.reports().values())) / 100_000_000


def _day(t: int) -> date:
    return local_day(datetime.fromtimestamp(t - 1, UTC))
