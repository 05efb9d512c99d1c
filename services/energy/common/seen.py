"""What a list shows of things that belong to enterprises (table `enterprise` as e): those that the asker may see."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.access import visible
from shared.identity import Actor

SEEN = """
    AND (CAST(:regions AS text[]) IS NULL OR e.region = ANY (:regions))
    AND (CAST(:own AS text) IS NULL OR e.enterprise = :own)
    AND (CAST(:enterprise AS text) IS NULL OR e.enterprise = :enterprise)
"""


async def seen(conn: AsyncConnection, actor: Actor, enterprise: str | None = None) -> dict[str, Any]:
    """The parameters of `SEEN`; `enterprise`: this one only. Raises Problem 403 for who may see nothing here."""
    own, regions = await visible(conn, actor, None)
    return {"own": own, "regions": regions, "enterprise": enterprise}
