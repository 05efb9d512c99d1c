"""The energy carriers (能源品种) that the loaded plans know."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.common.refusal import Refused

_KNOWN = text("SELECT carrier, unit FROM carrier ORDER BY carrier")


async def carrier_unit(conn: AsyncConnection, carrier: str) -> str:
    """The unit that a carrier is counted in. Raises Refused, which lists the carriers that there are."""
    known = {row.carrier: str(row.unit) for row in await conn.execute(_KNOWN)}
    if carrier not in known:
        raise Refused(
            "unknown-carrier",
            f"No loaded plan has a coefficient for the carrier {carrier!r}.",
            remedy=f"Known: {', '.join(known)}." if known else "Load the plan first: shengji plan load.",
            where="carrier",
        )
    return known[carrier]
