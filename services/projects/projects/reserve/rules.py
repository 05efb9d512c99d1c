"""The rules of the reserve library, as the plan brings them."""

from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.plan import reference
from services.projects.projects.reserve.decisions import ReserveRule, ScreeningRule
from services.projects.projects.reserve.decisions import check_threshold as check

LIBRARY = "reserve_library"
SILENCE = "reserve_silence"


async def library(conn: AsyncConnection, on: date) -> ReserveRule:
    """The rule of the library on that day. Raises Refused without one."""
    return await reference.parameters(conn, LIBRARY, on, ReserveRule)


async def screening(conn: AsyncConnection, scheme: str, on: date) -> ScreeningRule:
    """The rule of a screening on that day. Raises Refused without one."""
    return await reference.parameters(conn, f"screening_{scheme}", on, ScreeningRule)


async def check_threshold(conn: AsyncConnection, register: str, total_investment: Decimal, on: date) -> None:
    """Raises Refused if a project is too small for that register of the library on that day (TR-18)."""
    if any(rule.holds(on) for rule in await reference.rules(conn, LIBRARY)):
        check(await library(conn, on), register, total_investment)
