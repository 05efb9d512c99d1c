"""The flusher: makes events of the days whose sums changed (ADR 0040).

The worker's batches mark (enterprise, day). A mark of a closed day becomes an `EnterpriseDayMeasured` with absolute
totals and a revision number: mark, sums and event in one transaction, so that none is lost and none is made twice.
Today's figures travel as EnergyLive instead; a day leaves here first at its close, afterwards when late data change
it, at most every few minutes of the Clock.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.common.system import metadata
from services.energy.days import views
from services.energy.days.decisions import MeasureDay, decide
from services.energy.days.facts import (
    INITIAL,
    CarrierDay,
    CoefficientUsed,
    DayState,
    EnterpriseDayMeasured,
    stream,
)
from services.energy.readings import sums
from services.energy.readings.reference import driver
from services.energy.readings.watching import Watching
from shared import telemetry
from shared.clock import local_day
from shared.event_log import StreamWrite

log = structlog.get_logger(__name__)
_flushed = telemetry.meter(__name__).create_counter(
    "energy.days.flushed", description="events of days written"
)

BATCH = 100
"""Marks that one transaction takes: few, because until its commit its row locks block the worker's marks of those
days."""

SETTLE_S = 2.0
"""Under a Clock that stands still, late data wait for this many seconds of the machine instead."""

# The DELETE locks the marks before anything is read: a batch that commits later marks the day again. A `measured_at` in
# the future is from a clock that has been set back since; such a day is taken at once.
_TAKE = text("""
    DELETE FROM dirty WHERE (enterprise, day) IN (
        SELECT d.enterprise, d.day FROM dirty d LEFT JOIN measured_day m USING (enterprise, day)
        WHERE d.day < :today
          AND (m.measured_at IS NULL OR m.measured_at <= :not_since OR m.measured_at > :now)
        ORDER BY d.enterprise, d.day LIMIT :limit FOR UPDATE OF d SKIP LOCKED)
    RETURNING enterprise, day, traceparent
""")
_LAST = text("""
    SELECT w.enterprise, w.day, m.figures, coalesce(
        (SELECT r.region FROM enterprise_region r WHERE r.enterprise = w.enterprise AND r.valid_from <= w.day
         ORDER BY r.valid_from DESC LIMIT 1),
        (SELECT e.region FROM enterprise e WHERE e.enterprise = w.enterprise)) AS region
    FROM unnest(CAST(:enterprises AS text[]), CAST(:days AS date[])) AS w(enterprise, day)
    LEFT JOIN measured_day m USING (enterprise, day)
""")


@dataclass(slots=True)
class Flusher(Watching):
    """Runs beside the commands. Several may run: a mark is taken by one."""

    name = "flush"
    idle_s = 1.0

    interval: timedelta = timedelta(minutes=5)
    _late_at: float = field(default=float("-inf"), init=False)

    async def sweep(self) -> int:
        """Write an event for each day that is due; returns the number of events."""
        moment = await self.settled.moment()
        if moment is None:
            return 0
        today, now = local_day(moment), self.energy.clock.now()
        standing = self.energy.clock.simulated and time.monotonic() - self._late_at >= SETTLE_S
        not_since = now if standing else now - self.interval
        written = 0
        while True:
            taken, events = await self._batch(today, not_since, now)
            written += events
            if taken:
                self._late_at = time.monotonic()
            if taken < BATCH:
                return written

    async def _batch(self, today: date, not_since: datetime, now: datetime) -> tuple[int, int]:
        async with self.energy.engine.begin() as conn:
            times = {"today": today, "not_since": not_since, "now": now}
            found = await conn.execute(_TAKE, {**times, "limit": BATCH})
            rows = found.all()
            marks = sorted((row.enterprise, row.day) for row in rows)
            # A look that finds nothing to do is no work worth a trace.
            if not marks:
                return 0, 0
            sources = [row.traceparent for row in rows]
            with telemetry.batch_span(
                "energy flush", sources, kind=SpanKind.INTERNAL, scope=__name__
            ) as span:
                span.set_attribute("shengji.days", len(marks))
                events = await self._decide(conn, marks)
                if events:
                    await views.write(conn, [(event, now) for event in events])
                    writes = [
                        StreamWrite(
                            stream(event.enterprise, event.day),
                            event.revision - 1,
                            [self.energy.catalogue.encode(event, now)],
                        )
                        for event in events
                    ]
                    await self.energy.log.append(conn, writes, metadata("flush"))
        if events:
            self.energy.appended()
            _flushed.add(len(events))
        return len(marks), len(events)

    async def _decide(
        self, conn: AsyncConnection, marks: Sequence[tuple[str, date]]
    ) -> list[EnterpriseDayMeasured]:
        known = {
            (row.enterprise, row.day): row
            for row in await conn.execute(
                _LAST, {"enterprises": [mark[0] for mark in marks], "days": [mark[1] for mark in marks]}
            )
        }
        figures: dict[tuple[str, date], list[sums.Sum]] = {}
        for one in await sums.day_figures(await driver(conn), marks):
            figures.setdefault((one.enterprise, one.day), []).append(one)
        events: list[EnterpriseDayMeasured] = []
        for mark in marks:
            row = known[mark]
            state: DayState = (
                INITIAL
                if row.figures is None
                else msgspec.convert(_parsed(row.figures), EnterpriseDayMeasured)
            )
            events += decide(_measure(mark, row.region, figures.get(mark, [])), state)
        return events


def _measure(mark: tuple[str, date], region: str, figures: Sequence[sums.Sum]) -> MeasureDay:
    return MeasureDay(
        enterprise=mark[0],
        region=region,
        day=mark[1],
        carriers=tuple(
            CarrierDay(
                carrier=one.carrier,
                native=one.native,
                unit=one.unit,
                tce_equal=one.tce_equal,
                tce_equivalent=one.tce_equivalent,
                present=one.present,
                expected=one.expected,
                spread=one.spread,
                parked=one.parked,
                parked_intervals=one.parked_intervals,
            )
            for one in figures
        ),
        coefficients=tuple(
            CoefficientUsed(
                carrier=one.carrier,
                basis=used.basis,
                value=used.value,
                edition=used.edition,
                provisional=used.provisional,
            )
            for one in figures
            for used in one.coefficients
        ),
    )


def _parsed(figures: Any) -> Any:
    return msgspec.json.decode(figures) if isinstance(figures, str) else figures
