"""The operations on documents: the monthly bulletin (月通报) and the quarterly dispatch (季调度)."""

from services.projects.api.base import Serving, ops
from services.projects.app import documents as app
from services.projects.models import documents as models
from services.projects.queries import documents as queries
from shared.rpc import Call, Reply


@ops.query(
    "list-documents",
    request=models.ListDocuments,
    response=models.DocumentPage,
    summary="Bulletins and dispatches, the newest period first",
)
async def list_documents(call: Call, body: models.ListDocuments) -> models.DocumentPage:
    """Cities and counties see what is issued; the province its drafts too."""
    return await queries.list_documents(Serving.app, call, body)


@ops.query(
    "get-document",
    request=models.GetDocument,
    response=models.DocumentView,
    summary="One document with its figures, and the positions they were taken at",
)
async def get_document(call: Call, body: models.GetDocument) -> models.DocumentView:
    """The figures never change once it is issued; a correction is another document with the differences."""
    return await queries.get_document(Serving.app, call, body)


@ops.query(
    "get-document-page",
    request=models.GetDocument,
    response=models.DocumentHtml,
    summary="One document as a plain HTML page",
)
async def get_document_page(call: Call, body: models.GetDocument) -> models.DocumentHtml:
    """To be read and printed; what the JSON says in yuan stands here in 亿元."""
    return await queries.get_page(Serving.app, call, body)


@ops.command(
    "draft-document",
    request=models.DraftDocument,
    response=models.DocumentSummary,
    summary="Draft a bulletin or dispatch, or the correction of one",
)
async def draft_document(call: Call, body: models.DraftDocument) -> Reply:
    """The figures are taken as things stand now, all at one position of the log.

    One document a kind and period; an issued one is set right by a draft that `corrects` it, with the reason.
    """
    return await app.draft(Serving.app, call, body)


@ops.command(
    "redraft-document",
    request=models.RedraftDocument,
    response=models.DocumentSummary,
    summary="Take the figures of a draft anew",
)
async def redraft_document(call: Call, body: models.RedraftDocument) -> Reply:
    """Of a draft only: what is reviewed is returned first, what is issued stays."""
    return await app.redraft(Serving.app, call, body)


@ops.command(
    "review-document",
    request=models.ReviewDocument,
    response=models.DocumentSummary,
    summary="Pass a draft, or send it back",
)
async def review_document(call: Call, body: models.ReviewDocument) -> Reply:
    """By somebody other than who drafted it (审核); a return says why."""
    return await app.review(Serving.app, call, body)


@ops.command(
    "issue-document",
    request=models.IssueDocument,
    response=models.DocumentSummary,
    summary="Let a reviewed document go out",
)
async def issue_document(call: Call, body: models.IssueDocument) -> Reply:
    """It gets the next number of its kind and year, 〔2013〕第N期, and is frozen."""
    return await app.issue(Serving.app, call, body)


@ops.command(
    "discard-document",
    request=models.DiscardDocument,
    response=models.DocumentSummary,
    summary="Give up a document that has not gone out",
)
async def discard_document(call: Call, body: models.DiscardDocument) -> Reply:
    """It never had a number; the period is free for another draft."""
    return await app.discard(Serving.app, call, body)
