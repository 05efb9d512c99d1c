"""Writes the table of projects' problems."""

from typing import Any, assert_never

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.project_problem import (
    ProblemAnswered,
    ProblemAssigned,
    ProblemClosed,
    ProblemDecided,
    ProblemEscalated,
    ProblemEvent,
    ProblemRaised,
    ProblemReopened,
)


async def apply(conn: AsyncConnection, event: ProblemEvent) -> None:
    """Writes the row that follows from the event."""
    table = tables.project_problem
    if isinstance(event, ProblemRaised):
        await conn.execute(insert(table).values(**_raised(event)))
        return
    change = _change(event)
    statement = update(table).where(table.c.problem == event.problem).values(last_on=event.on, **change)
    await conn.execute(statement)


def _raised(event: ProblemRaised) -> dict[str, Any]:
    return {
        "problem": event.problem,
        "project": event.project,
        "region": event.region,
        "enterprise": event.enterprise,
        "programmes": list(event.programmes),
        "kind": event.kind.value,
        "text": event.text,
        "level": event.level.value,
        "owner": event.owner,
        "standing": "waiting",
        "major": False,
        "raised_on": event.raised_on,
        "due_on": event.due_on,
        "last_on": event.raised_on,
        "escalations": 0,
    }


def _change(
    event: ProblemAssigned
    | ProblemAnswered
    | ProblemEscalated
    | ProblemDecided
    | ProblemClosed
    | ProblemReopened,
) -> dict[str, Any]:
    table = tables.project_problem.c
    match event:
        case ProblemAssigned():
            return {"standing": "waiting", "owner": event.owner, "due_on": event.due_on}
        case ProblemAnswered():
            return {"standing": "answered", "answer": event.answer}
        case ProblemEscalated():
            change: dict[str, Any] = {"standing": "waiting", "level": event.to_level.value, "owner": None}
            change |= {"due_on": event.due_on, "escalations": table.escalations + 1}
            return change | ({"major": True} if event.cause == "major" else {})
        case ProblemDecided():
            decided = {"standing": "decided", "owner": event.owner, "due_on": event.due_on}
            return decided | {"meeting": event.meeting, "decision": event.decision}
        case ProblemClosed():
            return {"standing": "closed", "resolution": event.resolution}
        case ProblemReopened():
            return {"standing": "waiting", "due_on": event.due_on, "resolution": None}
        case _:
            assert_never(event)
