"""Problems of projects as answers, and as rows of their list."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, assert_never

from pydantic import Field

from services.projects.common.models import Answer, Name, Version
from services.projects.common.tables import metadata
from services.projects.problems.decisions.commands import ProblemCommand
from services.projects.problems.facts import (
    Known,
    Level,
    NotRaised,
    ProblemAnswered,
    ProblemAssigned,
    ProblemClosed,
    ProblemDecided,
    ProblemEscalated,
    ProblemEvent,
    ProblemKind,
    ProblemRaised,
    ProblemReopened,
    ProblemState,
    standing,
)
from shared.event_log import Event
from shared.feature import Done
from shared.kept import Kept
from shared.table_of import table_of

Standing = Literal["waiting", "answered", "decided", "closed"]


class ProblemSummary(Answer):
    """A problem as a list shows it."""

    problem: str
    project: str
    project_name: Name = None
    region: str
    region_name: Name = None
    enterprise: str | None
    enterprise_name: Name = None
    programmes: list[str]
    kind: ProblemKind
    text: str
    level: Level = Field(description="whose it is now")
    owner: str | None = Field(description="department that is to answer or to carry out; null: none named")
    standing: Standing
    major: bool
    overdue: bool = Field(description="waiting or decided, and past its day by the Clock")
    raised_on: date
    due_on: date
    last_on: date = Field(description="day of the last that is known of it")
    escalations: int = Field(description="how often it went to a higher level")
    answer: str | None
    meeting: str | None = Field(description="that decided it")
    decision: str | None
    resolution: str | None
    version: Version = None


class ProblemStep(Answer):
    """One fact of its history."""

    event: str = Field(description="name of the event", examples=["ProblemEscalated"])
    on: date
    level: Level
    text: str = Field(description="what was raised, answered, decided …, in words")
    by: str | None = Field(description="who, or which department; null: the rule")
    recorded_at: datetime = Field(description="when the system learnt it, by the Clock")
    position: int = Field(description="position of the event in the log of this service")


class ProblemView(ProblemSummary):
    """A problem with its history."""

    history: list[ProblemStep]


TABLE = table_of(
    "project_problem",
    metadata,
    ProblemSummary,
    key=("problem",),
    without=("project_name", "region_name", "enterprise_name", "overdue", "version"),
)


def row(state: Known) -> Mapping[str, Any]:
    """A problem as it stands in the list."""
    subject, raised = state.subject, state.subject.raised
    return {
        "problem": raised.problem,
        "project": raised.project,
        "region": raised.region,
        "enterprise": raised.enterprise,
        "programmes": list(raised.programmes),
        "kind": raised.kind,
        "text": raised.text,
        "level": subject.level,
        "owner": subject.owner,
        "standing": standing(state),
        "major": subject.major,
        "raised_on": raised.raised_on,
        "due_on": subject.due_on,
        "last_on": subject.last_on,
        "escalations": subject.escalations,
        "answer": subject.answer,
        "meeting": subject.meeting,
        "decision": subject.decision,
        "resolution": subject.resolution,
    }


def _parts(state: ProblemState) -> Mapping[str, Known]:
    return {} if isinstance(state, NotRaised) else {"": state}


KEPT: Kept[ProblemState, Known] = Kept(TABLE, _parts, row)


def summary(row: Mapping[str, Any], today: date, version: int | None = None) -> ProblemSummary:
    """A row of the list on a day."""
    overdue = row["standing"] in ("waiting", "decided") and row["due_on"] < today
    return ProblemSummary(**row, overdue=overdue, version=version)


def answer(done: Done[ProblemState, ProblemCommand]) -> ProblemSummary:
    """The answer to every command on a problem. Raises TypeError for one that isn't raised."""
    if isinstance(done.state, NotRaised):
        raise TypeError("not a raised problem")
    return summary(row(done.state), done.given.today)


def step(event: ProblemEvent, recorded: Event) -> ProblemStep:
    """One fact of a problem's history, in words."""
    by: str | None
    match event:
        case ProblemRaised():
            on, level, text, by = event.raised_on, event.level, event.text, event.raised_by
        case ProblemAssigned():
            on, level, text, by = event.on, event.level, f"by {event.due_on}", event.owner
        case ProblemAnswered():
            on, level, text, by = event.on, event.level, event.answer, event.answered_by
        case ProblemEscalated():
            on, level, text, by = event.on, event.to_level, event.reason, None
        case ProblemDecided():
            on, level, text, by = event.on, event.level, event.decision, event.meeting
        case ProblemClosed():
            on, level, text, by = event.on, event.level, event.resolution, event.closed_by
        case ProblemReopened():
            on, level, text, by = event.on, event.level, event.reason, event.reopened_by
        case _:
            assert_never(event)
    return ProblemStep(
        event=recorded.type,
        on=on,
        level=level,
        text=text,
        by=by,
        recorded_at=recorded.recorded_at,
        position=recorded.position,
    )
