"""Writes the signing lists of ceremonies, one row per project."""

from typing import assert_never

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.project import ProjectStageCorrected, ProjectStageReached
from services.projects.domain.signing_list import SigningAudited, SigningEvent, SigningRecommended


async def apply(conn: AsyncConnection, event: SigningEvent) -> None:
    """Writes the row that follows from the event."""
    match event:
        case SigningRecommended():
            row = {
                "ceremony": event.ceremony,
                "project": event.project,
                "region": event.region,
                "contract": event.contract.value,
                "amount": event.amount,
                "recommended_on": event.on,
                "approved": None,
                "audited_on": None,
                "reason": None,
            }
            await conn.execute(
                insert(tables.signing)
                .values(**row)
                .on_conflict_do_update(constraint="signing_pkey", set_=row)
            )
        case SigningAudited():
            t = tables.signing.c
            await conn.execute(
                update(tables.signing)
                .where(t.ceremony == event.ceremony, t.project == event.project)
                .values(approved=event.approved, audited_on=event.on, reason=event.reason)
            )
        case _:
            assert_never(event)


async def signed(conn: AsyncConnection, event: ProjectStageReached | ProjectStageCorrected) -> None:
    """Sets the signing day if the step was signed at a ceremony."""
    if event.ceremony is not None:
        t = tables.signing.c
        await conn.execute(
            update(tables.signing)
            .where(t.ceremony == event.ceremony, t.project == event.project)
            .values(signed_on=event.on)
        )


async def unsigned(conn: AsyncConnection, event: ProjectStageCorrected) -> None:
    """Clears the signing day if the corrected step was a signing at a ceremony."""
    t = tables.signing.c
    await conn.execute(
        update(tables.signing)
        .where(
            t.project == event.project, t.contract == event.wrong_stage.value, t.signed_on == event.wrong_on
        )
        .values(signed_on=None)
    )
