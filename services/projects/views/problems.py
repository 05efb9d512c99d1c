"""Problems of projects as answers."""

from datetime import date
from typing import Any, assert_never

from services.projects.domain.project_problem import (
    NotRaised,
    ProblemAnswered,
    ProblemAssigned,
    ProblemClosed,
    ProblemDecided,
    ProblemEscalated,
    ProblemEvent,
    ProblemRaised,
    ProblemReopened,
    ProblemState,
    standing,
)
from services.projects.models.problems import ProblemStep, ProblemSummary
from shared.event_log import Event


def problem_state(state: ProblemState, today: date) -> ProblemSummary:
    """A raised problem as it stands. Raises TypeError for one that isn't."""
    if isinstance(state, NotRaised):
        raise TypeError("not a raised problem")
    subject, raised, name = state.subject, state.subject.raised, standing(state)
    return ProblemSummary(
        problem=raised.problem,
        project=raised.project,
        region=raised.region,
        enterprise=raised.enterprise,
        programmes=list(raised.programmes),
        kind=raised.kind,
        text=raised.text,
        level=subject.level,
        owner=subject.owner,
        standing=name,
        major=subject.major,
        overdue=_overdue(name, subject.due_on, today),
        raised_on=raised.raised_on,
        due_on=subject.due_on,
        last_on=subject.last_on,
        escalations=subject.escalations,
        answer=subject.answer,
        meeting=subject.meeting,
        decision=subject.decision,
        resolution=subject.resolution,
    )


def problem_row(row: Any, today: date, version: int) -> ProblemSummary:
    """A row of the table `project_problem`."""
    overdue = _overdue(row.standing, row.due_on, today)
    return ProblemSummary.model_validate({**row._mapping, "overdue": overdue, "version": version})


def problem_step(event: ProblemEvent, recorded: Event) -> ProblemStep:
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


def _overdue(name: str, due_on: date, today: date) -> bool:
    return name in ("waiting", "decided") and due_on < today
