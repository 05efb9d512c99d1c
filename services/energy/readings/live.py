"""EnergyLive: the running figure of today per enterprise, outside the log, marked provisional.

The board's freshness rests on it. At most one message per enterprise and quarter of a second goes out, with the
newest state: what changed in between is not sent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

import msgspec
import structlog

from services.energy.common.totals import total
from services.energy.readings.batch import Done
from services.energy.readings.memory import Connection, moment
from services.energy.readings.sums import day_figures
from shared.cancellation import end_if_cancelled
from shared.clock import Clock, local_day

INTERVAL_S = 0.25

log = structlog.get_logger(__name__)


class EnergyLive(msgspec.Struct, kw_only=True):
    """One enterprise's day so far. Standard coal in tce as of a closed day: None where a measured carrier has none."""

    enterprise: str
    region: str
    day: date
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    present: int
    expected: int
    last_reading_at: datetime
    received_at: datetime
    sent_at: datetime
    """System time: freshness is measured by it."""
    provisional: bool = True


class LiveBoard:
    """Collects what batches touched, and publishes it a few times a second."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        publish: Callable[[str, bytes], Awaitable[None]],
        clock: Clock,
        system_now: Callable[[], datetime],
    ) -> None:
        self._connect = connect
        self._publish = publish
        self._clock = clock
        self._system_now = system_now
        self._waiting: dict[str, tuple[str, int, int]] = {}
        self._touched = asyncio.Event()

    def note(self, done: Done, regions: dict[str, str]) -> None:
        """Remember the enterprises that a batch gave figures of today."""
        today = local_day(self._clock.now())
        for enterprise, day in done.marks:
            if day == today and enterprise in regions:
                t, received_at = done.newest.get(enterprise, (0, 0))
                _, older_t, older_received = self._waiting.get(enterprise, ("", 0, 0))
                self._waiting[enterprise] = (
                    regions[enterprise],
                    max(t, older_t),
                    max(received_at, older_received),
                )
                self._touched.set()

    async def run(self) -> None:
        """Publish until cancelled. What can't be published is dropped: the next batch brings a newer figure."""
        conn: Connection | None = None
        while True:
            end_if_cancelled()
            await self._touched.wait()
            await asyncio.sleep(INTERVAL_S)
            self._touched.clear()
            waiting, self._waiting = self._waiting, {}
            try:
                conn = conn or await self._connect()
                await self.publish(conn, waiting)
            except Exception as error:
                log.warning("live figures dropped", enterprises=len(waiting), error=repr(error))
                if conn is not None:
                    conn.terminate()
                conn = None

    async def publish(self, conn: Connection, waiting: dict[str, tuple[str, int, int]]) -> None:
        """Read and publish the day so far of these enterprises: (region, newest t, newest received_at)."""
        now = self._clock.now()
        today = local_day(now)
        sums = await day_figures(conn, ((enterprise, today) for enterprise in waiting), until=now)
        for enterprise, parts in groupby(sums, key=lambda each: each.enterprise):
            region, t, received_at = waiting[enterprise]
            carriers = list(parts)
            measured = [each for each in carriers if each.native is not None]
            live = EnergyLive(
                enterprise=enterprise,
                region=region,
                day=today,
                tce_equal=total([each.tce_equal for each in measured]),
                tce_equivalent=total([each.tce_equivalent for each in measured]),
                present=sum(each.present for each in carriers),
                expected=sum(each.expected for each in carriers),
                last_reading_at=moment(t * 1_000_000),
                received_at=moment(received_at),
                sent_at=self._system_now(),
            )
            await self._publish(f"live.energy.{enterprise}", msgspec.json.encode(live))
