"""Requests and answers about documents: the monthly bulletin (月通报) and the quarterly dispatch (季调度)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, PlainSerializer, StringConstraints, model_validator

from services.projects.models.base import (
    ID_PATTERN,
    Answer,
    Cursor,
    Limit,
    Line,
    Money,
    Note,
    Request,
    SeenVersion,
    ShortText,
    Version,
)

DocumentId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    Field(description="document id: letters, digits, dot, dash, underscore", examples=["bulletin-2013-02"]),
]
Kind = Literal["monthly_bulletin", "quarterly_dispatch"]
StandingName = Literal["draft", "reviewed", "issued", "discarded"]
Remarks = Annotated[
    list[Annotated[Line, Field(min_length=1, max_length=2000)]],
    Field(default=[], max_length=20, description="the editor's words, a paragraph each; no personal names"),
]
Value = Annotated[Decimal | None, PlainSerializer(lambda value: None if value is None else f"{value:f}")]
_PERIOD = r"^(19|20)\d{2}-((0[1-9]|1[0-2])|Q[1-4])$"
_DRAFT: dict[str, Any] = {
    "document": "bulletin-2013-02",
    "kind": "monthly_bulletin",
    "period": "2013-02",
    "remarks": ["春节后集中开工，进度总体正常。"],
}


class DraftDocument(Request):
    """A document to be drafted: its figures are taken as things stand now."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DRAFT]})

    document: DocumentId | None = Field(default=None, description="without it one is made")
    kind: Kind = Field(description="月通报 for a month, 季调度 for a quarter")
    period: str = Field(
        pattern=_PERIOD, description="the month or quarter, over by today", examples=["2013-02"]
    )
    remarks: Remarks
    corrects: DocumentId | None = Field(default=None, description="the issued document that this sets right")
    reason: ShortText | None = Field(
        default=None, description="why, for a correction", examples=["永泰县补报"]
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if ("Q" in self.period) != (self.kind == "quarterly_dispatch"):
            raise ValueError("a monthly_bulletin is of a month, a quarterly_dispatch of a quarter")
        return self


class RedraftDocument(Request):
    """Take the figures of a draft anew, and set its remarks."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{name: _DRAFT[name] for name in ("document", "remarks")}]}
    )

    document: DocumentId
    version: SeenVersion
    remarks: Remarks


class ReviewDocument(Request):
    """Pass a draft, or send it back. Not by who drafted it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"document": "bulletin-2013-02", "outcome": "passed"}]}
    )

    document: DocumentId
    version: SeenVersion
    outcome: Literal["passed", "returned"] = Field(description="审核通过, 退回")
    note: Note = Field(default="", description="of a return: the reason, which it must have")

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if self.outcome == "returned" and not self.note:
            raise ValueError("a return says why: give the note")
        return self


class IssueDocument(Request):
    """Let a reviewed document go out under the next number of its kind and year."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "bulletin-2013-02"}]})

    document: DocumentId
    version: SeenVersion


class DiscardDocument(Request):
    """Give up a document that has not gone out."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"document": "bulletin-2013-02", "reason": "期别有误"}]}
    )

    document: DocumentId
    version: SeenVersion
    reason: ShortText


class GetDocument(Request):
    """Ask for a document."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "bulletin-2013-02"}]})

    document: DocumentId


class ListDocuments(Request):
    """Ask for documents, the newest period first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "monthly_bulletin"}]})

    kind: Kind | None = None
    standing: StandingName | None = Field(default=None, description="that stand so only")
    period: str | None = Field(default=None, pattern=_PERIOD, description="of this period only")
    limit: Limit
    cursor: Cursor


