"""Targets as answers, and as rows of their list."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, Field
from sqlalchemy import JSON, Column, Integer, Table, Text

from services.assessment.common.models import Moment
from services.assessment.common.tables import metadata
from services.assessment.plans.facts.plan import PlanState, Published
from services.assessment.plans.targets.decisions import TargetCommand
from services.assessment.plans.targets.facts import (
    ADDITIVE,
    Target,
    TargetDecomposed,
    TargetFacts,
    TargetRevised,
    TargetSet,
)
from shared.event_log import Event
from shared.feature import Done
from shared.kept import Kept
from shared.naming import Name

NO_MEASURE = "no measure yet"


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
    region_name: Name = None
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


class PartView(BaseModel):
    """A county's part."""

    target: str
    region: str
    region_name: Name = None
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
    region_name: Name = None
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
    occurred_at: Moment
    recorded_at: Moment
    position: Annotated[int, Field(description="Position of the event in the service's log.")]


class TargetHistory(DecomposedTargetView):
    """A target with everything that happened to it, oldest first."""

    history: list[HistoryEntry]


TABLE = Table(
    "target",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("ordinal", Integer),  # the order of the plan; a part follows its decomposed target
    Column("row", Text),
    Column("programme", Text),
    Column("region", Text),
    Column("level", Text),
    Column("measure", Text),
    Column("part_of", Text),  # for a county's part: the decomposed target
    Column("facts", JSON),
)


def row(target: Target) -> Mapping[str, Any]:
    """A target as a row of the list."""
    facts = target.facts
    return {
        "plan": facts.plan,
        "target": facts.target,
        "ordinal": target.ordinal,
        "row": facts.row,
        "programme": facts.programme,
        "region": facts.region,
        "level": facts.level,
        "measure": facts.measure,
        "part_of": target.part_of,
        "facts": msgspec.to_builtins(facts),
    }


def _targets(state: PlanState) -> Mapping[str, Target]:
    return state.targets if isinstance(state, Published) else {}


KEPT: Kept[PlanState, Target] = Kept(TABLE, _targets, row)


def view(facts: TargetFacts) -> TargetView:
    """A target; without a measure it says so and never shows a figure of its own."""
    return TargetView(**msgspec.to_builtins(facts), measured_by=facts.measure or NO_MEASURE)


def decomposed(facts: TargetFacts, parts: Sequence[TargetFacts]) -> DecomposedTargetView:
    """A target with its counties' parts; their sum where parts may be added up, beside the target's value."""
    values = [part.value for part in parts if part.value is not None]
    total = sum(values, Decimal(0)) if parts and facts.metric_type in ADDITIVE else None
    return DecomposedTargetView(
        **view(facts).model_dump(),
        parts=[PartView(target=part.target, region=part.region, value=part.value) for part in parts],
        parts_sum=total,
        parts_difference=None if total is None or facts.value is None else total - facts.value,
    )


def answer(done: Done[PlanState, TargetCommand]) -> DecomposedTargetView:
    """The answer to every command on a target. Raises TypeError if the plan isn't published."""
    if not isinstance(done.state, Published):
        raise TypeError("a target stands in a plan that is published")
    target = done.command.target
    return decomposed(done.state.targets[target].facts, done.state.parts_of(target))


def entry(stored: Event, made: object, target: str) -> HistoryEntry | None:
    """The history entry that an event of the plan makes for one target; None if the event isn't about it."""
    said: tuple[Literal["set", "revised", "decomposed", "set by decomposition"], Decimal | None, str | None]
    match made:
        case TargetSet() if made.target == target:
            said = ("set", made.value, None)
        case TargetRevised() if made.target == target:
            said = ("revised", made.value, made.reason)
        case TargetDecomposed() if made.target == target:
            said = ("decomposed", None, made.reason)
        case TargetDecomposed() if any(part.target == target for part in made.parts):
            part = next(part for part in made.parts if part.target == target)
            said = ("set by decomposition", part.value, made.reason)
        case _:
            return None
    what, value, reason = said
    actor = stored.metadata.get("actor", {})
    return HistoryEntry(
        what=what,
        value=value,
        base=msgspec.to_builtins(getattr(made, "base", None)),
        parts=msgspec.to_builtins(getattr(made, "parts", ())),
        reason=reason,
        by=actor.get("subject", ""),
        role=actor.get("role", ""),
        occurred_at=stored.occurred_at,
        recorded_at=stored.recorded_at,
        position=stored.position,
    )
