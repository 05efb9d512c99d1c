"""Designations as answers, and as rows of their list."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, assert_never

from pydantic import BaseModel, Field

from services.assessment.common.models import Moment
from services.assessment.common.tables import metadata
from services.assessment.designations.decisions import DesignationCommand
from services.assessment.designations.facts import (
    Designated,
    Designation,
    DesignationAssessed,
    DesignationEvent,
    DesignationState,
    DesignationWarned,
    DesignationWithdrawn,
    Standing,
    members,
)
from shared.event_log import Event
from shared.feature import Done
from shared.kept import Kept, only
from shared.naming import Name
from shared.table_of import table_of


class DesignationView(BaseModel):
    """A designation as it stands."""

    designation: str
    kind: str
    level: str
    name: str
    region: str
    region_name: Name = None
    enterprise: str | None
    fields: list[str]
    designated_on: date
    issuer: str
    evidence: str
    standing: Standing
    since: Annotated[date, Field(description="since when it stands so")]
    withdrawn_on: Annotated[date | None, Field(description="from this day on it doesn't stand")]


class DesignationStep(BaseModel):
    """One thing that happened to it: what, when, why, by which document and by whom."""

    what: Standing
    on: date
    evidence: str
    reason: str | None
    year: Annotated[int | None, Field(description="the assessed year")]
    score: Decimal | None
    mend_by: date | None
    by: Annotated[str, Field(description="reference of the person who entered it")]
    recorded_at: Moment
    position: Annotated[int, Field(description="position of the event in the service's log")]


class DesignationDetail(DesignationView):
    """A designation with its history, oldest first."""

    history: list[DesignationStep]


class KindView(BaseModel):
    """A kind of designation with its scale and the days on which it holds."""

    kind: str
    name: str
    term: str
    rows: list[str]
    levels: list[str]
    fields: list[str]
    excellent_from: Decimal | None
    qualified_from: Decimal | None
    warned_from: Decimal | None
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str
    note: str


TABLE = table_of("designation", metadata, DesignationView, key=("designation",))


def row(state: Designation) -> Mapping[str, Any]:
    """A designation as it stands in the list."""
    gone = state.standing in ("withdrawn", "annulled")
    return {
        **members(state.facts),
        "fields": list(state.facts.fields),
        "standing": state.standing,
        "since": state.since,
        "withdrawn_on": state.since if gone else None,
    }


KEPT: Kept[DesignationState, Designation] = Kept(TABLE, only(Designation), row)


def view(state: DesignationState) -> DesignationView:
    """A designation as it stands. Raises TypeError if nothing is designated."""
    if not isinstance(state, Designation):
        raise TypeError("not a designation")
    return DesignationView(**row(state))


def answer(done: Done[DesignationState, DesignationCommand]) -> DesignationView:
    """The answer to every command on a designation."""
    return view(done.state)


def step(stored: Event, event: DesignationEvent) -> DesignationStep:
    """One line of the history."""
    said: tuple[Standing, date, str]
    match event:
        case Designated():
            said = ("designated", event.designated_on, event.evidence)
        case DesignationAssessed():
            said = (event.result, event.on, event.evidence)
        case DesignationWarned():
            said = ("warned", event.on, event.evidence)
        case DesignationWithdrawn():
            said = ("annulled" if event.annulled else "withdrawn", event.withdrawn_on, event.decision)
        case _:
            assert_never(event)
    what, on, evidence = said
    return DesignationStep(
        what=what,
        on=on,
        evidence=evidence,
        reason=getattr(event, "reason", None),
        year=getattr(event, "year", None),
        score=getattr(event, "score", None),
        mend_by=getattr(event, "mend_by", None),
        by=stored.metadata.get("actor", {}).get("subject", ""),
        recorded_at=stored.recorded_at,
        position=stored.position,
    )
