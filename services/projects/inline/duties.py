"""What is owed: entries of the accounts, consequences, and days set by operators."""

from typing import Any, assert_never

from sqlalchemy import insert as plain_insert
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import tables
from services.projects.domain.duty_account import (
    DutyEntryWithdrawn,
    DutyEvent,
    DutyMissed,
    DutyReceived,
    DutyReminded,
    DutyWaived,
)
from services.projects.domain.duty_consequence import (
    DutyConsequenceCarriedOut,
    DutyConsequenceDrawn,
    DutyConsequenceLifted,
)
from services.projects.domain.duty_days import DutyDaySet


async def apply(conn: AsyncConnection, event: DutyEvent | DutyDaySet) -> None:
    """Write what the event means into the tables."""
    match event:
        case DutyReceived():
            await _entry(conn, event, received_on=event.received_on, evidence=event.evidence)
        case DutyWaived():
            await _entry(conn, event, waived=True, waiver_reason=event.reason)
        case DutyEntryWithdrawn(what="received"):
            await _entry(conn, event, received_on=None, evidence=None)
        case DutyEntryWithdrawn():
            await _entry(conn, event, waived=False, waiver_reason=None)
        case DutyReminded():
            await _entry(conn, event, reminded_on=event.on, reminded_before=event.days_before)
        case DutyMissed():
            await _entry(conn, event, missed_on=event.on)
        case DutyConsequenceDrawn():
            await conn.execute(
                plain_insert(tables.duty_consequence).values(
                    duty=event.duty,
                    region=event.region,
                    first_period=event.periods[0],
                    last_period=event.periods[-1],
                    periods=len(event.periods),
                    consequence=event.consequence,
                    drawn_on=event.on,
                )
            )
        case DutyConsequenceCarriedOut():
            await _consequence(
                conn,
                event,
                carried_out_on=event.on,
                evidence=event.evidence,
                document_period=event.document_period,
            )
        case DutyConsequenceLifted():
            await _consequence(conn, event, lifted_on=event.on, lift_reason=event.reason)
        case DutyDaySet():
            day = {"due_on": event.due_on}
            row = {"plan": event.plan, "duty": event.duty, "period": event.period, **day}
            statement = insert(tables.duty_day).values(**row)
            await conn.execute(
                statement.on_conflict_do_update(index_elements=["plan", "duty", "period"], set_=day)
            )
        case _:
            assert_never(event)


async def _consequence(
    conn: AsyncConnection, event: DutyConsequenceCarriedOut | DutyConsequenceLifted, **changes: Any
) -> None:
    table = tables.duty_consequence
    key = (table.c.duty == event.duty, table.c.region == event.region)
    await conn.execute(update(table).where(*key, table.c.last_period == event.last_period).values(**changes))


async def _entry(
    conn: AsyncConnection,
    event: DutyReceived | DutyWaived | DutyEntryWithdrawn | DutyReminded | DutyMissed,
    **changes: Any,
) -> None:
    key = {"duty": event.duty, "region": event.region, "period": event.period}
    statement = insert(tables.duty_entry).values(**key, **changes)
    await conn.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changes))
