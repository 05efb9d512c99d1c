"""Questions about imports of spreadsheets."""

from datetime import datetime

from sqlalchemy import Text, cast, select, tuple_

from services.projects import industries, reference, scope, tables
from services.projects.app.context import App
from services.projects.app.imports import own_job
from services.projects.imports.columns import places
from services.projects.imports.kinds import KINDS
from services.projects.imports.template import template
from services.projects.models import imports as models
from services.projects.plan.views import PROGRAMME
from services.projects.queries import paging
from services.projects.views.imports import changes, faults, import_view
from services.projects.views.words import WORDS
from shared.problems import bad_cursor, not_found
from shared.rpc import Call

MOST_ROW = 2**31 - 1


async def get_import(app: App, call: Call, body: models.GetImport) -> models.ImportView:
    """How far it is."""
    async with app.snapshots.connect() as conn:
        return import_view(await own_job(conn, call, body.import_), body.language)


async def list_imports(app: App, call: Call, body: models.ListImports) -> models.ImportPage:
    """A page of the caller's own imports, the newest first."""
    scope.check_import(call.actor)
    table = tables.import_job.c
    query = select(tables.import_job).where(table.subject == call.actor.subject)
    if body.cursor:
        moment, job = paging.read(body.cursor, 2)
        try:
            before = datetime.fromisoformat(moment)
        except ValueError as error:
            raise bad_cursor() from error
        query = query.where(tuple_(table.opened_at, table.job) < tuple_(before, job))
    query = query.order_by(table.opened_at.desc(), table.job.desc()).limit(body.limit + 1)
    async with app.snapshots.connect() as conn:
        rows = (await conn.execute(query)).all()
    page = rows[: body.limit]
    more = len(rows) > body.limit
    return models.ImportPage(
        items=[import_view(row, body.language) for row in page],
        next_cursor=paging.cursor(page[-1].opened_at.isoformat(), page[-1].job) if more else None,
    )


async def list_import_faults(app: App, call: Call, body: models.ListImportFaults) -> models.ImportFaultPage:
    """A page of faulty rows; of each row everything that is wrong with it."""
    table = tables.import_row.c
    async with app.snapshots.connect() as conn:
        job = await own_job(conn, call, body.import_)
        query = select(tables.import_row).where(table.job == body.import_, cast(table.faults, Text) != "[]")
        if body.cursor:
            query = query.where(table.row > min(paging.read_number(body.cursor), MOST_ROW))
        rows = (await conn.execute(query.order_by(table.row).limit(body.limit + 1))).all()
    page = rows[: body.limit]
    known = places(job.heading, KINDS[job.kind].columns)
    return models.ImportFaultPage(
        items=[fault for row in page for fault in faults(row, known, body.language)],
        next_cursor=paging.cursor(str(page[-1].row)) if len(rows) > body.limit else None,
    )


async def list_import_changes(
    app: App, call: Call, body: models.ListImportChanges
) -> models.ImportChangePage:
    """A page of rows that change what is known; of each row every field."""
    table = tables.import_row.c
    async with app.snapshots.connect() as conn:
        job = await own_job(conn, call, body.import_)
        query = select(tables.import_row).where(table.job == body.import_, cast(table.changes, Text) != "[]")
        if body.cursor:
            query = query.where(table.row > min(paging.read_number(body.cursor), MOST_ROW))
        rows = (await conn.execute(query.order_by(table.row).limit(body.limit + 1))).all()
    page = rows[: body.limit]
    kind = KINDS[job.kind]
    known = places(job.heading, kind.columns)
    item = kind.twins.id_field if kind.twins else ""
    return models.ImportChangePage(
        items=[change for row in page for change in changes(row, known, item)],
        next_cursor=paging.cursor(str(page[-1].row)) if len(rows) > body.limit else None,
    )


async def list_import_kinds(app: App, call: Call, body: models.ListImportKinds) -> models.ImportKinds:
    """Every kind with its columns."""
    return models.ImportKinds(
        items=[
            models.ImportKind(
                kind=kind.name,
                term=kind.term,
                columns=[
                    models.ImportColumn(
                        heading=each.heading,
                        field=each.field,
                        required=each.required,
                        form=each.form.to(body.language),
                        example=each.example,
                    )
                    for each in kind.columns
                ],
            )
            for kind in KINDS.values()
        ]
    )


async def get_import_template(app: App, call: Call, body: models.GetImportTemplate) -> models.ImportTemplate:
    """Headings, forms, an example and the lists that cells are chosen from. Raises Problem 404."""
    kind = KINDS.get(body.kind)
    if kind is None:
        raise not_found("import kind", body.kind, remedy=f"Known: {', '.join(KINDS)}.")
    async with app.snapshots.connect() as conn:
        return await template(conn, kind, app.today(), body.language)


async def list_names(app: App, call: Call, body: models.ListNames) -> models.CodeNames:
    """The names of codes in the reader's language; an industry's also with its section's letter before it."""
    known = industries.on(app.today()).values()
    async with app.snapshots.connect() as conn:
        programmes = (await conn.execute(select(PROGRAMME))).all()
        tags = (await reference.tags(conn)).values()
        regions = await reference.regions(conn)
    chinese = body.language == "zh"
    return models.CodeNames(
        names={
            "regions": {each.code: each.name for each in regions},
            "industries": {each.code: each.name for each in known}
            | {f"{each.section}{each.code}": each.name for each in known},
            "programmes": {row.code: row.name for row in programmes},
            "tags": {each.tag: each.term if chinese else each.name for each in tags},
            "words": {code: word.zh if chinese else word.en for code, word in WORDS.items()},
        }
    )
