"""Checks and runs imports, one at a time, beside the commands.

A check is a run without COMMIT, so it finds what a run would meet. In mode "all" a run is one transaction; in mode
"good" it commits every CHUNK rows with their outcomes, so that after a crash another process continues from there. A
lease in the job's row says which process owns it; a process that has lost the lease rolls its transaction back.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common import industries
from services.projects.common.memory import remembered
from services.projects.imports import staging
from services.projects.imports.batch import Batch
from services.projects.imports.columns import places
from services.projects.imports.facts import FileImported
from services.projects.imports.history import HISTORY
from services.projects.imports.kinds import KINDS
from services.projects.imports.rows import Carrying
from services.projects.imports.staging import Job, Staged
from services.projects.imports.twins import Key
from services.projects.imports.values import MOST_ROWS
from services.projects.plan import reference
from shared.event_log import VersionConflict
from shared.health import OK, Check
from shared.rpc import Call
from shared.service import Service

CHUNK = 500
KEPT = timedelta(days=30)
_IDLE_S = 0.1
_TRIES = 5
_log = structlog.get_logger(__name__)


class Lost(Exception):
    """Another process has taken over the job."""


@dataclass(slots=True)
class ImportWorker:
    """Checks and runs imports in the background; `poke` wakes it."""

    app: Service
    _waiting: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _failure: str | None = field(default=None, init=False)

    def poke(self) -> None:
        """Wakes the worker because there may be work."""
        self._waiting.set()

    def check(self) -> Check:
        """Health: degraded while imports fail; waiting jobs are done later."""
        return OK if self._failure is None else Check("degraded", self._failure)

    async def run(self) -> None:
        """Works until cancelled. Errors are logged, and the job is retried when its lease expires."""
        while True:
            try:
                worked = await self.once()
                self._failure = None
            except Lost:
                worked = True
            except Exception as error:
                worked = False
                self._failure = f"{type(error).__name__}: {error}"
                _log.exception("import failed")
            if not worked:
                await self._pause()

    async def once(self) -> bool:
        """Takes one job one step further. False: no job is waiting."""
        async with self.app.engine.begin() as conn:
            job = await staging.claim(conn)
            if job is None:
                return False
            await staging.forget(conn, self.app.clock.now() - KEPT, job)
        if job.standing == "checking":
            await self._check(job)
        elif job.mode == "all":
            await self._run_all(job)
        else:
            await self._run_good(job)
        return True

    async def _check(self, job: Job) -> None:
        """Tries every row and rolls back; stores only faults and changes."""
        faulty = changing = done = after = 0
        seen: dict[Key, tuple[int, str]] = {}
        while rows := await self._rows(job, after):
            carrying = await self._carrying(job)
            carrying.seen = seen
            async with self.app.engine.connect() as conn:
                with remembered():
                    await carrying.carry_out(self._batch(conn, job), conn, rows)
                await conn.rollback()
            done, faulty, after = done + len(rows), faulty + len(carrying.faults), rows[-1].row
            changing += len(carrying.changes)
            async with self.app.engine.begin() as conn:
                await self._mine(conn, job)
                await staging.found(conn, job.job, rows, carrying.faults)
                await staging.shown(conn, job.job, rows, carrying.changes)
                await staging.note(conn, job, done=done, faulty=faulty, changing=changing)
        async with self.app.engine.begin() as conn:
            await staging.let_go(conn, job, "checked", done=job.rows, faulty=faulty, changing=changing)

    async def _run_all(self, job: Job) -> None:
        """Carries out all rows in one transaction, or none."""
        for attempt in range(_TRIES):
            carrying = await self._carrying(job)
            try:
                async with self.app.engine.connect() as conn:
                    batch = self._batch(conn, job)
                    with remembered():
                        after = 0
                        while rows := await staging.rows(conn, job.job, after, _chunk(job), open_only=False):
                            await carrying.carry_out(batch, conn, rows)
                            after = rows[-1].row
                            await self._progress(job, len(carrying.outcomes))
                    if carrying.faults:
                        await conn.rollback()
                        await self._failed(job, carrying)
                        return
                    await staging.outcomes(conn, job.job, carrying.outcomes)
                    await self._finish(conn, batch, job)
                    await conn.commit()
                self.app.appended()
                return
            except (VersionConflict, DBAPIError) as error:
                if attempt == _TRIES - 1 or not _again(error):
                    raise

    async def _run_good(self, job: Job) -> None:
        """Carries out the good rows chunk by chunk, and reports the others."""
        tries = 0
        while True:
            carrying = await self._carrying(job)
            try:
                async with self.app.engine.connect() as conn:
                    batch = self._batch(conn, job)
                    rows = await staging.rows(conn, job.job, 0, _chunk(job), open_only=True)
                    if rows:
                        with remembered():
                            await carrying.carry_out(batch, conn, rows)
                        await staging.outcomes(conn, job.job, carrying.outcomes)
                        await staging.found(conn, job.job, rows, carrying.faults)
                        await self._mine(conn, job)
                        await batch.append(self._call(job))
                    else:
                        await self._finish(conn, batch, job)
                    await conn.commit()
                self.app.appended()
                if not rows:
                    return
                async with self.app.engine.begin() as conn:
                    counts = await staging.tally(conn, job.job)
                    await staging.note(conn, job, done=sum(counts.values()), **counts)
                tries = 0
            except (VersionConflict, DBAPIError) as error:
                tries += 1
                if tries == _TRIES or not _again(error):
                    raise

    async def _finish(self, conn: AsyncConnection, batch: Batch, job: Job) -> None:
        """Appends the event FileImported, in the transaction of the last rows."""
        counts = await staging.tally(conn, job.job)
        event = FileImported(
            file_import=job.job,
            kind=job.kind,
            file_name=job.file_name,
            sha256=job.sha256,
            mode=job.mode or "all",
            rows=job.rows,
            on=self.app.today(),
            imported_by=job.actor.subject,
            region=job.actor.area,
            reason=job.reason,
            **counts,
        )
        stream, call = HISTORY.stream(event), self._call(job)
        await batch.run(call, stream, HISTORY.decider, event, tables=HISTORY.tables)
        await batch.write()
        if not await staging.let_go(conn, job, "finished", done=job.rows, **counts):
            raise Lost(job.job)
        await batch.append(call)

    async def _failed(self, job: Job, carrying: Carrying) -> None:
        """Marks a run of "all" as failed: since the check something has changed. Nothing was written."""
        async with self.app.engine.begin() as conn:
            await staging.found(conn, job.job, (), carrying.faults)
            await staging.let_go(conn, job, "failed", faulty=len(carrying.faults), done=0)

    async def _carrying(self, job: Job) -> Carrying:
        kind = KINDS[job.kind]
        async with self.app.engine.connect() as conn:
            regions = await reference.regions(conn)
        names = [region.name for region in regions]
        codes = {region.name: region.code for region in regions if names.count(region.name) == 1}
        known = industries.on(self.app.today())
        return Carrying(kind, job, places(job.heading, kind.columns), codes, known)

    def _batch(self, conn: AsyncConnection, job: Job) -> Batch:
        return Batch(self.app, conn, independent=KINDS[job.kind].independent)

    async def _rows(self, job: Job, after: int) -> list[Staged]:
        async with self.app.engine.connect() as conn:
            return await staging.rows(conn, job.job, after, _chunk(job), open_only=False)

    async def _progress(self, job: Job, done: int) -> None:
        """Stores the progress on a separate connection, because the run's transaction is invisible until COMMIT."""
        async with self.app.engine.begin() as conn:
            await self._mine(conn, job)
            await staging.note(conn, job, done=done)

    async def _mine(self, conn: AsyncConnection, job: Job) -> None:
        if not await staging.still_mine(conn, job):
            raise Lost(job.job)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(_IDLE_S):
                await self._waiting.wait()
        except TimeoutError:
            return
        finally:
            self._waiting.clear()

    @staticmethod
    def _call(job: Job) -> Call:
        return Call(f"import-{job.job}", job.actor, "run-import", {})


def _chunk(job: Job) -> int:
    """Rows per transaction: all of them if one command may take several rows."""
    return MOST_ROWS if KINDS[job.kind].grouped else CHUNK


def _again(error: Exception) -> bool:
    """Whether to retry: version conflict, unique violation, serialization failure, deadlock or lock timeout."""
    if isinstance(error, VersionConflict):
        return True
    return getattr(getattr(error, "orig", None), "sqlstate", "") in ("23505", "40001", "40P01", "55P03")
