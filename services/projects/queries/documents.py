"""Questions about documents."""

from typing import Any

from sqlalchemy import and_, or_, select

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.domain.document import Difference, Document
from services.projects.events import CATALOGUE, DOCUMENT, document_stream
from services.projects.models import documents as models
from services.projects.queries import paging, versions
from services.projects.queries.outdated import outdated
from services.projects.views.document_page import document_page
from services.projects.views.documents import document_view
from shared.problems import not_found
from shared.rpc import Call


async def get_document(app: App, call: Call, body: models.GetDocument) -> models.DocumentView:
    """A document with all it says; 404 too for a draft that isn't the actor's to read."""
    drafts = scope.sees_unissued_documents(call.actor)
    async with app.snapshots.connect() as conn:
        history = await app.log.load(conn, document_stream(body.document))
        table = tables.document.c
        newer = select(table.corrected_by).where(table.document == body.document)
        corrected_by = (await conn.execute(newer)).scalar_one_or_none()
        names = {each.code: each.name for each in await reference.regions(conn)}
        events = [CATALOGUE.decode(event) for event in history]
        state = DOCUMENT.fold(events)
        changed: tuple[Difference, ...] = ()
        if isinstance(state, Document) and state.standing == "issued" and corrected_by is None:
            changed = (await outdated(app, conn, [(body.document, state.drafted.period)]))[body.document]
    if not isinstance(state, Document) or not (drafts or state.standing == "issued"):
        raise not_found("document", body.document)
    view = document_view(state, list(zip(events, history, strict=True)), names, corrected_by, changed)
    return view.model_copy(update={"version": len(history)})


async def get_page(app: App, call: Call, body: models.GetDocument) -> models.DocumentHtml:
    """The document as HTML."""
    return models.DocumentHtml(content=document_page(await get_document(app, call, body)))


async def list_documents(app: App, call: Call, body: models.ListDocuments) -> models.DocumentPage:
    """A page of documents, the newest period first."""
    table = tables.document.c
    query = select(tables.document)
    if not scope.sees_unissued_documents(call.actor):
        query = query.where(table.standing == "issued")
    for column, wanted in (
        (table.kind, body.kind),
        (table.standing, body.standing),
        (table.period, body.period),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if body.cursor:
        period, after = paging.read(body.cursor, 2)
        query = query.where(or_(table.period < period, and_(table.period == period, table.document > after)))
    query = query.order_by(table.period.desc(), table.document).limit(body.limit + 1)
    async with app.snapshots.connect() as conn:
        rows = (await conn.execute(query)).all()
        page = rows[: body.limit]
        at = await versions.of_streams(app, conn, [document_stream(row.document) for row in page])
        standing = [row for row in page if row.standing == "issued" and row.corrected_by is None]
        changed = await outdated(app, conn, [(row.document, row.period) for row in standing])
    return models.DocumentPage(
        items=[
            _summary(row, version, len(changed.get(row.document, ())))
            for row, version in zip(page, at, strict=True)
        ],
        next_cursor=paging.cursor(page[-1].period, page[-1].document) if len(rows) > body.limit else None,
    )


def _summary(row: Any, version: int, outdated_figures: int) -> models.DocumentSummary:
    known = {**row._mapping, "version": version, "outdated_figures": outdated_figures}
    return models.DocumentSummary.model_validate(
        {name: known[name] for name in models.DocumentSummary.model_fields if name in known}
    )
