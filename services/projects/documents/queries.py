"""Questions about documents."""

from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import Select, select

from services.projects import access
from services.projects.common import versions
from services.projects.common.models import Answer, Cursor, Limit, Request
from services.projects.documents.decisions import DOCUMENT, PERIOD, DocumentId
from services.projects.documents.facts import Difference, Document, DocumentKind, Standing, stream
from services.projects.documents.outdated import outdated
from services.projects.documents.page import document_page
from services.projects.documents.views import TABLE, DocumentSummary, DocumentView, view
from services.projects.plan import reference
from shared import lists
from shared.identity import Actor
from shared.problems import forbidden, not_found
from shared.rpc import Call
from shared.service import Service

_T = TABLE.c
_ORDER = lists.Order(lists.down(_T.period), _T.document)
_newer = TABLE.alias("newer")
_CORRECTED_BY = (
    select(_newer.c.document)
    .where(_newer.c.corrects == _T.document, _newer.c.standing == "issued")
    .correlate(TABLE)
    .scalar_subquery()
    .label("corrected_by")
)
"""At most one row: decision and database both refuse a second correction of a document."""


class GetDocument(Request):
    """Ask for a document."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "bulletin-2013-02"}]})

    document: DocumentId


class ListDocuments(Request):
    """Ask for documents, the newest period first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "monthly_bulletin"}]})

    kind: DocumentKind | None = None
    standing: Standing | None = Field(default=None, description="that stand so only")
    period: str | None = Field(default=None, pattern=PERIOD, description="of this period only")
    limit: Limit
    cursor: Cursor


class DocumentPage(Answer):
    """A page of documents."""

    items: list[DocumentSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class DocumentHtml(Answer):
    """The document as a plain page."""

    content: str = Field(description="HTML, complete in itself")


async def get_document(app: Service, call: Call, body: GetDocument) -> DocumentView:
    """The figures never change once it is issued; a correction is another document with the differences."""
    drafts = sees_unissued_documents(call.actor)
    async with app.snapshots.connect() as conn:
        history = await app.log.load(conn, stream(body.document))
        newer = select(_CORRECTED_BY).where(_T.document == body.document)
        corrected_by = (await conn.execute(newer)).scalar_one_or_none()
        names = {each.code: each.name for each in await reference.regions(conn)}
        events = [app.catalogue.decode(event) for event in history]
        state = DOCUMENT.fold(events)
        changed: tuple[Difference, ...] = ()
        if isinstance(state, Document) and state.standing == "issued" and corrected_by is None:
            changed = (await outdated(app, conn, [(body.document, state.drafted.period)]))[body.document]
    if not isinstance(state, Document) or not (drafts or state.standing == "issued"):
        raise not_found("document", body.document)
    found = view(state, list(zip(events, history, strict=True)), names, corrected_by, changed)
    return found.model_copy(update={"version": len(history)})


async def get_page(app: Service, call: Call, body: GetDocument) -> DocumentHtml:
    """To be read and printed; what the JSON says in yuan stands here in 亿元."""
    return DocumentHtml(content=document_page(await get_document(app, call, body)))


async def list_documents(app: Service, call: Call, body: ListDocuments) -> DocumentPage:
    """Cities and counties see what is issued; the province its drafts too."""
    query = _wanted(body)
    if not sees_unissued_documents(call.actor):
        query = query.where(_T.standing == "issued")
    async with app.snapshots.connect() as conn:
        page = await _ORDER.page(conn, query, body)
        at = await versions.of_streams(app, conn, [stream(row.document) for row in page.rows])
        standing = [row for row in page.rows if row.standing == "issued" and row.corrected_by is None]
        changed = await outdated(app, conn, [(row.document, row.period) for row in standing])
    return DocumentPage(
        items=[
            DocumentSummary.model_validate(
                {**row._mapping, "version": version, "outdated_figures": len(changed.get(row.document, ()))}
            )
            for row, version in zip(page.rows, at, strict=True)
        ],
        next_cursor=page.next_cursor,
    )


def _wanted(body: ListDocuments) -> Select[Any]:
    query = select(TABLE, _CORRECTED_BY)
    for column, wanted in ((_T.kind, body.kind), (_T.standing, body.standing), (_T.period, body.period)):
        if wanted is not None:
            query = query.where(column == wanted)
    return query


def sees_unissued_documents(actor: Actor) -> bool:
    """Whether the actor may read drafts; all governments read issued documents. Raises Problem 403."""
    if actor.role == "enterprise":
        raise forbidden("Bulletins and dispatches are for governments; your role is enterprise.")
    return actor.role in access.READS_ALL
