"""Technology diagnoses."""

from typing import assert_never

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.diagnosis import DiagnosisEvent, DiagnosisHeld, FindingOutcome, FindingSettled

_COLUMN = {
    FindingOutcome.NEED: "needs",
    FindingOutcome.PROJECT: "projects",
    FindingOutcome.DISMISSED: "dismissed",
}


async def apply(conn: AsyncConnection, event: DiagnosisEvent) -> None:
    """Write what the event means into the table."""
    t = tables.diagnosis.c
    match event:
        case DiagnosisHeld():
            await conn.execute(
                insert(tables.diagnosis).values(
                    diagnosis=event.diagnosis,
                    enterprise=event.enterprise,
                    enterprise_name=event.enterprise_name,
                    region=event.region,
                    industry=event.industry,
                    institute=event.institute,
                    held_on=event.on,
                    findings=len(event.findings),
                    needs=0,
                    projects=0,
                    dismissed=0,
                )
            )
        case FindingSettled():
            column = _COLUMN[event.outcome]
            await conn.execute(
                update(tables.diagnosis).where(t.diagnosis == event.diagnosis).values({column: t[column] + 1})
            )
        case _:
            assert_never(event)
