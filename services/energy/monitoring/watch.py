"""Watches the feeds: which day of which key user counts as online (EN-14), which feed is silent (ADR 0041).

Judged as of a settled moment, so that a worker that is behind makes nobody silent. A verdict is corrected if data
that had arrived in time were worked off after it; data that arrive later never repair "online" (G-10).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.common.system import ACTOR, metadata
from services.energy.monitoring.coverage import decisions as coverage
from services.energy.monitoring.coverage.facts import DayState, Judged, Unjudged
from services.energy.monitoring.coverage.feature import HISTORY as DAYS
from services.energy.monitoring.feeds import decisions as feeds
from services.energy.monitoring.feeds.facts import FeedState, Flowing, Silent, Unwatched
from services.energy.monitoring.feeds.feature import HISTORY as FEEDS
from services.energy.plan.reference import monitoring_rule
from services.energy.readings.watching import Watching
from shared import telemetry
from shared.clock import local_day
from shared.command import Asked, Given
from shared.event_log import StreamWrite
from shared.feature import History
from shared.kept import write

log = structlog.get_logger(__name__)
S = TypeVar("S")

BATCH = 500

LOOK_AT_ALL = timedelta(minutes=10)
"""The longest time (by the Clock) between two full sweeps over all feeds and past days. In between only silent feeds,
which may resume, today and yesterday are read; all feeds as soon as the first could have fallen silent."""

# When each feed should have begun (its first valid real-time series), and the latest arrival among its newest days with
# data.
_FEEDS = """
    SELECT e.enterprise, e.region, s.version, s.silent_since,
           greatest(a.last_received_at, x.since) AS last
    FROM enterprise e
    JOIN LATERAL (SELECT min(valid_from) AS since FROM series
                  WHERE enterprise = e.enterprise AND statistic_type = 0 AND valid_from <= :now
                  HAVING bool_or(valid_to IS NULL OR valid_to > :now)) x ON true
    LEFT JOIN LATERAL (SELECT max(last_received_at) AS last_received_at FROM (
                  SELECT last_received_at FROM feed_day WHERE enterprise = e.enterprise
                  ORDER BY day DESC LIMIT 3) newest) a ON true
    {which} JOIN feed_state s ON s.enterprise = e.enterprise {silent}
    ORDER BY e.enterprise
"""
_ALL_FEEDS = text(_FEEDS.format(which="LEFT", silent=""))
_SILENT_FEEDS = text(_FEEDS.format(which="", silent="AND s.silent_since IS NOT NULL"))

# The list in force on a day is that of its year, or else the last one before: one stays on it until the next.
_DAYS = text("""
    WITH days AS (
        SELECT d::date AS day,
               (SELECT max(year) FROM key_user_list WHERE year <= extract(year FROM d)) AS year
        FROM generate_series(CAST(:first AS date), CAST(:today AS date), interval '1 day') AS d
    )
    SELECT k.enterprise, days.day, r.region, f.first_received_at, f.traceparent,
           c.online, c.reason, c.region AS judged_in, c.version
    FROM days JOIN key_user k ON k.year = days.year
    JOIN LATERAL (SELECT region FROM enterprise_region
                  WHERE enterprise = k.enterprise AND valid_from <= days.day
                  ORDER BY valid_from DESC LIMIT 1) r ON true
    LEFT JOIN feed_day f ON f.enterprise = k.enterprise AND f.day = days.day
    LEFT JOIN coverage_day c ON c.enterprise = k.enterprise AND c.day = days.day
    WHERE (c.online IS NULL AND days.day < CAST(:today AS date))
       OR (NOT coalesce(c.online, false)
           AND f.first_received_at < (days.day + 1)::timestamp AT TIME ZONE interval '8 hours')
    ORDER BY days.day, k.enterprise LIMIT :limit
""")
_LISTS = text("""
    SELECT coalesce(string_agg(year || ':' || revision, ',' ORDER BY year), '') AS lists,
           make_date(min(year), 1, 1) AS first
    FROM key_user_list
