"""Documents as answers, with the words that people use."""

import json
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
from services.projects.domain.duty import first_day, last_day, months_of
from services.projects.models import documents as models
from services.projects.views.words import word
from shared.event_log import Event

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
    outdated: Sequence[Difference] = (),
) -> models.DocumentView:
    """A document with all it says; `names`: of the regions, by code; `outdated`: what is known otherwise by now."""
    drafted = state.drafted
    return models.DocumentView(
        **{**dict(document_summary(state, corrected_by)), "outdated_figures": len(outdated)},
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
        reserve_drops=_drops(drafted, names),
        differences=[_difference(each, names) for each in drafted.differences],
        outdated=[_difference(each, names) for each in outdated],
        correct_with=_correction(drafted) if outdated else None,
        history=[_step(event, recorded) for event, recorded in history],
    )


def _correction(drafted: DocumentDrafted) -> str:
    fields = {"kind": drafted.kind, "period": drafted.period, "corrects": drafted.document}
    return f"POST /documents {json.dumps(fields)}"


def _figure(one: Figure, names: Mapping[str, str]) -> models.FigureView:
    return models.FigureView.model_validate(
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


def _drops(drafted: DocumentDrafted, names: Mapping[str, str]) -> models.ReserveDropsView | None:
    """With the words and the request for the whole list: a document leaves nothing out without saying so."""
    known = drafted.snapshot.drops
    if known is None:
        return None
    first, last = first_day(months_of(drafted.period)[0]), last_day(drafted.period)
    return models.ReserveDropsView(
        quarters_in_a_row=known.quarters_in_a_row,
        source=known.source,
        total=known.total,
        listed=[
            models.DroppedStayView(
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


def _difference(one: Difference, names: Mapping[str, str]) -> models.DifferenceView:
    return models.DifferenceView.model_validate(
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
