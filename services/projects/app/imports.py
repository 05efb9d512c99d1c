"""Commands on imports of spreadsheets (表格导入). The rows' own commands are carried out by imports/worker.py."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import scope, tables
from services.projects.app import checks
from services.projects.app.context import App
from services.projects.events import CATALOGUE
from services.projects.imports import staging
from services.projects.imports.cells import Unreadable
from services.projects.imports.columns import Place, places
from services.projects.imports.kinds import KINDS
from services.projects.models import imports as models
from services.projects.views.imports import import_view
from shared.language import Language, Said
from shared.problems import Problem, invalid, not_found
from shared.rpc import Call, Reply


async def open_import(app: App, call: Call, body: models.OpenImport) -> Reply:
    """Opens an import with the file's heading. Refuses wrong columns before any row is sent."""
    scope.check_import(call.actor)
    kind = KINDS.get(body.kind)
    if kind is None:
        raise invalid(
            f"There are no imports of {body.kind!r}.", where="kind", remedy=f"Known: {', '.join(KINDS)}."
        )
    try:
        places(body.heading, kind.columns)
    except Unreadable as error:
        detail, remedy = error.why.to(body.language), error.remedy.to(body.language)
        raise invalid(detail, where="heading", remedy=remedy) from error
    job = checks.made_id("I", call)
    values = body.model_dump(include={"kind", "file_name", "sha256", "heading", "rows"})
    values["reading"] = body.model_dump(include={"sheet", "heading_row", "left_out"})
    async with app.engine.begin() as conn:
        await staging.opened(conn, job, call.actor, app.clock.now(), values)
        return await _reply(app, conn, call, job, body.language)


async def add_import_rows(app: App, call: Call, body: models.AddImportRows) -> Reply:
    """Stages some rows; a repeat changes nothing. The check begins after the last row."""
    async with app.engine.begin() as conn:
        job = await own_job(conn, call, body.import_)
        known = places(job.heading, KINDS[job.kind].columns)
        rows = [staging.Staged(row.row, row.cells, spoilt(row, known)) for row in body.rows]
        if job.standing == "receiving":
            await staging.received(conn, body.import_, rows)
        return await _reply(app, conn, call, body.import_, body.language)


def spoilt(row: models.SheetRow, known: Sequence[Place]) -> list[dict[str, Any]]:
    """Faults of a row's cells: those found by the gateway, and amounts in cells that are merged over several rows.

    Such an amount could belong to one of the rows, or be shared among them.
    """
    counts = {place.index for place in known if place.column.counts}
    why = Said("The cell is merged with other rows'.", "该单元格与其他行合并。")
    remedy = Said("Write each row's own value: unmerge it.", "请取消合并，逐行填写各自的数值。")
    return [fault.model_dump() for fault in row.faults] + [
        {"index": index, "why": why.en, "why_zh": why.zh, "remedy": remedy.en, "remedy_zh": remedy.zh}
        for index in sorted(set(row.merged) & counts)
    ]


async def run_import(app: App, call: Call, body: models.RunImport) -> Reply:
    """Starts the run of a checked import. In a file with faults, only the rows without faults are carried out."""
    async with app.engine.begin() as conn:
        job = await own_job(conn, call, body.import_, lock=True)
        if job.standing in ("running", "finished") and job.mode == body.mode:
            return await _reply(app, conn, call, body.import_, body.language)
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
        if body.mode == "all" and job.changing and body.reason is None:
            raise Problem(
                422,
                "change-not-agreed",
                "Some rows change what is known",
                f"{job.changing} of {job.rows} rows would change what is known, and nobody has agreed to that.",
                where="reason",
                remedy="Look at GET /imports/{import}/changes and run it with the reason for them, "
                "or run it as good: these rows are then left out.",
            )
        table = tables.import_job
        statement = update(table).where(table.c.job == body.import_)
        await conn.execute(statement.values(standing="running", mode=body.mode, reason=body.reason, done=0))
        return await _reply(app, conn, call, body.import_, body.language)


async def own_job(conn: AsyncConnection, call: Call, job: str, *, lock: bool = False) -> Any:
    """The `import_job` row of the caller's own import. Raises Problem 404 for any other."""
    table = tables.import_job
    query = select(table).where(table.c.job == job, table.c.subject == call.actor.subject)
    row = (await conn.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise not_found("import", job)
    return row


async def _reply(app: App, conn: AsyncConnection, call: Call, job: str, language: Language) -> Reply:
    view = import_view(await own_job(conn, call, job), language).model_dump(mode="json")
    return Reply(view, CATALOGUE.source, (await app.log.head(conn)).position)
