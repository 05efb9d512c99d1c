"""What may be done with a document: draft → reviewed → issued, and a correction as a new issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from services.projects.domain.document import (
    Difference,
    Document,
    DocumentDiscarded,
    DocumentDrafted,
    DocumentEvent,
    DocumentIssued,
    DocumentKind,
    DocumentRedrafted,
    DocumentReturned,
    DocumentReviewed,
    DocumentState,
    NoDocument,
    Snapshot,
    differences,
    label,
)
from services.projects.domain.duty import last_day
from services.projects.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class Corrected:
    """The issued document that a draft sets right. `newer`: one that corrects it already."""

    document: str
    kind: DocumentKind
    period: str
    standing: str
    snapshot: Snapshot
    newer: str | None = None


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """Draft a document of a period. `other`: one of the same kind and period that is there already."""

    document: str
    kind: DocumentKind
    period: str
    snapshot: Snapshot
    remarks: tuple[str, ...]
    by: str
    other: str | None = None
    corrected: Corrected | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RedraftDocument:
    """Take the figures of a draft anew."""

    snapshot: Snapshot
    remarks: tuple[str, ...]
    by: str
    corrected: Corrected | None = None


@dataclass(frozen=True, slots=True)
class ReviewDocument:
    """Pass a draft, or send it back with a reason."""

    passed: bool
    note: str
    by: str
    today: date


@dataclass(frozen=True, slots=True)
class IssueDocument:
    """Let a reviewed document go out as the next number of its kind and year, from `region`."""

    region: str
    number: int
    by: str
    today: date


@dataclass(frozen=True, slots=True)
class DiscardDocument:
    """Give a draft up."""

    reason: str
    today: date


DocumentCommand = DraftDocument | RedraftDocument | ReviewDocument | IssueDocument | DiscardDocument


def decide(command: DocumentCommand, state: DocumentState) -> Sequence[DocumentEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (DraftDocument(), NoDocument()):
            return [_drafted(command)]
        case (DraftDocument(), Document()):
            known = state.drafted
            if (known.kind, known.period, known.remarks) == (command.kind, command.period, command.remarks):
                return []
            raise _refused(
                f"{known.document} is there already.",
                "already-drafted",
                "document",
                "Draft it under another id, or redraft the one that is there.",
            )
        case (_, NoDocument()):
            raise Refused("There is no such document.", code="not-found", status=404, where="document")
        case (RedraftDocument(), Document(standing="draft")):
            found = _differences(command.corrected, command.snapshot)
            return [
                DocumentRedrafted(
                    state.drafted.document, command.snapshot, command.remarks, command.by, found
                )
            ]
        case (ReviewDocument(), Document(standing="draft")) if command.passed:
            return [_reviewed(command, state)]
        case (ReviewDocument(), Document(standing="draft" | "reviewed")) if not command.passed:
            return [DocumentReturned(state.drafted.document, command.today, command.by, command.note)]
        case (IssueDocument(), Document(standing="reviewed")):
            return [_issued(command, state)]
        case (DiscardDocument(), Document(standing="draft" | "reviewed")):
            return [DocumentDiscarded(state.drafted.document, command.today, command.reason)]
        case (_, Document()):
            return _out_of_turn(command, state)
        case _:
            assert_never(state)


def _drafted(command: DraftDocument) -> DocumentDrafted:
    ends = last_day(command.period)
    if command.snapshot.as_of < ends:
        raise Refused(
            f"{command.period} is not over: its document can be drafted from {ends} on; "
            f"today is {command.snapshot.as_of}.",
            code="future-period",
            where="period",
            remedy="Check the period, or come back when it is over.",
        )
    corrected = command.corrected
    if corrected is None:
        if command.other is not None:
            raise _refused(
                f"{command.other} is the {command.kind} of {command.period} already.",
                "already-drafted",
                "period",
                "An issued one is set right by a correction: give corrects and the reason.",
            )
    else:
        _check_correction(command, corrected)
    return DocumentDrafted(
        command.document,
        command.kind,
        command.period,
        command.snapshot,
        command.remarks,
        command.by,
        corrected.document if corrected else None,
        command.reason,
        _differences(corrected, command.snapshot),
    )


def _check_correction(command: DraftDocument, corrected: Corrected) -> None:
    if (corrected.kind, corrected.period) != (command.kind, command.period):
        raise Refused(
            f"{corrected.document} is the {corrected.kind} of {corrected.period}: a correction is of the same "
            "kind and period.",
            code="another-period",
            where="corrects",
        )
    if corrected.standing != "issued":
        raise _refused(
            f"{corrected.document} has not been issued: there is nothing to correct.",
            "not-issued",
            "corrects",
            "Draft it anew instead.",
        )
    if corrected.newer is not None:
        raise _refused(
            f"{corrected.document} is corrected by {corrected.newer} already.",
            "already-corrected",
            "corrects",
            f"Correct {corrected.newer}.",
        )
    if not command.reason:
        raise Refused(
            "A correction says why.", code="reason-missing", where="reason", remedy="Give the reason."
        )


def _differences(corrected: Corrected | None, snapshot: Snapshot) -> tuple[Difference, ...]:
    return differences(corrected.snapshot.figures, snapshot.figures) if corrected else ()


def _reviewed(command: ReviewDocument, state: Document) -> DocumentReviewed:
    if command.by == state.drafted.drafted_by:
        raise Refused(
            "Who drafted a document doesn't review it.",
            code="own-draft",
            status=403,
            remedy="Let somebody else look it through.",
        )
    return DocumentReviewed(state.drafted.document, command.today, command.by, command.note)


def _issued(command: IssueDocument, state: Document) -> DocumentIssued:
    drafted, year = state.drafted, command.today.year
    return DocumentIssued(
        drafted.document,
        drafted.kind,
        drafted.period,
        command.region,
        year,
        command.number,
        label(year, command.number),
        command.today,
        command.by,
        drafted.corrects,
    )


def _out_of_turn(command: DocumentCommand, state: Document) -> Sequence[DocumentEvent]:
    """A repeat that changes nothing, or a refusal that says what is missing."""
    known = state.drafted.document
    match (command, state.standing):
        case (IssueDocument(), "issued") | (DiscardDocument(), "discarded"):
            return []
        case (ReviewDocument(), "reviewed"):
            return []
        case (_, "issued"):
            raise _refused(
                f"{known} has been issued and stays as it is.",
                "frozen",
                "document",
                "Draft a correction: a new issue with the differences.",
            )
        case (IssueDocument(), "draft"):
            raise _refused(
                f"{known} has not been reviewed.",
                "not-reviewed",
                "document",
                "Let somebody other than its author review it.",
            )
        case (RedraftDocument(), "reviewed"):
            raise _refused(
                f"{known} has been reviewed as it is.",
                "reviewed",
                "document",
                "Return it first, with the reason.",
            )
        case _:
            raise _refused(f"{known} has been discarded.", "discarded", "document", "Draft a new one.")


def _refused(detail: str, code: str, where: str, remedy: str) -> Refused:
    return Refused(detail, code=code, status=409, where=where, remedy=remedy)
