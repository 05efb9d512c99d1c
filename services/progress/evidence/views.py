"""An event's part in a figure, as it is answered: what it said, with the hash to find it in the log by."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from services.progress.common.views import View, plain
from services.progress.measures.views import FigureView


class EvidenceItem(View):
    """One event's part in a figure."""

    source: str = Field(examples=["projects"])
    position: int = Field(description="Place in the source's log.")
    ordinal: int = Field(description="Which part of the event.")
    event_id: str
    type: str = Field(examples=["MonthlyReportFiled"])
    hash: str = Field(description="The log's chain at that position, hex.")
    occurred_at: datetime
    recorded_at: datetime
    simulated: bool
    region: str
    period: str
    enterprise: str | None
    value: Decimal | None = Field(description="What it contributes, in `unit`.")
    unit: str
    superseded_by: int | None = Field(description="Position of the event that said it anew; null: it counts.")
    data: dict[str, Any] = Field(description="The fields that were used.")


class EvidencePage(View):
    figure: FigureView
    items: list[EvidenceItem]
    next_cursor: str | None = Field(description="null: this is the last page.")


def item(row: Any) -> EvidenceItem:
    return EvidenceItem(
        source=row.source,
        position=row.position,
        ordinal=row.ordinal,
        event_id=row.event_id,
        type=row.event_type,
        hash=row.hash,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        simulated=row.simulated,
        region=row.region,
        period=row.period,
        enterprise=row.subject,
        value=plain(row.value),
        unit=row.unit,
        superseded_by=row.superseded_by,
        data=row.data,
    )
