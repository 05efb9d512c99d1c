"""Firms invited to signing ceremonies."""

from typing import assert_never

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.guest_list import FirmInvited, GuestListEvent, InvitationAnswered


async def apply(conn: AsyncConnection, event: GuestListEvent) -> None:
    """Write what the event means into the table."""
    t = tables.invitation.c
    match event:
        case FirmInvited():
            await conn.execute(
                insert(tables.invitation).values(
                    ceremony=event.ceremony,
                    firm=event.firm,
                    name=event.name,
                    region=event.region,
                    categories=[each.value for each in event.categories],
                    invited_on=event.on,
                    reason="",
                )
            )
        case InvitationAnswered():
            await conn.execute(
                update(tables.invitation)
                .where(t.ceremony == event.ceremony, t.firm == event.firm)
                .values(attends=event.attends, answered_on=event.on, reason=event.reason)
            )
        case _:
            assert_never(event)
