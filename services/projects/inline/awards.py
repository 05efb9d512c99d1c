"""Payments of awards. A row stands while its fund holds or has paid something: its key keeps other funds away."""

from typing import Any, assert_never

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.money.award import (
    AwardCommitted,
    AwardEvent,
    AwardPaid,
    AwardRecovered,
    AwardReleased,
    AwardReserved,
)


async def apply(conn: AsyncConnection, event: AwardEvent) -> None:
    """Write what the entry moves. Raises IntegrityError where another fund was faster."""
    t = tables.award_payment.c
    match event:
        case AwardReserved():
            await _reserved(conn, event)
            return
        case AwardCommitted():
            changes: dict[str, Any] = {
                "reserved": t.reserved - event.amount - event.released,
                "committed": t.committed + event.amount,
            }
        case AwardPaid():
            changes = {"committed": t.committed - event.amount, "paid": t.paid + event.amount}
        case AwardReleased():
            changes = {
                "reserved": t.reserved - event.of_reserved,
                "committed": t.committed - (event.amount - event.of_reserved),
            }
        case AwardRecovered():
            changes = {"paid": t.paid - event.amount}
        case _:
            assert_never(event)
    await conn.execute(
        update(tables.award_payment).where(t.award == event.award).values(last_on=event.on, **changes)
    )
    await conn.execute(
        delete(tables.award_payment).where(t.award == event.award, t.reserved + t.committed + t.paid == 0)
    )


async def _reserved(conn: AsyncConnection, event: AwardReserved) -> None:
    t = tables.award_payment.c
    more = (
        update(tables.award_payment)
        .where(t.award == event.award, t.fund == event.fund)
        .values(reserved=t.reserved + event.amount, last_on=event.on)
    )
    if (await conn.execute(more)).rowcount == 0:
        await conn.execute(
            insert(tables.award_payment).values(
                award=event.award,
                fund=event.fund,
                region=event.region,
                reserved=event.amount,
                committed=0,
                paid=0,
                last_on=event.on,
            )
        )
