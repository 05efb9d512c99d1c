"""Commands on documents: draft, draft anew, review, issue, discard."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app import snapshot
from services.projects.app.checks import made_id
from services.projects.app.context import App, Making
from services.projects.domain import document as domain
from services.projects.domain import document_decisions as decisions
from services.projects.events import CATALOGUE, DOCUMENT, document_stream
from services.projects.models import documents as models
from services.projects.views.documents import document_summary
from shared.decider import Edit
from shared.problems import not_found
from shared.rpc import Call, Reply


async def draft(app: App, call: Call, body: models.DraftDocument) -> Reply:
    """Take the figures of a period, and make a draft of them."""
    scope.check_document_write(call.actor)
    document = body.document or made_id("D", call)
    async with app.engine.connect() as conn:
        wrong = await _load(app, conn, body.corrects) if body.corrects else None
    taken = await snapshot.take(app, body.period, wrong.drafted.snapshot if wrong else None)

    async def command(conn: AsyncConnection) -> decisions.DocumentCommand:
        table = tables.document.c
        other = select(table.document).where(
            table.kind == body.kind,
            table.period == body.period,
            table.corrects.is_(None),
            table.standing != "discarded",
        )
        return decisions.DraftDocument(
            document,
            body.kind,
            body.period,
            taken,
            tuple(body.remarks),
            call.actor.subject,
            (await conn.execute(other)).scalar_one_or_none(),
            await _corrected(app, conn, body.corrects) if body.corrects else None,
            body.reason,
        )

    return await _run(app, call, document, command)


async def redraft(app: App, call: Call, body: models.RedraftDocument) -> Reply:
    """Take the figures of a draft anew."""
    scope.check_document_write(call.actor)
    async with app.engine.connect() as conn:
        known = await _load(app, conn, body.document)
        before = known.drafted.corrects
        wrong = await _load(app, conn, before) if before else None
    taken = await snapshot.take(app, known.drafted.period, wrong.drafted.snapshot if wrong else None)

    async def command(conn: AsyncConnection) -> decisions.DocumentCommand:
        corrects = known.drafted.corrects
        corrected = await _corrected(app, conn, corrects) if corrects else None
        return decisions.RedraftDocument(taken, tuple(body.remarks), call.actor.subject, corrected)

    return await _run(app, call, body.document, command, body.version)


async def review(app: App, call: Call, body: models.ReviewDocument) -> Reply:
    """Somebody else passes a draft or sends it back."""
    scope.check_document_write(call.actor)
    command = decisions.ReviewDocument(body.outcome == "passed", body.note, call.actor.subject, app.today())
    return await _run(app, call, body.document, command, body.version)


async def issue(app: App, call: Call, body: models.IssueDocument) -> Reply:
    """A reviewed document goes out under the next number of its kind and year."""
    scope.check_document_write(call.actor)
    today = app.today()

    async def command(conn: AsyncConnection) -> decisions.DocumentCommand:
        known, table = await _load(app, conn, body.document), tables.document.c
        last = await conn.execute(
            select(func.max(table.number)).where(table.kind == known.drafted.kind, table.year == today.year)
        )
        regions = await reference.regions(conn)
        province = next((each.code for each in regions if each.level == "province"), "")
        return decisions.IssueDocument(
            province, (last.scalar_one_or_none() or 0) + 1, call.actor.subject, today
        )

    return await _run(app, call, body.document, command, body.version)


async def discard(app: App, call: Call, body: models.DiscardDocument) -> Reply:
    """Give up a document that has not gone out."""
    scope.check_document_write(call.actor)
    return await _run(
        app, call, body.document, decisions.DiscardDocument(body.reason, app.today()), body.version
    )


async def _run(
    app: App,
    call: Call,
    document: str,
    command: decisions.DocumentCommand | Making[decisions.DocumentCommand],
    seen: int | None = None,
) -> Reply:
    def answer(state: domain.DocumentState, events: Sequence[domain.DocumentEvent]) -> object:
        return document_summary(state).model_dump(mode="json")

    return await app.run(call, document_stream(document), DOCUMENT, command, answer=answer, edit=Edit(seen))


async def _load(app: App, conn: AsyncConnection, document: str) -> domain.Document:
    history = await app.log.load(conn, document_stream(document))
    state = DOCUMENT.fold([CATALOGUE.decode(event) for event in history])
    if not isinstance(state, domain.Document):
        raise not_found("document", document)
    return state


async def _corrected(app: App, conn: AsyncConnection, document: str) -> decisions.Corrected:
    state = await _load(app, conn, document)
    table = tables.document.c
    newer = select(table.document).where(table.corrects == document, table.standing == "issued")
    return decisions.Corrected(
        document,
        state.drafted.kind,
        state.drafted.period,
        state.standing,
        state.drafted.snapshot,
        (await conn.execute(newer)).scalar_one_or_none(),
    )
