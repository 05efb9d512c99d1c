"""Steps of a project as answers, and the rows that counts over a span of days read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import Column, Date, Table, Text

from services.projects.common.models import Answer, Money
from services.projects.common.tables import MONEY, metadata
from services.projects.projects.facts import Project, ProjectState
from services.projects.projects.stages.facts import MILESTONES, Stage, Step
from shared.kept import Kept


class StepView(Answer):
    """A step taken."""

    step: int = Field(description="its number, for a correction")
    stage: Stage
    on: date
    evidence: str
    reported_by: str
    note: str
    amount: Money | None = Field(default=None, description="of the contract, at a signing, CNY (yuan)")
    ceremony: str | None = Field(default=None, description="on whose stage it was signed")


MILESTONE = Table(
    "project_milestone",
    metadata,
    Column("project", Text, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("on_day", Date),
    Column("amount", MONEY),
    Column("ceremony", Text),
)
"""The day on which a project reached each stage that it reaches at most once."""
_COUNTED = frozenset(MILESTONES)


def _parts(state: ProjectState) -> Mapping[Stage, tuple[str, Step]]:
    if not isinstance(state, Project):
        return {}
    project = state.registered.project
    return {step.stage: (project, step) for step in state.steps if step.stage in _COUNTED}


def _row(part: tuple[str, Step]) -> Mapping[str, Any]:
    project, step = part
    return {
        "project": project,
        "stage": step.stage.value,
        "on_day": step.on,
        "amount": step.amount,
        "ceremony": step.ceremony,
    }


KEPT: Kept[ProjectState, tuple[str, Step]] = Kept(MILESTONE, _parts, _row)


def views(state: Project) -> list[StepView]:
    """Every step that counts, numbered."""
    return [
        StepView(
            step=number,
            stage=step.stage,
            on=step.on,
            evidence=step.evidence,
            reported_by=step.reported_by,
            note=step.note,
            amount=step.amount,
            ceremony=step.ceremony,
        )
        for number, step in enumerate(state.steps, start=1)
    ]