class DocumentSummary(Answer):
    """A document as a list shows it."""

    document: str
    kind: Kind
    period: str
    standing: StandingName
    as_of: date = Field(description="the day its figures were taken")
    label: str | None = Field(description="its number, once issued", examples=["〔2013〕第3期"])
    number: int | None
    year: int | None
    issued_on: date | None
    corrects: str | None = Field(description="the issued document that it sets right")
    corrected_by: str | None = Field(description="the newer issue that sets this one right")
    outdated_figures: int = Field(
        default=0,
        description="of an issued one that nothing corrects yet: figures that are known otherwise by now",
    )
    version: Version = None


class PositionView(Answer):
    """Up to where a log was read."""

    source: str = Field(examples=["projects"])
    position: int


class FigureView(Answer):
    """One figure; null: unknown or missing, never zero."""

    region: str | None
    region_name: str | None
    group: str | None = Field(description="a programme, a duty, a level and kind of problems")
    group_term: str | None = Field(description="the group as people call it", examples=["县级/土地"])
    measure: str
    term: str = Field(description="the measure as people call it", examples=["开工"])
    term_en: str = Field(description="the same in English", examples=["started"])
    unit: Literal["CNY", "percent", "count"] = Field(description="CNY is yuan")
    value: Value


class SectionView(Answer):
    """A section of the document."""

    section: str
    term: str
    figures: list[FigureView]


class DifferenceView(Answer):
    """A figure that the correction changes."""

    section: str
    region: str | None
    region_name: str | None
    group: str | None
    group_term: str | None = Field(description="the group as people call it")
    measure: str
    term: str
    term_en: str = Field(description="the same in English")
    unit: Literal["CNY", "percent", "count"]
    before: Value
    after: Value


class DroppedStayView(Answer):
    """A project taken out of the reserve library."""

    project: str
    name: str
    region: str
    region_name: str | None
    register_: str = Field(alias="register")
    register_term: str = Field(description="the tier as people call it", examples=["县级储备库"])
    on: date
    total_investment: Money
    reason: str


class ReserveDropsView(Answer):
    """What the rule for silence took out of the reserve library in the period (移出储备库)."""

    quarters_in_a_row: int = Field(description="the rule: so many whole quarters without a look end a stay")
    source: str = Field(description="where the rule comes from")
    total: int = Field(description="how many in all")
    listed: list[DroppedStayView] = Field(description="by day and project")
    left_out: int = Field(description="how many of all are not listed here")
    whole_list: str = Field(
        description="the request that lists all of them",
        examples=["GET /reserve/drops?by_rule=true&first_on=2014-01-01&last_on=2014-01-31"],
    )


class DocumentStep(Answer):
    """One step of its history."""

    type: str = Field(examples=["DocumentReviewed"])
    by: str | None = Field(description="who, by reference")
    note: str | None
    recorded_at: datetime = Field(description="when, by the Clock")
    position: int = Field(description="position of the event in the log of this service")


class DocumentView(DocumentSummary):
    """A document with all it says."""

    title: str = Field(examples=["福建省工业项目月通报"])
    remarks: list[str]
    reason: str | None = Field(description="why it corrects another")
    positions: list[PositionView] = Field(description="the figures are what the logs said up to these")
    sections: list[SectionView]
    reserve_drops: ReserveDropsView | None = Field(
        description="null: no such rule, or drafted before documents had the list"
    )
    differences: list[DifferenceView] = Field(description="of a correction: against the one it corrects")
    outdated: list[DifferenceView] = Field(
        default=[],
        description="of an issued one that nothing corrects yet: figures of corrected reports, as it says them and as "
        "they are known now",
    )
    correct_with: str | None = Field(
        default=None,
        description="the request that sets it right; null: nothing is known otherwise",
        examples=['POST /documents {"kind": "monthly_bulletin", "period": "2013-05", "corrects": "B-05"}'],
    )
    history: list[DocumentStep]


class DocumentPage(Answer):
    """A page of documents."""

    items: list[DocumentSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class DocumentHtml(Answer):
    """The document as a plain page."""

    content: str = Field(description="HTML, complete in itself")
