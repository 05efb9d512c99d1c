"""What the references in this service's answers are called (`shared.naming`). The list of regions is public."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.regions.views import TABLE as REGION
from shared.identity import Actor
from shared.naming import Naming


async def _regions(conn: AsyncConnection, actor: Actor, ids: set[str]) -> Mapping[str, str]:
    t = REGION.c
    return {row.code: row.name for row in await conn.execute(select(t.code, t.name).where(t.code.in_(ids)))}


NAMES = Naming({"region": "region"}, {"region": _regions})
