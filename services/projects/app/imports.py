"""Commands on imports of spreadsheets (表格导入). The rows' own commands are carried out by imports/worker.py."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import scope, tables
from services.projects.app import checks
from services.projects.app.context import App
from services.projects.events import CATALOGUE
from services.projects.imports import staging
from services.projects.imports.columns import Unreadable, places
from services.projects.imports.kinds import KINDS
from services.projects.models import imports as models
from services.projects.views.imports import import_view
from shared.problems import Problem, invalid, not_found
from shared.rpc import Call, Reply


async def open_import(app: App, call: Call, body: models.OpenImport) -> Reply:
    """Take a file's heading. An unknown, doubled or missing column is refused before any row is sent."""
    scope.check_import(call.actor)
    kind = KINDS.get(body.kind)
    if kind is None:
        raise invalid(
            f"There are no imports of {body.kind!r}.", where="kind", remedy=f"Known: {', '.join(KINDS)}."
        )
    try:
        places(body.heading, kind.columns)
    except Unreadable as error:
        raise invalid(error.why, where="heading", remedy=error.remedy) from error
    job = checks.made_id("I", call)
    values = body.model_dump(include={"kind", "file_name", "sha256", "heading", "rows"})
    async with app.engine.begin() as conn:
        await staging.opened(conn, job, call.actor, app.clock.now(), values)
        return await _reply(app, conn, call, job)


async def add_import_rows(app: App, call: Call, body: models.AddImportRows) -> Reply:
    """Take some rows; the same again changes nothing. With the last one the check begins."""
    async with app.engine.begin() as conn:
        job = await own_job(conn, call, body.import_)
        rows = [
            staging.Staged(row.row, row.cells, [fault.model_dump() for fault in row.faults])
            for row in body.rows
        ]
        if job.standing == "receiving":
            await staging.received(conn, body.import_, rows)
        return await _reply(app, conn, call, body.import_)


async def run_import(app: App, call: Call, body: models.RunImport) -> Reply:
    """Carry out what was checked. Of a file with faults only the good rows."""
    async with app.engine.begin() as conn:
        job = await own_job(conn, call, body.import_, lock=True)
        if job.standing in ("running", "finished") and job.mode == body.mode:
            return await _reply(app, conn, call, body.import_)
        if job.standing not in ("checked", "failed"):
            raise Problem(
                409,
                "wrong-state",
                "Not to be run",
                f"The import is {job.standing}.",
                where="import",
                remedy="Wait until it is checked; send a file that was carried out anew.",
            )
        if body.mode == "all" and job.faulty:
            raise Problem(
                422,
                "faulty-rows",
                "Some rows are wrong",
                f"{job.faulty} of {job.rows} rows can't be carried out.",
                where="mode",
                remedy="Mend them and send the file again, or run it as good: only the good rows.",
            )
        table = tables.import_job
        statement = update(table).where(table.c.job == body.import_)
        await conn.execute(statement.values(standing="running", mode=body.mode, done=0))
        return await _reply(app, conn, call, body.import_)


async def own_job(conn: AsyncConnection, call: Call, job: str, *, lock: bool = False) -> Any:
    """The row of an import of the caller's own. Raises Problem 404 for another's."""
    table = tables.import_job
    query = select(table).where(table.c.job == job, table.c.subject == call.actor.subject)
    row = (await conn.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise not_found("import", job)
    return row


async def _reply(app: App, conn: AsyncConnection, call: Call, job: str) -> Reply:
    view = import_view(await own_job(conn, call, job)).model_dump(mode="json")
    return Reply(view, CATALOGUE.source, (await app.log.head(conn)).position)
