"""Query over receipts: what became of everything that was pushed in a span of time."""

from datetime import datetime
from typing import Any

from sqlalchemy import text

from services.energy.access import seen_enterprise, visible
from services.energy.app.context import Energy
from services.energy.readings.arrivals import OUTCOMES
from shared.identity import Actor

# A POST received since then was also processed since then, so the index on processed_at narrows the search.
_TOTALS = text("""
    SELECT count(*) AS posts, coalesce(sum(r.accepted), 0) AS accepted,
           coalesce(sum(r.duplicate), 0) AS duplicate, coalesce(sum(r.revised), 0) AS revised,
           coalesce(sum(r.superseded), 0) AS superseded, coalesce(sum(r.quarantined), 0) AS quarantined,
           coalesce(sum(r.parked), 0) AS parked
    FROM receipt r LEFT JOIN enterprise e USING (enterprise)
    WHERE r.processed_at >= :since AND r.received_at >= :since
      AND (CAST(:before AS timestamptz) IS NULL OR r.received_at < :before)
      AND (CAST(:enterprise AS text) IS NULL OR r.enterprise = :enterprise)
      AND (CAST(:regions AS text[]) IS NULL OR e.region = ANY (:regions))
      AND (CAST(:own AS text) IS NULL OR r.enterprise = :own)
""")


async def totals(
    energy: Energy,
    actor: Actor,
    *,
    enterprise: str | None,
    region: str | None,
    since: datetime,
    before: datetime | None,
) -> dict[str, Any]:
    """POSTs that are worked off, and what became of their readings, of the enterprises that the actor may see."""
    async with energy.snapshots.connect() as conn:
        own, regions = await visible(conn, actor, region)
        if enterprise is not None:
            await seen_enterprise(conn, actor, enterprise)
        asked = {"since": since, "before": before, "enterprise": enterprise, "regions": regions, "own": own}
        row = (await conn.execute(_TOTALS, asked)).one()
    counts = {name: int(row._mapping[name]) for name in OUTCOMES}
    return {
        "since": since,
        "before": before,
        "posts": row.posts,
        "readings": sum(counts.values()),
        "counts": counts,
    }
