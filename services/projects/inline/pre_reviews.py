"""Writes the table of joint pre-reviews, one row per round."""

from typing import assert_never

from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.pre_review import (
    DepartmentOpinionGiven,
    PreReviewConcluded,
    PreReviewEvent,
    PreReviewOpened,
)


async def apply(conn: AsyncConnection, event: PreReviewEvent) -> None:
    """Writes the row that follows from the event."""
    t = tables.pre_review.c
    row = update(tables.pre_review).where(t.project == event.project, t.round == event.round)
    match event:
        case PreReviewOpened():
            await conn.execute(
                insert(tables.pre_review).values(
                    project=event.project,
                    round=event.round,
                    region=event.region,
                    lead=event.lead,
                    opened_on=event.opened_on,
                    due_on=event.due_on,
                    departments=list(event.departments),
                    missing=list(event.departments),
                )
            )
        case DepartmentOpinionGiven():
            await conn.execute(row.values(missing=func.array_remove(t.missing, event.department)))
        case PreReviewConcluded():
            await conn.execute(row.values(result=event.result, concluded_on=event.on, reason=event.reason))
        case _:
            assert_never(event)
