"""Who may draft, review and issue, and what a decision on a document needs: figures, the corrected one, a number."""

from dataclasses import replace

from sqlalchemy import func, select

from services.projects.documents import snapshot
from services.projects.documents.decisions import (
    DOCUMENT,
    Corrected,
    DiscardDocument,
    DraftDocument,
    IssueDocument,
    Numbered,
    RedraftDocument,
    ReviewDocument,
    Taken,
)
from services.projects.documents.facts import Document, DocumentState, stream
from services.projects.documents.views import TABLE
from services.projects.plan import reference
from shared.command import Given
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden, not_found

_T = TABLE.c


async def draft(at: At, command: DraftDocument, state: DocumentState) -> Taken:
    """The figures are taken as things stand now, all at one position of the log.

    One document a kind and period; an issued one is set right by a draft that `corrects` it, with the reason.
    """
    check_document_write(at.actor)
    other = select(_T.document).where(
        _T.kind == command.kind,
        _T.period == command.period,
        _T.corrects.is_(None),
        _T.standing != "discarded",
    )
    taken = await _taken(at, command.period, command.corrects)
    return replace(taken, other=(await at.conn.execute(other)).scalar_one_or_none())


async def redraft(at: At, command: RedraftDocument, state: DocumentState) -> Taken:
    """Of a draft only: what is reviewed is returned first, what is issued stays."""
    check_document_write(at.actor)
    known = _known(state, command.document).drafted
    return await _taken(at, known.period, known.corrects)


async def review(at: At, command: ReviewDocument, state: DocumentState) -> Given:
    """By somebody other than who drafted it (审核); a return says why."""
    check_document_write(at.actor)
    return at.given()


async def issue(at: At, command: IssueDocument, state: DocumentState) -> Numbered:
    """It gets the next number of its kind and year, 〔2013〕第N期, and is frozen."""
    check_document_write(at.actor)
    kind = _known(state, command.document).drafted.kind
    last = select(func.max(_T.number)).where(_T.kind == kind, _T.year == at.today.year)
    number = (await at.conn.execute(last)).scalar_one_or_none() or 0
    regions = await reference.regions(at.conn)
    province = next((each.code for each in regions if each.level == "province"), "")
    return Numbered(today=at.today, by=at.actor.subject, region=province, number=number + 1)


async def discard(at: At, command: DiscardDocument, state: DocumentState) -> Given:
    """It never had a number; the period is free for another draft."""
    check_document_write(at.actor)
    return at.given()


async def _taken(at: At, period: str, corrects: str | None) -> Taken:
    """The figures of a period; a correction is judged by the day of the corrected one."""
    wrong = await _corrected(at, corrects) if corrects else None
    taken = await snapshot.take(at.service, period, wrong.snapshot if wrong else None)
    return Taken(today=at.today, by=at.actor.subject, snapshot=taken, corrected=wrong)


async def _corrected(at: At, document: str) -> Corrected:
    state, _ = await at.service.state(at.conn, DOCUMENT, stream(document))
    known = _known(state, document)
    newer = select(_T.document).where(_T.corrects == document, _T.standing == "issued")
    return Corrected(
        document,
        known.drafted.kind,
        known.drafted.period,
        known.standing,
        known.drafted.snapshot,
        (await at.conn.execute(newer)).scalar_one_or_none(),
    )


def _known(state: DocumentState, document: str) -> Document:
    if not isinstance(state, Document):
        raise not_found("document", document)
    return state


def check_document_write(actor: Actor) -> None:
    """Bulletins and dispatches are the province's. Raises Problem 403."""
    if actor.role != "province":
        raise forbidden(
            f"Documents are drafted, reviewed and issued by the province; your role is {actor.role}."
        )
