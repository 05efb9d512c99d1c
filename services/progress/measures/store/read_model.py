"""The serving read-model of this process: its connections, its state at now or at a past moment, its waits."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.progress.common.periods import When
from services.progress.common.rules import Rules
from services.progress.common.sources import SOURCES, TALLIED
from services.progress.measures import catalogue
from services.progress.measures.facts import Facts
from services.progress.measures.figure import Figure
from services.progress.measures.store import versions
from services.progress.measures.store.known import load
from services.progress.measures.store.setting import Settings
from shared import process_metrics
from shared.checkpoint import Checkpoints
from shared.clock import Clock, local_day
from shared.problems import Problem, invalid, unavailable
from shared.snapshots import snapshots

WAIT_S = 2.0
SAME_MOMENT = timedelta(seconds=1)
"""How long one timestamp may serve as "now" while nothing changes, so that an answer can be given many times."""
_POSITIONS = text("""
    SELECT source, position, recorded_at, updated_at FROM checkpoint WHERE projection = :projection
""")
_SEQ = text("SELECT seq FROM change_counter")
_ENTERPRISE_REGION = text("""
    SELECT region FROM enterprise WHERE enterprise = :enterprise ORDER BY position DESC LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Applied:
    """How far one source's log is in the read-model. `updated_at` is system time."""

    position: int
    recorded_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The read-model at one moment, consistent: facts, figures and positions of one transaction.

    `past` where a moment was asked for; then the facts are what was known then, by the Clock of recording.
    """

    version: int
    seq: int
    applied: Mapping[str, Applied]
    as_of: datetime
    day: date
    past: bool
    facts: Facts
    figures: Sequence[Figure]

    def figure(self, target: str, region: str | None = None) -> Figure | None:
        """One figure by its target's id, and by its region where a target is read region by region."""
        return catalogue.figure_of(self.figures, target, region)


