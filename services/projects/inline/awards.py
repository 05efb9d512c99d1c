"""Payments of awards. A row stands while its fund holds or has paid something: its key keeps other funds away."""

from typing import Any

from sqlalchemy import ColumnElement, Table, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.money.award import AwardEvent, AwardReserved
from services.projects.domain.money.fund import movement_of
from services.projects.domain.money.movement import Movement


def moved(table: Table, entry: Movement) -> dict[str, ColumnElement[Any]]:
    """The parts of a row after an entry."""
    return {name: table.c[name] + getattr(entry, name) for name in ("reserved", "committed", "paid")}


async def apply(conn: AsyncConnection, event: AwardEvent) -> None:
    """Write what the entry moves. Raises IntegrityError where another fund was faster."""
    t = tables.award_payment.c
    change = update(tables.award_payment).where(t.award == event.award, t.fund == event.fund)
    change = change.values(last_on=event.on, **moved(tables.award_payment, movement_of(event)))
    if (await conn.execute(change)).rowcount == 0 and isinstance(event, AwardReserved):
        await _reserved(conn, event)
    await conn.execute(
        delete(tables.award_payment).where(t.award == event.award, t.reserved + t.committed + t.paid == 0)
    )


async def _reserved(conn: AsyncConnection, event: AwardReserved) -> None:
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
