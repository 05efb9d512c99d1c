"""Funds and the applications to them."""

from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.money.award import AwardEvent
from services.projects.domain.money.balance import Balance
from services.projects.domain.money.fund import (
    FundAppropriationChanged,
    FundEvent,
    FundOpened,
    FundTermsChanged,
    SubsidyAssessed,
    SubsidyClosed,
    SubsidyEvent,
    SubsidyMoved,
    SubsidyRequested,
    movement_of,
)
from services.projects.inline import awards
from services.projects.inline.awards import moved


async def apply(conn: AsyncConnection, event: FundEvent) -> None:
    """Write what the event means into the tables. A fund's row takes the entry's balance as it stands in it."""
    match event:
        case FundOpened():
            await _opened(conn, event)
        case FundAppropriationChanged():
            await _balance(conn, event.fund, event.balance)
        case FundTermsChanged():
            pass  # terms are read from the fund's own history
        case SubsidyRequested():
            await _requested(conn, event)
        case SubsidyClosed():
            await _application(conn, event, closed=event.outcome.value)
        case _:
            if isinstance(event, AwardEvent):
                await awards.apply(conn, event)
            else:
                await _moved(conn, event)
            await _balance(conn, event.fund, event.balance)


async def _opened(conn: AsyncConnection, event: FundOpened) -> None:
    await conn.execute(
        insert(tables.fund).values(
            fund=event.fund,
            name=event.name,
            region=event.region,
            purpose=event.purpose,
            valid_from=event.valid_from,
            valid_to=event.valid_to,
            source=event.source,
            **_columns(event.balance),
        )
    )


async def _requested(conn: AsyncConnection, event: SubsidyRequested) -> None:
    await conn.execute(
        insert(tables.subsidy).values(
            fund=event.fund,
            application=event.application,
            project=event.project,
            region=event.region,
            enterprise=event.enterprise,
            aid=event.aid.value,
            base_kind=event.base_kind.value if event.base_kind else None,
            base=event.base,
            entitlement=event.entitlement,
            reserved=0,
            committed=0,
            paid=0,
            requested_on=event.on,
            last_on=event.on,
        )
    )


async def _moved(conn: AsyncConnection, event: SubsidyMoved) -> None:
    changes: dict[str, Any] = moved(tables.subsidy, movement_of(event))
    if isinstance(event, SubsidyAssessed):
        changes |= {"base": event.base, "entitlement": event.entitlement}
    await _application(conn, event, **changes)


async def _application(conn: AsyncConnection, event: SubsidyEvent, **changes: Any) -> None:
    t = tables.subsidy.c
    await conn.execute(
        update(tables.subsidy)
        .where(t.fund == event.fund, t.application == event.application)
        .values(last_on=event.on, **changes)
    )


async def _balance(conn: AsyncConnection, fund: str, balance: Balance) -> None:
    await conn.execute(update(tables.fund).where(tables.fund.c.fund == fund).values(**_columns(balance)))


def _columns(balance: Balance) -> dict[str, Any]:
    return {
        "appropriated": balance.appropriated,
        "reserved": balance.reserved,
        "committed": balance.committed,
        "paid": balance.paid,
    }