@dataclass(frozen=True, slots=True)
class _State:
    """What figures at "now" depend on: what is applied, and the day, because due dates pass at midnight."""

    version: int
    applied: Mapping[str, Applied]
    day: date

    def holds(self, asked: "_State") -> bool:
        """Whether it is that state or a later one of the same day and version."""
        return (self.version, self.day) == (asked.version, asked.day) and all(
            source in self.applied and self.applied[source].position >= each.position
            for source, each in asked.applied.items()
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """A state that was computed, what it depends on, and when (system time)."""

    state: _State
    snapshot: Snapshot
    made_at: float

    def at(self, now: datetime) -> bool:
        """Whether its moment may still serve as `now`, by the Clock and by the system's time."""
        age = timedelta(seconds=time.monotonic() - self.made_at)
        return age < SAME_MOMENT and timedelta(0) <= now - self.snapshot.as_of < SAME_MOMENT


class ReadModel:
    """Queries go through here. One per process; `switch` follows a rebuild."""

    def __init__(self, url: str, clock: Clock, rules: Rules, *, application: str, pool: int) -> None:
        self._url = url
        self._application = application
        self._pool = pool
        self.clock = clock
        self.rules = rules
        self.version = 0
        self._engine: AsyncEngine | None = None
        self._checkpoints: Checkpoints | None = None
        self._cached: dict[str | None, _Known] = {}
        self._settings = Settings()
        self._computing = asyncio.Lock()

    @property
    def engine(self) -> AsyncEngine:
        if self._engine is None:
            raise RuntimeError("the read-model is not open")
        return self._engine

    @property
    def checkpoints(self) -> Checkpoints:
        if self._checkpoints is None:
            raise RuntimeError("the read-model is not open")
        return self._checkpoints

    async def open(self, conn: AsyncConnection) -> bool:
        """Go over to the version that serves now; True if it is another than before.

        Raises WrongShape where its tables were made for another release.
        """
        serving = await versions.serving(conn)
        if serving.version == self.version:
            return False
        if serving.shape != versions.SHAPE:
            raise versions.WrongShape(
                f"progress_v{serving.version} has shape {serving.shape}, this release reads {versions.SHAPE}: "
                "run `python -m services.progress.rebuild` of this release, then start again"
            )
        if missing := await versions.uncounted(conn, serving.version):
            raise versions.WrongShape(
                f"progress_v{serving.version} was built before the rules asked for {missing[0]}: run"
                " `python -m services.progress.rebuild --accept-differences` of this release, then start again"
            )
        previous = self._engine
        self._engine = versions.open_engine(
            self._url, serving.version, application=self._application, pool=self._pool
        )
        process_metrics.watch_pool(self._engine, f"{self._application} read-model")
        self._checkpoints = versions.checkpoints(self._engine, serving.version)
        self.version = serving.version
        self._cached.clear()
        self._settings = Settings()
        if previous is not None:
            await previous.dispose()
        return True

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.dispose()

    async def snapshot(self, as_of: datetime | None = None, plan: str | None = None) -> Snapshot:
        """The state now, or as it was known at `as_of`. Raises Problem 422 for a moment in the future."""
        now = self.clock.now()
        if as_of is not None:
            if as_of > now:
                raise invalid(
                    f"as_of {as_of.isoformat()} is after now, {now.isoformat()}.",
                    where="as_of",
                    remedy="Leave as_of out to ask for now.",
                )
            return await self._load(as_of.astimezone(UTC), plan, past=True)
        asked = await self._state(now)
        async with self._computing:
            known = self._cached.get(plan)
            # While this query waited for the lock, another query may have made a snapshot that holds all that was there
            # when this one came.
            if known is None or not known.state.holds(asked):
                made = await self._load(now, plan, past=False, before=known.snapshot if known else None)
                known = self._remember(plan, _State(made.version, made.applied, made.day), made)
            elif not known.at(now):
                known = self._remember(plan, known.state, _at(known.snapshot, now))
        return known.snapshot

    async def history(
        self, moments: Sequence[datetime], plan: str, target: str, region: str | None
    ) -> list[Figure]:
        """One figure as it was known at past moments; those at which there was none are left out."""
        if not moments:
            return []
        async with snapshots(self.engine).connect() as conn:
            facts = await load(
                conn,
                self.rules,
                [When.past(moment) for moment in moments],
                plan=plan,
                settings=self._settings,
                only=(target, region),
            )
        made = (
            catalogue.figure(known, self.rules, moment, target, region)
            for moment, known in zip(moments, facts, strict=True)
        )
        return [figure for figure in made if figure is not None]

    def _remember(self, plan: str | None, state: _State, snapshot: Snapshot) -> _Known:
        if plan not in self._cached and len(self._cached) >= 8:
            self._cached.clear()
        self._cached[plan] = known = _Known(state, snapshot, time.monotonic())
        return known

    async def wait(self, at_least: Mapping[str, int]) -> None:
        """Read-your-writes: until the read-model holds these positions, at most two seconds in all.

        Raises Problem 400 for a source that there isn't, 503 with Retry-After when it takes longer.
        """
        unknown = sorted(set(at_least) - set(SOURCES))
        if unknown:
            raise Problem(
                400,
                "unknown-source",
                "Unknown source",
                f"Nothing is read from {', '.join(unknown)}; the sources are {', '.join(SOURCES)}.",
                where="at_least",
                remedy="Use the position token of a command's answer, unchanged.",
            )
        deadline = time.monotonic() + WAIT_S
        for source, position in at_least.items():
            left = max(0.0, deadline - time.monotonic())
            if not await self.checkpoints.wait_for(source, position, left):
                raise unavailable(
                    f"The figures do not hold position {position} of {source} yet.", where="at_least"
                )

    async def enterprise_region(self, enterprise: str) -> str | None:
        """Where an enterprise is registered; None if it isn't known (yet)."""
        async with self.engine.connect() as conn:
            found = await conn.execute(_ENTERPRISE_REGION, {"enterprise": enterprise})
            region: str | None = found.scalar_one_or_none()
        return region

    async def seq(self) -> int:
        """The number of the last change."""
        async with self.engine.connect() as conn:
            return int((await conn.execute(_SEQ)).scalar_one())

    async def _state(self, now: datetime) -> _State:
        # Both at once: after a switch in between, the old version's tables would be asked for the new one's positions.
        version, engine = self.version, self.engine
        async with engine.connect() as conn:
            applied = await _applied(conn, version)
        return _State(version, applied, local_day(now))

    async def _load(
        self, moment: datetime, plan: str | None, *, past: bool, before: Snapshot | None = None
    ) -> Snapshot:
        """The state at a moment. What was counted for `before` is not counted again where it is still so."""
        version, engine, settings, day = self.version, self.engine, self._settings, local_day(moment)
        async with snapshots(engine).connect() as conn:
            applied = await _applied(conn, version)
            seq = int((await conn.execute(_SEQ)).scalar_one())
            counted = None
            if before is not None and _marks(before.version, before.applied, before.day) == _marks(
                version, applied, day
            ):
                counted = before.facts.tallies
            [facts] = await load(
                conn,
                self.rules,
                [When.past(moment) if past else When.now(day)],
                plan=plan,
                settings=settings,
                tallies=counted,
            )
        figures = catalogue.figures(facts, self.rules, moment)
        return Snapshot(version, seq, applied, moment, day, past, facts, figures)


async def _applied(conn: AsyncConnection, version: int) -> dict[str, Applied]:
    rows = await conn.execute(_POSITIONS, {"projection": versions.schema_name(version)})
    return {row.source: Applied(row.position, row.recorded_at, row.updated_at) for row in rows}


def _marks(version: int, applied: Mapping[str, Applied], day: date) -> object:
    """What tallies at "now" depend on: of the sources, those that report what is counted, not the meters' flood."""
    return version, [applied[source].position for source in TALLIED if source in applied], day


def _at(snapshot: Snapshot, now: datetime) -> Snapshot:
    return replace(snapshot, as_of=now, figures=[replace(figure, as_of=now) for figure in snapshot.figures])
