"""Operations and routes of documents: the monthly bulletin (月通报) and the quarterly dispatch (季调度)."""

from dataclasses import replace

from services.projects.access import GOVERNMENT, PROVINCE
from services.projects.common.checks import made_id
from services.projects.documents import commands, queries, views
from services.projects.documents.decisions import (
    DOCUMENT,
    DiscardDocument,
    DraftDocument,
    IssueDocument,
    RedraftDocument,
    ReviewDocument,
)
from services.projects.documents.facts import DocumentEvent, stream
from shared.decider import Edit
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ONE = "/documents/{document}"

FEATURE = Feature(
    "documents",
    history=History(DocumentEvent, DOCUMENT, lambda command: stream(command.document), (views.KEPT,)),
    answer=views.answer,
    edit=lambda command: Edit(getattr(command, "version", None)),
    operations=(
        Command(
            name="draft-document",
            command=DraftDocument,
            check=commands.draft,
            summary="Draft a bulletin or dispatch, or the correction of one",
            route=Route("POST", "/documents", PROVINCE, "documents", status=201),
            named=lambda command, call: replace(command, document=command.document or made_id("D", call)),
        ),
        Command(
            name="redraft-document",
            command=RedraftDocument,
            check=commands.redraft,
            summary="Take the figures of a draft anew",
            route=Route("POST", f"{_ONE}/drafts", PROVINCE, "documents"),
        ),
        Command(
            name="review-document",
            command=ReviewDocument,
            check=commands.review,
            summary="Pass a draft, or send it back",
            route=Route("POST", f"{_ONE}/reviews", PROVINCE, "documents", status=201),
        ),
        Command(
            name="issue-document",
            command=IssueDocument,
            check=commands.issue,
            summary="Let a reviewed document go out",
            route=Route("POST", f"{_ONE}/issue", PROVINCE, "documents"),
        ),
        Command(
            name="discard-document",
            command=DiscardDocument,
            check=commands.discard,
            summary="Give up a document that has not gone out",
            route=Route("POST", f"{_ONE}/discard", PROVINCE, "documents"),
        ),
        Query(
            name="list-documents",
            ask=queries.list_documents,
            summary="Bulletins and dispatches, the newest period first",
            route=Route("GET", "/documents", GOVERNMENT, "documents"),
        ),
        Query(
            name="get-document",
            ask=queries.get_document,
            summary="One document with its figures, and the positions they were taken at",
            route=Route("GET", _ONE, GOVERNMENT, "documents"),
        ),
        Query(
            name="get-document-page",
            ask=queries.get_page,
            summary="One document as a plain HTML page",
            route=Route("GET", f"{_ONE}/page", GOVERNMENT, "documents", media="text/html"),
        ),
    ),
)
