"""What the references in this service's answers are called, for who may know it (`shared.naming`).

Names of enterprises only if the actor may see them; regions and energy carriers are public. Meters have no names.
"""

from collections.abc import Mapping

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.access import visible
from services.energy.enterprises.views import TABLE as ENTERPRISE
from services.energy.plan.views import REGION
from shared.identity import Actor
from shared.naming import Naming

_CARRIERS = text("SELECT carrier, name FROM carrier WHERE carrier = ANY (:ids)")


async def _regions(conn: AsyncConnection, actor: Actor, ids: set[str]) -> Mapping[str, str]:
    t = REGION.c
    return {row.code: row.name for row in await conn.execute(select(t.code, t.name).where(t.code.in_(ids)))}


async def _carriers(conn: AsyncConnection, actor: Actor, ids: set[str]) -> Mapping[str, str]:
    return {row.carrier: row.name for row in await conn.execute(_CARRIERS, {"ids": sorted(ids)})}


async def _enterprises(conn: AsyncConnection, actor: Actor, ids: set[str]) -> Mapping[str, str]:
    t = ENTERPRISE.c
    own, regions = await visible(conn, actor, None)
    query = select(t.enterprise, t.name).where(t.enterprise.in_(ids))
    if own is not None:
        query = query.where(t.enterprise == own)
    if regions is not None:
        query = query.where(t.region.in_(regions))
    return {row.enterprise: row.name for row in await conn.execute(query)}


NAMES = Naming(
    {"region": "region", "enterprise": "enterprise", "carrier": "carrier"},
    {"region": _regions, "enterprise": _enterprises, "carrier": _carriers},
)
