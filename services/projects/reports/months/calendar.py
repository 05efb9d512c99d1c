"""When the books of a month close (关账), by the rule and by what the province decided."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.duty import CITY_REPORT, due_on, find, last_day
from services.projects.common.memory import remembers
from services.projects.plan import reference
from services.projects.reports.months.facts import Books, ClosingRule, Reopening
from services.projects.reports.months.views import TABLE

RULE = "reporting_months"


@remembers
async def report_due(conn: AsyncConnection, month: str) -> date | None:
    """The day by which the cities' reports of the month are due; None: nothing is owed for it."""
    duty = find(await reference.duties(conn, CITY_REPORT), CITY_REPORT, month)
    return due_on(duty, month) if duty else None


@remembers
async def open_until(conn: AsyncConnection, month: str) -> date | None:
    """The last day on which a month is open, by the rule in force on the month's last day; None: no rule."""
    due = await report_due(conn, month)
    on = last_day(month)
    if due is None or not any(rule.holds(on) for rule in await reference.rules(conn, RULE)):
        return None
    return (await reference.parameters(conn, RULE, on, ClosingRule)).open_until(due)


@remembers
async def books(conn: AsyncConnection, month: str) -> Books:
    """The province's decisions about the month."""
    row = (await conn.execute(select(TABLE).where(TABLE.c.month == month))).mappings().one_or_none()
    return Books() if row is None else books_of(dict(row))


def books_of(row: Mapping[str, Any]) -> Books:
    """A row of the table."""
    return Books(
        row["closed_on"],
        tuple(
            Reopening(each["region"], date.fromisoformat(str(each["until"])), each["reason"])
            for each in row["reopenings"]
        ),
        row["month"],
        row["reason"],
    )


async def closed_since(conn: AsyncConnection, month: str, region: str, today: date) -> date | None:
    """The day since which the city may not report or correct the month; None: the month is open."""
    known = await books(conn, month)
    if known.reopened_until(region, today) is not None:
        return None
    return known.closed_since(today, await open_until(conn, month))
