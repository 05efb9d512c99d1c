"""Today's running energy (EnergyLive): the last message per enterprise, outside the log, provisional.

Kept in memory only: it is read again from the stream at every start, and it has no history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import DeliverPolicy

from services.progress.measures.facts import newest, total
from shared.areas import AreaTree
from shared.pull import ConsumerGone, Followed, follow

STREAM = "LIVE"
_RUNNING = Followed(STREAM, "live.energy.*", DeliverPolicy.LAST_PER_SUBJECT, "progress-live")
_log = structlog.get_logger(__name__)


class EnergyLive(msgspec.Struct, frozen=True):
    """One enterprise's energy so far today, tce by both bases. `sent_at` is system time, the rest the Clock's."""

    enterprise: str
    region: str
    day: date
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    present: int
    expected: int
    sent_at: datetime
    last_reading_at: datetime | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunningDay:
    """The sum of a region's enterprises for one running day. `present` of `expected` intervals are there.

    `enterprises` have been heard of; of them `unknown` have no figure yet, which isn't a figure of zero
    (`unknown_equivalent`: none by equivalent value).
    """

    day: date
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    enterprises: int
    unknown: int
    unknown_equivalent: int
    present: int
    expected: int
    last_reading_at: datetime | None
    sent_at: datetime


class LiveEnergy:
    """The last message of every enterprise, and what they add up to in each of their regions."""

    def __init__(self) -> None:
        self._last: dict[str, EnergyLive] = {}
        self._in: dict[str, dict[str, EnergyLive]] = {}
        self._sums: dict[str, tuple[date, RunningDay | None]] = {}
        self.taken = 0
        """Number of messages taken: while it stays the same, so does what is shown."""
        self._decoder = msgspec.json.Decoder(EnergyLive, strict=False)

    def take(self, raw: bytes) -> None:
        """Remember one message. One that can't be read is logged and dropped: the next replaces it anyway."""
        try:
            message = self._decoder.decode(raw)
        except msgspec.MsgspecError as error:
            _log.warning("a live figure could not be read", error=str(error))
            return
        before = self._last.get(message.enterprise)
        if before is not None and before.region != message.region:
            del self._in[before.region][message.enterprise]
            self._sums.pop(before.region, None)
        self._last[message.enterprise] = message
        self._in.setdefault(message.region, {})[message.enterprise] = message
        self._sums.pop(message.region, None)
        self.taken += 1

    def running(self, day: date, areas: AreaTree, region: str) -> RunningDay | None:
        """Today's sum for a region; None when none of its enterprises has been heard of today."""
        return _together(day, [self._sum(day, code) for code in self._in if areas.covers(region, code)])

    def _sum(self, day: date, code: str) -> RunningDay | None:
        """The sum of the enterprises registered in exactly that region; cached until one of them sends a new
        message."""
        kept = self._sums.get(code)
        if kept is None or kept[0] != day:
            kept = (day, _sum(day, [m for m in self._in[code].values() if m.day == day]))
            self._sums[code] = kept
        return kept[1]

    async def run(self, js: JetStreamContext) -> None:
        """Follow the stream until cancelled; whatever fails is tried again."""
        await follow(js, _RUNNING, lambda messages, _: self._take_all(messages), _lost)

    def _take_all(self, messages: Sequence[Msg]) -> None:
        for message in messages:
            self.take(message.data)


def _lost(error: Exception) -> None:
    if isinstance(error, ConsumerGone):
        _log.info("live consumer is opened anew", reason=str(error))
    else:
        _log.warning("live figures are delayed", error=repr(error))


def _together(day: date, sums: Iterable[RunningDay | None]) -> RunningDay | None:
    found = [each for each in sums if each is not None]
    if not found:
        return None
    return RunningDay(
        day=day,
        tce_equal=total(each.tce_equal for each in found),
        tce_equivalent=total(each.tce_equivalent for each in found),
        enterprises=sum(each.enterprises for each in found),
        unknown=sum(each.unknown for each in found),
        unknown_equivalent=sum(each.unknown_equivalent for each in found),
        present=sum(each.present for each in found),
        expected=sum(each.expected for each in found),
        last_reading_at=newest(each.last_reading_at for each in found),
        sent_at=max(each.sent_at for each in found),
    )


def _sum(day: date, messages: Iterable[EnergyLive]) -> RunningDay | None:
    found = list(messages)
    if not found:
        return None
    return RunningDay(
        day=day,
        tce_equal=total(m.tce_equal for m in found),
        tce_equivalent=total(m.tce_equivalent for m in found),
        enterprises=len(found),
        unknown=sum(1 for m in found if m.tce_equal is None),
        unknown_equivalent=sum(1 for m in found if m.tce_equivalent is None),
        present=sum(m.present for m in found),
        expected=sum(m.expected for m in found),
        last_reading_at=max(
            (m.last_reading_at.astimezone(UTC) for m in found if m.last_reading_at), default=None
        ),
        sent_at=max(m.sent_at for m in found).astimezone(UTC),
    )
