"""The changes of the read-model in the order in which they were committed, numbered without gaps.

An id is `v<version>:<number>`. A reader that brings an id of another version, or one that never was, starts
over from a snapshot: numbers of two versions have nothing to do with each other.
"""

import asyncio
import contextlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nats.aio.client import Client
from nats.errors import Error as NatsError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.progress.access import Scope
from services.progress.measures import facts
from services.progress.measures.facts import Tally
from services.progress.measures.figure import Figure
from services.progress.measures.store.read_model import ReadModel, Snapshot
from shared.cancellation import end_if_cancelled

HINT_SUBJECT = "hint.progress"
POLL_S = 0.1
SCAN = 500
HISTORY = 2_000
"""The most changes that a reader gets one by one: after a longer absence a snapshot serves it better and sooner."""
_ID = re.compile(r"v(\d{1,9}):(\d{1,18})")
_CHANGES = text("""
    SELECT seq, source, position, measure, target, region, period, subject, event_type, event_id, recorded_at
    FROM change WHERE seq > :after AND seq <= :last ORDER BY seq LIMIT :limit
""")
# Which figures a contribution moves.
_MOVES = {
    facts.INVESTMENT: {facts.INVESTMENT, facts.GROWTH},
    facts.STATISTIC: {facts.INTENSITY, facts.GROWTH},
    facts.KEY_USER: {facts.ONLINE},
    facts.COVERAGE: {facts.ONLINE},
    facts.FEED: {facts.ONLINE},
}


@dataclass(frozen=True, slots=True)
class Change:
    """One numbered change. `subject` is the enterprise, where the event is about one."""

    seq: int
    source: str
    position: int
    measure: str | None
    target: str | None
    region: str
    period: str | None
    subject: str | None
    event_type: str
    event_id: str
    recorded_at: datetime


def parse_id(identifier: str | None, snapshot: Snapshot) -> int | None:
    """The number to go on from; None if the id is absent, of another version, or of no change there is."""
    match = _ID.fullmatch(identifier or "")
    if match is None or int(match.group(1)) != snapshot.version:
        return None
    number = int(match.group(2))
    return number if number <= snapshot.seq else None


async def changes_after(
    conn: AsyncConnection, snapshot: Snapshot, after: int, scope: Scope, region: str | None, limit: int
) -> tuple[list[Change], int]:
    """Visible changes with numbers above `after`, and how far the scan came, which is where to go on.

    At most SCAN changes are looked at, so that an actor who may see few of many isn't kept waiting.
    """
    found: list[Change] = []
    reached = after
    rows = await conn.execute(_CHANGES, {"after": after, "last": snapshot.seq, "limit": SCAN})
    for row in rows:
        if len(found) == limit:
            break
        reached = row.seq
        if _visible(row, snapshot, scope, region):
            found.append(Change(*row))
    return found, reached


def moved(change: Change, snapshot: Snapshot) -> list[Figure]:
    """The figures that a change may have moved; ranks of others may have moved with them."""
    areas = snapshot.facts.areas
    if change.target is not None:
        return [figure for figure in snapshot.figures if figure.target == change.target]
    touched = _MOVES.get(change.measure or "", set())
    tallies = snapshot.facts.tallies
    return [
        figure
        for figure in snapshot.figures
        if (figure.measure in touched or (change.measure in tallies.get(figure.target, Tally()).marks))
        and areas.covers(figure.region, change.region)
    ]


def _visible(row: Any, snapshot: Snapshot, scope: Scope, region: str | None) -> bool:
    code, subject = row.region, row.subject
    areas = snapshot.facts.areas
    if region is not None and not areas.covers(region, code):
        return False
    if subject is not None:
        return scope.sees_detail(code, subject)
    area = areas.get(code)
    return scope.sees_figure(code, area.level if area else "")


class Watch:
    """Tells waiting queries, and the other processes, that something has changed."""

    def __init__(self, model: ReadModel) -> None:
        self._model = model
        self._seen: tuple[int, int] = (0, 0)
        self._condition = asyncio.Condition()

    async def run(self, nc: Client) -> None:
        """Look for new changes until cancelled; a hint goes out by core NATS, which may lose it."""
        while True:
            end_if_cancelled()
            try:
                seen = (self._model.version, await self._model.seq())
            except Exception:
                # The database is away: readers wait, and the health of the consumers says so.
                await asyncio.sleep(1.0)
                continue
            if seen != self._seen:
                self._seen = seen
                async with self._condition:
                    self._condition.notify_all()
                with contextlib.suppress(NatsError):
                    await nc.publish(HINT_SUBJECT, f'{{"last":"v{seen[0]}:{seen[1]}"}}'.encode())
            await asyncio.sleep(POLL_S)

    async def beyond(self, version: int, seq: int, timeout_s: float) -> bool:
        """Wait until there is a change after `seq` (or another version); False if there is none in time."""
        try:
            async with asyncio.timeout(timeout_s), self._condition:
                await self._condition.wait_for(lambda: self._seen[0] != version or self._seen[1] > seq)
        except TimeoutError:
            return False
        return True
