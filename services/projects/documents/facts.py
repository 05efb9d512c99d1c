"""What is known of a document: what it says, and how far it is: drafted, reviewed, issued."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

DocumentKind = Literal["monthly_bulletin", "quarterly_dispatch"]


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a service's log had been read: the figures are exactly what it said until there."""

    source: str
    position: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a snapshot. `value` None: unknown or missing, never zero.

    `region` and `group` (a programme, a level) say what it is a figure of; None: of all.
    """

    section: str
    measure: str
    unit: str
    region: str | None = None
    group: str | None = None
    value: Decimal | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.section, self.region or "", self.group or "", self.measure


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that a correction changes."""

    section: str
    measure: str
    unit: str
    region: str | None
    group: str | None
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class DroppedStay:
    """A project taken out of a tier of the reserve library on a day; `total_investment` is CNY (yuan)."""

    project: str
    name: str
    region: str
    register: str
    on: date
    total_investment: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class ReserveDrops:
    """What the rule for silence took out of the reserve library in the period (移出储备库), by day and project.

    `total` is how many: where `listed` has fewer, the document says so. `source` is the rule's.
    """

    quarters_in_a_row: int
    source: str
    total: int
    listed: tuple[DroppedStay, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All figures of one moment, and the positions they were taken at. `drops` None: not listed, or no rule.

    `judged_on`: the day by which reports are judged, that of the first draft also in its corrections. None: `as_of`.
    """

    as_of: date
    positions: tuple[Position, ...]
    figures: tuple[Figure, ...]
    drops: ReserveDrops | None = None
    judged_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDrafted:
    """A draft with its figures. `corrects`: the issued document that it sets right, for `reason`."""

    document: str
    kind: DocumentKind
    period: str
    snapshot: Snapshot
    remarks: tuple[str, ...]
    drafted_by: str
    corrects: str | None = None
    reason: str | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRedrafted:
    """The figures of a draft taken anew, with the remarks as they are now."""

    document: str
    snapshot: Snapshot
    remarks: tuple[str, ...]
    drafted_by: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReviewed:
    """Somebody else has looked it through (审核): it can be issued as it is."""

    document: str
    on: date
    reviewed_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReturned:
    """Sent back to be drafted anew (退回), with the reason."""

    document: str
    on: date
    reviewed_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentIssued:
    """It has gone out (印发) as number `number` of its kind and year: 〔2013〕第3期."""

    document: str
    kind: DocumentKind
    period: str
    region: str
    year: int
    number: int
    label: str
    on: date
    issued_by: str
    corrects: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDiscarded:
    """A draft that will not go out, with the reason; it never had a number."""

    document: str
    on: date
    reason: str


DocumentEvent = (
    DocumentDrafted
    | DocumentRedrafted
    | DocumentReviewed
    | DocumentReturned
    | DocumentIssued
    | DocumentDiscarded
)
Standing = Literal["draft", "reviewed", "issued", "discarded"]


@dataclass(frozen=True, slots=True)
class NoDocument:
    """Nothing was drafted under this id."""


@dataclass(frozen=True, slots=True)
class Document:
    """What the document says, and how far it is."""

    drafted: DocumentDrafted
    standing: Standing = "draft"
    reviewed: DocumentReviewed | None = None
    returned: DocumentReturned | None = None
    issued: DocumentIssued | None = None


DocumentState = NoDocument | Document
INITIAL: DocumentState = NoDocument()


def stream(document: str) -> str:
    """The stream of one document."""
    return f"document:{document}"


def evolve(state: DocumentState, event: DocumentEvent) -> DocumentState:
    """The state after a stored fact."""
    match (event, state):
        case (DocumentDrafted(), _):
            return Document(event)
        case (_, NoDocument()):
            raise TypeError("a document's history starts with DocumentDrafted")
        case (DocumentRedrafted(), Document()):
            drafted = replace(
                state.drafted,
                snapshot=event.snapshot,
                remarks=event.remarks,
                drafted_by=event.drafted_by,
                differences=event.differences,
            )
            return replace(state, drafted=drafted)
        case (DocumentReviewed(), Document()):
            return replace(state, standing="reviewed", reviewed=event)
        case (DocumentReturned(), Document()):
            return replace(state, standing="draft", reviewed=None, returned=event)
        case (DocumentIssued(), Document()):
            return replace(state, standing="issued", issued=event)
        case (DocumentDiscarded(), Document()):
            return replace(state, standing="discarded")
        case _:
            raise TypeError(f"{type(event).__name__} on {type(state).__name__} is not known")
