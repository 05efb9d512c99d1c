"""Decisions on documents: draft → reviewed → issued; a correction is a new document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, assert_never

from services.projects.common.duty import last_day
from services.projects.common.refusal import Refused
from services.projects.common.values import ID_PATTERN, Line, Note, SeenVersion, ShortText
from services.projects.documents.facts import (
    INITIAL,
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
    Figure,
    NoDocument,
    Snapshot,
    evolve,
)
from shared.command import Given, command, decider
from shared.values import Many, Says, Text

PERIOD = r"^(19|20)\d{2}-((0[1-9]|1[0-2])|Q[1-4])$"
DocumentId = Annotated[
    str,
    Text(
        pattern=ID_PATTERN,
        description="document id: letters, digits, dot, dash, underscore",
        example="bulletin-2013-02",
    ),
]
Remarks = Annotated[
    tuple[Annotated[Line, Text(min_length=1, max_length=2000)], ...],
    Many(max_length=20, description="the editor's words, a paragraph each; no personal names"),
]
_DRAFT: dict[str, Any] = {
    "document": "bulletin-2013-02",
    "kind": "monthly_bulletin",
    "period": "2013-02",
    "remarks": ["春节后集中开工，进度总体正常。"],
}


@command(example=_DRAFT)
class DraftDocument:
    """A document to be drafted: its figures are taken as things stand now."""

    document: Annotated[DocumentId | None, Says(description="without it one is made")] = None
    kind: Annotated[DocumentKind, Says(description="月通报 for a month, 季调度 for a quarter")]
    period: Annotated[
        str, Text(pattern=PERIOD, description="the month or quarter, over by today", example="2013-02")
    ]
    remarks: Remarks = ()
    corrects: Annotated[DocumentId | None, Says(description="the issued document that this sets right")] = (
        None
    )
    reason: Annotated[ShortText | None, Says(description="why, for a correction", example="永泰县补报")] = (
        None
    )


@command(example={name: _DRAFT[name] for name in ("document", "remarks")})
class RedraftDocument:
    """Take the figures of a draft anew, and set its remarks."""

    document: DocumentId
    version: SeenVersion = None
    remarks: Remarks = ()


@command(example={"document": "bulletin-2013-02", "outcome": "passed"})
class ReviewDocument:
    """Pass a draft, or send it back. Not by who drafted it."""

    document: DocumentId
    version: SeenVersion = None
    outcome: Annotated[Literal["passed", "returned"], Says(description="审核通过, 退回")]
    note: Annotated[Note, Says(description="of a return: the reason, which it must have")] = ""


@command(example={"document": "bulletin-2013-02"})
class IssueDocument:
    """Let a reviewed document go out under the next number of its kind and year."""

    document: DocumentId
    version: SeenVersion = None


@command(example={"document": "bulletin-2013-02", "reason": "期别有误"})
class DiscardDocument:
    """Give up a document that has not gone out."""

    document: DocumentId
    version: SeenVersion = None
    reason: ShortText


DocumentCommand = DraftDocument | RedraftDocument | ReviewDocument | IssueDocument | DiscardDocument


@dataclass(frozen=True, slots=True)
class Corrected:
    """The issued document that a draft corrects. `newer`: another document that already corrects it."""

    document: str
    kind: DocumentKind
    period: str
    standing: str
    snapshot: Snapshot
    newer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(Given):
    """The figures as of now. `other`: an existing document of the same kind and period."""

    snapshot: Snapshot
    other: str | None = None
    corrected: Corrected | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered(Given):
    """The next number of the document's kind and year, and the region that issues it."""

    region: str
    number: int


def decide(command: DocumentCommand, state: DocumentState, given: Given) -> Sequence[DocumentEvent]:
    """The events of a command, or Refused."""
    match (command, state, given):
        case (DraftDocument(), NoDocument(), Taken()):
            return [_drafted(command, given)]
        case (DraftDocument(), Document(), _):
            known = state.drafted
            if (known.kind, known.period, known.remarks) == (command.kind, command.period, command.remarks):
                return []
            raise _refused(
                f"{known.document} is there already.",
                "already-drafted",
                "document",
                "Draft it under another id, or redraft the one that is there.",
            )
        case (_, NoDocument(), _):
            raise Refused("There is no such document.", code="not-found", status=404, where="document")
        case (RedraftDocument(), Document(standing="draft"), Taken()):
            return [
                DocumentRedrafted(
                    document=state.drafted.document,
                    snapshot=given.snapshot,
                    remarks=command.remarks,
                    drafted_by=given.by,
                    differences=_differences(given),
                )
            ]
        case (ReviewDocument(outcome="passed"), Document(standing="draft"), _):
            return [_reviewed(command, state, given)]
        case (ReviewDocument(outcome="returned"), Document(standing="draft" | "reviewed"), _):
            return [_returned(command, state, given)]
        case (IssueDocument(), Document(standing="reviewed"), Numbered()):
            return [_issued(state, given)]
        case (DiscardDocument(), Document(standing="draft" | "reviewed"), _):
            return [DocumentDiscarded(document=state.drafted.document, on=given.today, reason=command.reason)]
        case (_, Document(), _):
            return _out_of_turn(command, state)
        case _:
            assert_never(state)


