"""A summons as a part of its appraisal's answer."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
from pydantic import BaseModel, Field

from services.assessment.appraisals.summonses.facts import Held, Lifted, Reported, Standing, Summons, standing


class SummonsView(BaseModel):
    """A summons (约谈): called, held, reported on, or lifted."""

    standing: Annotated[
        Standing,
        Field(
            description="called; not_held: its day is past; held; report_missing: so is the report's; "
            "reported; lifted"
        ),
    ]
    by_rule: Annotated[bool, Field(description="the scheme asks for it; false: by decision, with its reason")]
    edition: int
    total: Annotated[Decimal, Field(description="points in that edition")]
    whom: str
    by: str
    hold_on: date
    on: Annotated[date, Field(description="when it was called")]
    evidence: str
    reason: str | None
    held_on: date | None = None
    agreed: str | None = None
    minutes: Annotated[str | None, Field(description="the document of what was agreed")] = None
    report_due_on: date | None = None
    reported_on: date | None = None
    report: Annotated[str | None, Field(description="the document")] = None
    report_late: bool | None = None
    lifted_on: date | None = None
    lifted_because: str | None = None


def view(state: Summons | None, today: date) -> SummonsView | None:
    """A city's summons as it stands by the Clock's day; None: it isn't summoned."""
    if state is None:
        return None
    found = {"standing": standing(state, today), **msgspec.to_builtins(state.issued)}
    if isinstance(state, Lifted):
        found |= {"lifted_on": state.lifted.on, "lifted_because": state.lifted.reason}
    if isinstance(state, Held | Reported):
        held = state.held
        found |= {"held_on": held.held_on, "agreed": held.agreed, "minutes": held.evidence}
        found |= {"report_due_on": held.report_due_on}
    if isinstance(state, Reported):
        report = state.report
        found |= {"reported_on": report.on, "report": report.evidence, "report_late": report.late}
    return SummonsView.model_validate(found)
