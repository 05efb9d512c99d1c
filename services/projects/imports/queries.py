"""Questions about imports of spreadsheets, and what codes are called."""

from pydantic import Field
from sqlalchemy import Text, cast, select

from services.projects.common import industries
from services.projects.common.models import Answer, Cursor, Limit, ReaderLanguage, Request
from services.projects.common.words import WORDS
from services.projects.imports.acts import check_import
from services.projects.imports.columns import places
from services.projects.imports.kinds import KINDS
from services.projects.imports.staging import JOB, ROW, own_job
from services.projects.imports.template import ImportTemplate, template
from services.projects.imports.values import ONE, ImportId, KindName, example
from services.projects.imports.views import (
    ImportChange,
    ImportFault,
    ImportView,
    changes,
    faults,
    import_view,
)
from services.projects.plan import reference
from services.projects.plan.views import PROGRAMME
from shared import lists
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

_NEWEST = lists.Order(lists.down(JOB.c.opened_at), lists.down(JOB.c.job))
_ROWS = lists.Order(ROW.c.row)


class GetImport(Request):
    """Ask how an import stands."""

    model_config = example(**ONE)

    import_: ImportId = Field(alias="import")
    language: ReaderLanguage


class ListImports(Request):
    """Ask for one's own imports, the newest first."""

    model_config = example(limit=20)

    limit: Limit
    cursor: Cursor
    language: ReaderLanguage


class ListImportFaults(Request):
    """Ask for what is wrong in a file, in order of its rows."""

    model_config = example(**ONE)

    import_: ImportId = Field(alias="import")
    limit: Limit
    cursor: Cursor
    language: ReaderLanguage


class ListImportChanges(Request):
    """Ask for what a file would change of what is known, or has changed, in order of its rows."""

    model_config = example(**ONE)

    import_: ImportId = Field(alias="import")
    limit: Limit
    cursor: Cursor


class ListImportKinds(Request):
    """Ask which spreadsheets can be imported."""

    model_config = example()

    language: ReaderLanguage


class GetImportTemplate(Request):
    """Ask for what a spreadsheet of a kind looks like."""

    model_config = example(kind="projects")

    kind: KindName
    language: ReaderLanguage


class ListNames(Request):
    """Ask what the codes are called that lists show."""

    model_config = example()

    language: ReaderLanguage


class CodeNames(Answer):
    """The names of codes."""

    names: dict[str, dict[str, str]] = Field(
        description="by list (regions, industries, programmes, tags, words) and code"
    )


class ImportPage(Answer):
    """A page of imports."""

    items: list[ImportView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class ImportFaultPage(Answer):
    """A page of what is wrong."""

    items: list[ImportFault]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class ImportChangePage(Answer):
    """A page of changes."""

    items: list[ImportChange]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class ImportColumn(Answer):
    """A column of a kind of spreadsheet."""

    heading: str = Field(description="as a template shows it; an amount says its unit: 元, 万元 or 亿元")
    field: str = Field(description="the English heading; of an amount in yuan")
    required: bool
    form: str = Field(description="how its cells are written")
    example: str


class ImportKind(Answer):
    """A kind of spreadsheet."""

    kind: str
    term: str
    columns: list[ImportColumn]


class ImportKinds(Answer):
    """Every kind of spreadsheet."""

    items: list[ImportKind]


async def get_import(service: Service, call: Call, body: GetImport) -> ImportView:
    """How many rows this step has gone through, and what they led to."""
    async with service.snapshots.connect() as conn:
        return import_view(await own_job(conn, call, body.import_), body.language)


async def list_imports(service: Service, call: Call, body: ListImports) -> ImportPage:
    """The newest first; kept for 30 days. What they did stays in the log."""
    check_import(call.actor)
    async with service.snapshots.connect() as conn:
        page = await _NEWEST.page(conn, select(JOB).where(JOB.c.subject == call.actor.subject), body)
    return ImportPage(
        items=[import_view(row, body.language) for row in page.rows], next_cursor=page.next_cursor
    )


async def list_import_faults(service: Service, call: Call, body: ListImportFaults) -> ImportFaultPage:
    """Row, column, what is wrong and what to do; after the check, and after a run for what it refused."""
    table = ROW.c
    async with service.snapshots.connect() as conn:
        job = await own_job(conn, call, body.import_)
        query = select(ROW).where(table.job == body.import_, cast(table.faults, Text) != "[]")
        page = await _ROWS.page(conn, query, body)
    known = places(job.heading, KINDS[job.kind].columns)
    return ImportFaultPage(
        items=[fault for row in page.rows for fault in faults(row, known, body.language)],
        next_cursor=page.next_cursor,
    )


async def list_import_changes(service: Service, call: Call, body: ListImportChanges) -> ImportChangePage:
    """Field by field: old and new. Nothing is changed before the import is run with a reason."""
    table = ROW.c
    async with service.snapshots.connect() as conn:
        job = await own_job(conn, call, body.import_)
        query = select(ROW).where(table.job == body.import_, cast(table.changes, Text) != "[]")
        page = await _ROWS.page(conn, query, body)
    kind = KINDS[job.kind]
    known = places(job.heading, kind.columns)
    item = kind.twins.id_field if kind.twins else ""
    return ImportChangePage(
        items=[change for row in page.rows for change in changes(row, known, item)],
        next_cursor=page.next_cursor,
    )


async def list_import_kinds(service: Service, call: Call, body: ListImportKinds) -> ImportKinds:
    """Their columns: Chinese and English headings, and which are needed."""
    return ImportKinds(
        items=[
            ImportKind(
                kind=kind.name,
                term=kind.term,
                columns=[
                    ImportColumn(
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


async def get_import_template(service: Service, call: Call, body: GetImportTemplate) -> ImportTemplate:
    """Headings with units, how cells are written, an example, and the lists that they are chosen from."""
    kind = KINDS.get(body.kind)
    if kind is None:
        raise not_found("import kind", body.kind, remedy=f"Known: {', '.join(KINDS)}.")
    async with service.snapshots.connect() as conn:
        return await template(conn, kind, service.today(), body.language)


async def list_names(service: Service, call: Call, body: ListNames) -> CodeNames:
    """Regions, industries of today, programmes, tags, and the words for stages and lights."""
    known = industries.on(service.today()).values()
    async with service.snapshots.connect() as conn:
        programmes = (await conn.execute(select(PROGRAMME))).all()
        tags = (await reference.loaded_tags(conn)).values()
        regions = await reference.regions(conn)
    chinese = body.language == "zh"
    return CodeNames(
        names={
            "regions": {each.code: each.name for each in regions},
            "industries": {each.code: each.name for each in known}
            | {f"{each.section}{each.code}": each.name for each in known},
            "programmes": {row.code: row.name for row in programmes},
            "tags": {each.tag: each.term if chinese else each.name for each in tags},
            "words": {code: word.zh if chinese else word.en for code, word in WORDS.items()},
        }
    )
