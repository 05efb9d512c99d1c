"""Up to which moment of the Clock everything that arrived has been worked off.

Readings wait in the READINGS stream while the worker is behind or down. A day that closes then would look
incomplete, and a feed silent, although the intake has the data safely. So days are closed, and feeds judged, as of a
*settled* moment: nothing that arrived before it waits any more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from shared.clock import Clock

_STREAM = "READINGS"


class Backlog(Protocol):
    """What waits for the worker."""

    async def end(self) -> int:
        """The last sequence that was ever given out."""

    async def worked_off(self, sequence: int) -> bool:
        """Whether nothing up to `sequence` waits any more."""


class StreamBacklog:
    """READINGS as it is: a work queue, from which the worker removes what it has committed."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js

    async def end(self) -> int:
        return (await self._js.stream_info(_STREAM)).state.last_seq

    async def worked_off(self, sequence: int) -> bool:
        state = (await self._js.stream_info(_STREAM)).state
        # A re-created stream counts from 1: nothing of the old one waits any more.
        return state.messages == 0 or state.first_seq > sequence or state.last_seq < sequence


@dataclass(slots=True)
class Settled:
    """Follows the Clock at the distance of the backlog."""

    backlog: Backlog
    clock: Clock
    _asked: tuple[datetime, int] | None = None
    _settled: datetime | None = None

    @property
    def waiting(self) -> bool:
        """Whether a moment is asked for that isn't settled yet: look again soon."""
        return self._asked is not None

    async def moment(self) -> datetime | None:
        """The latest settled moment; None before the first. It stays where it is while NATS is away."""
        try:
            if self._asked is None:
                # First the moment, then the end: what arrives in between is waited for needlessly, never missed.
                now = self.clock.now()
                self._asked = (now, await self.backlog.end())
            now, sequence = self._asked
            if await self.backlog.worked_off(sequence):
                self._settled, self._asked = now, None
        except (NatsError, TimeoutError):
            pass
        return self._settled