""")


@dataclass(slots=True)
class Found(Generic[S]):
    """What one look over many streams of a history has found, to be written together."""

    history: History[S]
    events: list[Any] = field(default_factory=list)
    writes: list[tuple[str, int, Sequence[Any]]] = field(default_factory=list)
    """Each stream with its version before, and its new events."""
    changes: list[tuple[S, S]] = field(default_factory=list)
    rest_on: list[str | None] = field(default_factory=list)

    def decide(self, command: Any, state: S, given: Given, traceparent: str | None = None) -> None:
        """Decide on one stream. `traceparent`: of the batch that the decision rests on."""
        decider = self.history.decider
        events = decider.decide(Asked(command, given), state)
        if events:
            self.events += events
            self.writes.append((self.history.stream(command), getattr(state, "version", 0), events))
            self.changes.append((state, decider.fold(events, state)))
            self.rest_on.append(traceparent)


@dataclass(slots=True)
class CoverageWatch(Watching):
    """Runs in the process that takes commands. Two at once do no harm: the second finds the verdict already
    recorded."""

    name = "sweep"
    idle_s = 2.0

    look_back: timedelta = timedelta(days=14)
    """How far back a verdict is looked at again: data that arrived in time may be worked off days later."""
    _judged_to: date | None = field(default=None, init=False)
    _lists: str = field(default="", init=False)
    _all_at: datetime | None = field(default=None, init=False)
    _next_silence: datetime | None = field(default=None, init=False)
    _silent_after: timedelta | None = field(default=None, init=False)

    async def sweep(self) -> int:
        """Judge days and feeds as of the settled moment; returns the number of events written."""
        moment = await self.settled.moment()
        if moment is None:
            return 0
        everybody = self._all_at is None or not timedelta(0) <= moment - self._all_at < LOOK_AT_ALL
        written = await self._days(local_day(moment), everybody) + await self._feeds(moment, everybody)
        if everybody:
            self._all_at = moment
        if written:
            self.energy.appended()
        return written

    async def _feeds(self, moment: datetime, everybody: bool) -> int:
        async with self.energy.engine.begin() as conn:
            rule = await monitoring_rule(conn, local_day(moment))
            if rule is None:
                return 0
            silent_after = timedelta(seconds=float(rule.silent_after_hours * 3600))
            due = self._next_silence is not None and self._next_silence <= moment
            everybody = everybody or due or silent_after != self._silent_after
            rows = (await conn.execute(_ALL_FEEDS if everybody else _SILENT_FEEDS, {"now": moment})).all()
            if everybody:
                flowing = [
                    row.last for row in rows if row.silent_since is None and row.last + silent_after >= moment
                ]
                self._next_silence = min(flowing) + silent_after if flowing else None
                self._silent_after = silent_after
            found: Found[FeedState] = Found(FEEDS)
            for row in rows:
                heard = feeds.Heard(
                    today=local_day(moment),
                    by=ACTOR.subject,
                    last_received_at=row.last,
                    silent_after=silent_after,
                    now=moment,
                )
                found.decide(feeds.WatchFeed(enterprise=row.enterprise, region=row.region), _feed(row), heard)
            await self._append(conn, found, "watch-feeds")
        return len(found.events)

    async def _days(self, today: date, everything: bool) -> int:
        written = 0
        while True:
            async with self.energy.engine.begin() as conn:
                lists = (await conn.execute(_LISTS)).one()
                if lists.first is None:
                    return written
                if lists.lists != self._lists or self._judged_to is None:
                    first = lists.first
                else:
                    back = self.look_back if everything else timedelta(days=1)
                    first = max(lists.first, min(today, self._judged_to) - back)
                rows = (await conn.execute(_DAYS, {"first": first, "today": today, "limit": BATCH})).all()
                found: Found[DayState] = Found(DAYS)
                for row in rows:
                    arrived = coverage.Arrived(
                        today=today, by=ACTOR.subject, first_received_at=row.first_received_at
                    )
                    command = coverage.JudgeDay(enterprise=row.enterprise, region=row.region, day=row.day)
                    found.decide(command, _day(row), arrived, row.traceparent)
                await self._append(conn, found, "judge-days")
            written += len(found.events)
            if len(rows) < BATCH:
                self._judged_to, self._lists = today, lists.lists
                return written

    async def _append(self, conn: AsyncConnection, found: Found[Any], what: str) -> None:
        """Rows and events, in a span linked to the batches that the verdicts rest on. A sweep without a verdict makes
        no span."""
        if not found.events:
            return
        now, catalogue = self.energy.clock.now(), self.energy.catalogue
        writes = [
            StreamWrite(name, version, [catalogue.encode(event, now) for event in events])
            for name, version, events in found.writes
        ]
        with telemetry.batch_span(
            "energy coverage sweep", found.rest_on, kind=SpanKind.INTERNAL, scope=__name__
        ):
            await write(conn, found.history.tables, found.changes)
            await self.energy.log.append(conn, writes, metadata(what))


def _day(row: Row[Any]) -> DayState:
    """A day as its row says it: the rows are what the streams fold to, and come by the hundred."""
    if row.online is None:
        return Unjudged()
    return Judged(
        enterprise=row.enterprise,
        day=row.day,
        region=row.judged_in,
        online=row.online,
        reason=row.reason,
        version=row.version,
    )


def _feed(row: Row[Any]) -> FeedState:
    """A feed as its row says it."""
    if row.version is None:
        return Unwatched()
    if row.silent_since is None:
        return Flowing(enterprise=row.enterprise, version=row.version)
    return Silent(enterprise=row.enterprise, since=row.silent_since, version=row.version)
