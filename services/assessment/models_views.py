"""What this service answers about plans and targets."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.assessment.models import NextCursor


class Loaded(BaseModel):
    """What a publication changed."""

    plan: str
    title: str
    header: Literal["changed", "unchanged"]
    regions: Literal["changed", "unchanged"]
    appraisal_schemes: Literal["changed", "unchanged"]
    region_count: int
    targets_set: list[str]
    targets_revised: list[str]
    target_count: int
    targets_without_measure: int


class ProgrammeView(BaseModel):
    """A programme, how many targets it has, and how many of them are measured."""

    code: str
    name: str
    targets: int
    measured: int


class PlanView(BaseModel):
    """A plan."""

    plan: str
    title: str
    issuer: str
    issued_on: date
    year: int
    source: str
    programmes: list[ProgrammeView]


class PlanList(BaseModel):
    """All plans."""

    items: list[PlanView]


class BaseView(BaseModel):
    """What growth or decline is measured from (基数)."""

    value: Decimal
    unit: str
    period: str
    vintage: str
    source: str


class TargetView(BaseModel):
    """A target. `measured_by` says "no measure yet" where nothing measures it."""

    plan: str
    target: str
    row: str
    programme: str
    name: str
    measure: str | None
    measured_by: str
    region: str
    level: str
    period: str
    value: Decimal | None
    value_high: Decimal | None
    unit: str
    unit_printed: str | None
    comparator: str
    comparator_printed: str | None
    direction: str | None
    metric_type: str
    subject: str | None
    deadline: date | None
    parent: str | None
    base: BaseView | None
    basis: str | None
    price_base: str | None
    quote: str
    source: str
    confidence: str
    note: str


class TargetPage(BaseModel):
    """One page of targets."""

    items: list[TargetView]
    next_cursor: NextCursor


class PartView(BaseModel):
    """A county's part."""

    target: str
    region: str
    value: Decimal | None


class DecomposedTargetView(TargetView):
    """A target and its counties' parts. They needn't add up to it (TR-7): both are shown, and the difference."""

    parts: list[PartView]
    parts_sum: Annotated[
        Decimal | None, Field(description="null where there are no parts, or where they can't be added up.")
    ]
    parts_difference: Annotated[
        Decimal | None, Field(description="Sum of the parts less the target's value.")
    ]


class HistoryPart(BaseModel):
    """A part as a decomposition said."""

    target: str
    region: str
    name: str
    value: Decimal


class HistoryEntry(BaseModel):
    """One thing that happened to a target: what, the value from then on, who, when, why."""

    what: Literal["set", "revised", "decomposed", "set by decomposition"]
    value: Decimal | None
    base: BaseView | None
    parts: list[HistoryPart]
    reason: str | None
    by: str
    role: str
    occurred_at: datetime
    recorded_at: datetime
    position: Annotated[int, Field(description="Position of the event in the service's log.")]


class TargetHistory(DecomposedTargetView):
    """A target with everything that happened to it, oldest first."""

    history: list[HistoryEntry]