DOCUMENT = decider(INITIAL, decide, evolve)


def differences(before: Sequence[Figure], after: Sequence[Figure]) -> tuple[Difference, ...]:
    """The figures that differ between two snapshots; a figure missing from one of them counts as None."""
    old, new = {each.key: each for each in before}, {each.key: each for each in after}
    found = []
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        one = now or was
        if one is not None and (was and was.value) != (now and now.value):
            found.append(
                Difference(
                    one.section,
                    one.measure,
                    one.unit,
                    one.region,
                    one.group,
                    was.value if was else None,
                    now.value if now else None,
                )
            )
    return tuple(found)


def label(year: int, number: int) -> str:
    """The number as it is printed: 〔2013〕第3期."""
    return f"〔{year}〕第{number}期"


def _drafted(command: DraftDocument, given: Taken) -> DocumentDrafted:
    if ("Q" in command.period) != (command.kind == "quarterly_dispatch"):
        raise Refused(
            f"{command.period} doesn't fit: a monthly_bulletin is of a month, a quarterly_dispatch of a quarter.",
            code="wrong-period",
            where="period",
            remedy="Give a month (2013-02) for a bulletin, a quarter (2013-Q1) for a dispatch.",
        )
    ends = last_day(command.period)
    if given.snapshot.as_of < ends:
        raise Refused(
            f"{command.period} is not over: its document can be drafted from {ends} on; "
            f"today is {given.snapshot.as_of}.",
            code="future-period",
            where="period",
            remedy="Check the period, or come back when it is over.",
        )
    corrected = given.corrected
    if corrected is not None:
        _check_correction(command, corrected)
    elif given.other is not None:
        raise _refused(
            f"{given.other} is the {command.kind} of {command.period} already.",
            "already-drafted",
            "period",
            "An issued one is set right by a correction: give corrects and the reason.",
        )
    return DocumentDrafted(
        document=str(command.document),  # set by now: given by the caller, or derived from the command id
        kind=command.kind,
        period=command.period,
        snapshot=given.snapshot,
        remarks=command.remarks,
        drafted_by=given.by,
        corrects=corrected.document if corrected else None,
        reason=command.reason,
        differences=_differences(given),
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


def _differences(given: Taken) -> tuple[Difference, ...]:
    wrong = given.corrected
    return differences(wrong.snapshot.figures, given.snapshot.figures) if wrong else ()


def _reviewed(command: ReviewDocument, state: Document, given: Given) -> DocumentReviewed:
    if given.by == state.drafted.drafted_by:
        raise Refused(
            "Who drafted a document doesn't review it.",
            code="own-draft",
            status=403,
            remedy="Let somebody else look it through.",
        )
    return DocumentReviewed(
        document=state.drafted.document, on=given.today, reviewed_by=given.by, note=command.note
    )


def _returned(command: ReviewDocument, state: Document, given: Given) -> DocumentReturned:
    if not command.note:
        raise Refused(
            "A return says why.", code="reason-missing", where="note", remedy="Give the reason as its note."
        )
    return DocumentReturned(
        document=state.drafted.document, on=given.today, reviewed_by=given.by, reason=command.note
    )


def _issued(state: Document, given: Numbered) -> DocumentIssued:
    drafted, year = state.drafted, given.today.year
    return DocumentIssued(
        document=drafted.document,
        kind=drafted.kind,
        period=drafted.period,
        region=given.region,
        year=year,
        number=given.number,
        label=label(year, given.number),
        on=given.today,
        issued_by=given.by,
        corrects=drafted.corrects,
    )


def _out_of_turn(command: DocumentCommand, state: Document) -> Sequence[DocumentEvent]:
    """For a command out of sequence: no events if it is a repeat, else Refused, naming the missing step."""
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
        case (_, "discarded"):
            raise _refused(f"{known} has been discarded.", "discarded", "document", "Draft a new one.")
        case _:
            raise TypeError(f"{type(command).__name__} on a document that is {state.standing}")


def _refused(detail: str, code: str, where: str, remedy: str) -> Refused:
    return Refused(detail, code=code, status=409, where=where, remedy=remedy)
