"""Which messages of a partition may still come that lie before others: unsettled here, or given to another worker.

nats-server numbers deliveries, so a gap in the numbers says that another worker (or this one's predecessor) was given
something. Then nothing is certain until the server's floor of acknowledgements has passed all that it had delivered.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

import nats.errors

Delivery = tuple[int, int]
"""(sequence in the stream, number of the delivery)"""
Position = tuple[int, int]
"""(greatest sequence delivered to anybody, sequence up to which all is acknowledged)"""

ASK_EVERY_S = 1.0


@dataclass(slots=True)
class Outstanding:
    """Tracks the unsettled messages of one partition. `ask` returns the server's position."""

    ask: Callable[[], Awaitable[Position]]
    _open: set[int] = field(default_factory=set)
    _next: int | None = None
    _certain: bool = False
    _until: int | None = None
    """The greatest sequence that another worker may still hold; None: not known yet."""
    _asked_at: float = float("-inf")

    def delivered(self, deliveries: Iterable[Delivery]) -> None:
        """These have been received, in the order of their delivery."""
        for sequence, number in deliveries:
            if number != self._next:
                self._certain, self._until = False, None
            self._next = number + 1
            self._open.add(sequence)

    def settled(self, sequence: int) -> None:
        """What the message brings is committed: if it comes again, it changes nothing."""
        self._open.discard(sequence)

    def begin_anew(self, here: Iterable[int]) -> None:
        """The stream was re-created: open messages of the old one never come again. `here`: the new one's that are in
        hand."""
        self._open.clear()
        self._open.update(here)
        self._certain, self._until = False, None

    async def none_before(self, batch: Sequence[int]) -> bool:
        """Whether every message before the last of these is settled or among them. It errs on the safe side, False."""
        if self._open and min(self._open.difference(batch), default=max(batch) + 1) < max(batch):
            return False
        if not self._certain:
            await self._look()
        return self._certain

    async def _look(self) -> None:
        if time.monotonic() - self._asked_at < ASK_EVERY_S:
            return
        self._asked_at = time.monotonic()
        try:
            delivered, floor = await self.ask()
        except (OSError, LookupError, nats.errors.Error):
            return  # Uncertainty costs some writing, nothing else.
        if self._until is None:
            self._until = delivered
        self._certain = floor >= self._until
