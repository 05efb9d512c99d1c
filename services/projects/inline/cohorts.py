"""Closed cohorts of contract years."""

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.cohort import CohortEvent, LateContractFound


async def apply(conn: AsyncConnection, event: CohortEvent) -> None:
    """Write the members, as they are for ever, and who came too late."""
    if isinstance(event, LateContractFound):
        late = {
            "cohort": event.cohort,
            "project": event.project,
            "region": event.region,
            "contracted_on": event.contracted_on,
            "amount": event.amount,
            "found_on": event.on,
        }
        await conn.execute(insert(tables.cohort_late).values(**late))
        return
    row = {"cohort": event.cohort, "closed_on": event.closed_on, "members": len(event.members)}
    await conn.execute(insert(tables.cohort).values(**row))
    rows = [
        {
            "cohort": event.cohort,
            "project": member.project,
            "region": member.region,
            "contracted_on": member.contracted_on,
            "amount": member.amount,
        }
        for member in event.members
    ]
    await conn.execute(insert(tables.cohort_member), rows)
