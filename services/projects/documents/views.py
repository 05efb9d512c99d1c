"""Documents as answers, with the words that people use, and as rows of their list."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer
from sqlalchemy import Column, Text

from services.projects.common.duty import first_day, last_day, months_of
from services.projects.common.models import Answer, Money, Version
from services.projects.common.tables import metadata
from services.projects.common.words import word
from services.projects.documents.decisions import DocumentCommand
from services.projects.documents.facts import (
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
    Standing,
)
from shared.event_log import Event
from shared.feature import Done
from shared.kept import Kept, only
from shared.table_of import table_of

TITLES = {"monthly_bulletin": "工业转型升级项目月通报", "quarterly_dispatch": "工业转型升级项目季调度"}
SECTIONS = {
    "investment": "技改投资完成情况",
    "projects": "项目数和总投资（按专项行动）",
    "stages": "项目阶段（按专项行动）",
    "reports": "月报报送情况",
    "named": "通报批评",
    "problems": "未办结的困难和问题",
    "reserve": "储备库：连续未更新移出",
}
Value = Annotated[Decimal | None, PlainSerializer(lambda value: None if value is None else f"{value:f}")]


class DocumentSummary(Answer):
    """A document as a list shows it."""

    document: str
    kind: DocumentKind
    period: str
    standing: Standing
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


TABLE = table_of(
    "document",
    metadata,
    DocumentSummary,
    key=("document",),
    without=("corrected_by", "outdated_figures", "version"),
    more=(Column("region", Text),),
)
"""`corrected_by` is no column: the correction is a document of its own, looked up when one is read."""


def row(state: Document) -> Mapping[str, Any]:
    """A document as it stands in the list, without its content."""
    drafted, issued = state.drafted, state.issued
    return {
        "document": drafted.document,
        "kind": drafted.kind,
        "period": drafted.period,
        "standing": state.standing,
        "as_of": drafted.snapshot.as_of,
        "label": issued.label if issued else None,
        "number": issued.number if issued else None,
        "year": issued.year if issued else None,
        "issued_on": issued.on if issued else None,
        "corrects": drafted.corrects,
        "region": issued.region if issued else None,
    }


KEPT: Kept[DocumentState, Document] = Kept(TABLE, only(Document), row)


def answer(done: Done[DocumentState, DocumentCommand]) -> DocumentSummary:
    """The answer to every command on a document. Raises TypeError for one that was never drafted."""
    if not isinstance(done.state, Document):
        raise TypeError("not a document")
    return DocumentSummary(**row(done.state), corrected_by=None)


def view(
    state: Document,
    history: Sequence[tuple[DocumentEvent, Event]],
    names: Mapping[str, str],
    corrected_by: str | None,
    outdated: Sequence[Difference] = (),
) -> DocumentView:
    """A whole document; `names`: region names by code; `outdated`: figures that have changed since issue."""
    drafted = state.drafted
    return DocumentView(
        **row(state),
        corrected_by=corrected_by,
        outdated_figures=len(outdated),
        title=TITLES[drafted.kind],
        remarks=list(drafted.remarks),
        reason=drafted.reason,
        positions=[
            PositionView(source=each.source, position=each.position) for each in drafted.snapshot.positions
        ],
        sections=[
            SectionView(
                section=section,
                term=SECTIONS.get(section, section),
                figures=[_figure(each, names) for each in figures],
            )
            for section, figures in groupby(drafted.snapshot.figures, key=lambda each: each.section)
        ],
        reserve_drops=_drops(drafted, names),
        differences=[_difference(each, names) for each in drafted.differences],
        outdated=[_difference(each, names) for each in outdated],
        correct_with=_correction(drafted) if outdated else None,
        history=[_step(event, recorded) for event, recorded in history],
    )


def _correction(drafted: DocumentDrafted) -> str:
    fields = {"kind": drafted.kind, "period": drafted.period, "corrects": drafted.document}
    return f"POST /documents {json.dumps(fields)}"


def _figure(one: Figure, names: Mapping[str, str]) -> FigureView:
    return FigureView.model_validate(
        {
            "region": one.region,
            "region_name": names.get(one.region or ""),
            "group": one.group,
            "group_term": word(one.group).zh if one.group else None,
            "measure": one.measure,
            "term": word(one.measure).zh,
            "term_en": word(one.measure).en,
            "unit": one.unit,
            "value": one.value,
        }
    )


def _drops(drafted: DocumentDrafted, names: Mapping[str, str]) -> ReserveDropsView | None:
    """The drops in words, with a request for the whole list if the document shows only part of it."""
    known = drafted.snapshot.drops
    if known is None:
        return None
    first, last = first_day(months_of(drafted.period)[0]), last_day(drafted.period)
    return ReserveDropsView(
        quarters_in_a_row=known.quarters_in_a_row,
        source=known.source,
        total=known.total,
        listed=[
            DroppedStayView(
                project=each.project,
                name=each.name,
                region=each.region,
                region_name=names.get(each.region),
                register_=each.register,
                register_term=word(each.register).zh,
                on=each.on,
                total_investment=each.total_investment,
                reason=each.reason,
            )
            for each in known.listed
        ],
        left_out=known.total - len(known.listed),
        whole_list=f"GET /reserve/drops?by_rule=true&first_on={first}&last_on={last}",
    )


def _difference(one: Difference, names: Mapping[str, str]) -> DifferenceView:
    return DifferenceView.model_validate(
        {
            "section": one.section,
            "region": one.region,
            "region_name": names.get(one.region or ""),
            "group": one.group,
            "group_term": word(one.group).zh if one.group else None,
            "measure": one.measure,
            "term": word(one.measure).zh,
            "term_en": word(one.measure).en,
            "unit": one.unit,
            "before": one.before,
            "after": one.after,
        }
    )


def _step(event: DocumentEvent, recorded: Event) -> DocumentStep:
    by, note = None, None
    match event:
        case DocumentDrafted():
            by, note = event.drafted_by, event.reason
        case DocumentRedrafted():
            by = event.drafted_by
        case DocumentReviewed():
            by, note = event.reviewed_by, event.note or None
        case DocumentReturned():
            by, note = event.reviewed_by, event.reason
        case DocumentIssued():
            by, note = event.issued_by, event.label
        case DocumentDiscarded():
            note = event.reason
    return DocumentStep(
        type=recorded.type, by=by, note=note, recorded_at=recorded.recorded_at, position=recorded.position
    )
