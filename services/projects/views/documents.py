"""Documents as answers, with the words that people use."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from services.projects.domain.document import (
    Difference,
    Document,
    DocumentDiscarded,
    DocumentDrafted,
    DocumentEvent,
    DocumentIssued,
    DocumentRedrafted,
    DocumentReturned,
    DocumentReviewed,
    DocumentState,
    Figure,
)
from services.projects.models import documents as models
from shared.event_log import Event

TITLES = {"monthly_bulletin": "工业转型升级项目月通报", "quarterly_dispatch": "工业转型升级项目季调度"}
SECTIONS = {
    "investment": "技改投资完成情况",
    "projects": "项目数和总投资（按专项行动）",
    "stages": "项目阶段（按专项行动）",
    "reports": "月报报送情况",
    "named": "通报批评",
    "problems": "未办结的困难和问题",
}
TERMS = {
    "in_period": "本期完成投资",
    "year_to_date": "本年累计完成投资",
    "target_of_year": "全年目标",
    "share_of_target": "完成全年目标",
    "months_missing": "缺报月数",
    "projects": "项目数",
    "total_investment": "总投资",
    "received": "按时报送",
    "late": "逾期报送",
    "missing": "缺报",
    "waived": "豁免",
    "periods_missing_in_a_row": "连续缺报期数",
    "open": "未办结",
    "major": "其中重大问题",
    "planned": "策划",
    "filed": "备案",
    "approved": "核准",
    "started": "开工",
    "partly_producing": "部分投产",
    "producing": "投产",
    "accepted": "验收",
    "suspended": "停滞",
    "terminated": "终止",
}
"""A measure without a word of its own is shown by its code."""


def document_summary(state: DocumentState, corrected_by: str | None = None) -> models.DocumentSummary:
    """A document without its content. Raises TypeError for one that was never drafted."""
    if not isinstance(state, Document):
        raise TypeError("not a document")
    drafted, issued = state.drafted, state.issued
    return models.DocumentSummary(
        document=drafted.document,
        kind=drafted.kind,
        period=drafted.period,
        standing=state.standing,
        as_of=drafted.snapshot.as_of,
        label=issued.label if issued else None,
        number=issued.number if issued else None,
        year=issued.year if issued else None,
        issued_on=issued.on if issued else None,
        corrects=drafted.corrects,
        corrected_by=corrected_by,
    )


def document_view(
    state: Document,
    history: Sequence[tuple[DocumentEvent, Event]],
    names: Mapping[str, str],
    corrected_by: str | None,
) -> models.DocumentView:
    """A document with all it says; `names`: of the regions, by code."""
    drafted = state.drafted
    return models.DocumentView(
        **dict(document_summary(state, corrected_by)),
        title=TITLES[drafted.kind],
        remarks=list(drafted.remarks),
        reason=drafted.reason,
        positions=[
            models.PositionView(source=each.source, position=each.position)
            for each in drafted.snapshot.positions
        ],
        sections=[
            models.SectionView(
                section=section,
                term=SECTIONS.get(section, section),
                figures=[_figure(each, names) for each in figures],
            )
            for section, figures in groupby(drafted.snapshot.figures, key=lambda each: each.section)
        ],
        differences=[_difference(each, names) for each in drafted.differences],
        history=[_step(event, recorded) for event, recorded in history],
    )


def _figure(one: Figure, names: Mapping[str, str]) -> models.FigureView:
    return models.FigureView.model_validate(
        {
            "region": one.region,
            "region_name": names.get(one.region or ""),
            "group": one.group,
            "measure": one.measure,
            "term": TERMS.get(one.measure, one.measure),
            "unit": one.unit,
            "value": one.value,
        }
    )


def _difference(one: Difference, names: Mapping[str, str]) -> models.DifferenceView:
    return models.DifferenceView.model_validate(
        {
            "section": one.section,
            "region": one.region,
            "region_name": names.get(one.region or ""),
            "group": one.group,
            "measure": one.measure,
            "term": TERMS.get(one.measure, one.measure),
            "unit": one.unit,
            "before": one.before,
            "after": one.after,
        }
    )


def _step(event: DocumentEvent, recorded: Event) -> models.DocumentStep:
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
    return models.DocumentStep(
        type=recorded.type, by=by, note=note, recorded_at=recorded.recorded_at, position=recorded.position
    )
