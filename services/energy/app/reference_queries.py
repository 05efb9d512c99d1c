"""Queries on reference data."""

from datetime import date
from typing import Any

from sqlalchemy import text

from services.energy.access import seen_regions
from services.energy.app.context import Energy
from services.energy.common.paging import number, page
from shared.identity import Actor

_COEFFICIENTS = text("""
    SELECT k.id, k.carrier, c.name, c.unit, k.basis, k.value AS kgce, k.edition, k.valid_from, k.valid_to,
           k.provisional, k.enterprise, k.source
    FROM coefficient k JOIN carrier c USING (carrier) LEFT JOIN enterprise e USING (enterprise)
    WHERE k.id > :after AND (CAST(:carrier AS text) IS NULL OR k.carrier = :carrier)
      AND (CAST(:on AS date) IS NULL OR (k.valid_from <= :on AND (k.valid_to IS NULL OR k.valid_to >= :on)))
      AND (CAST(:basis AS text) IS NULL OR k.basis IN (:basis, 'both'))
      AND (k.enterprise IS NULL OR k.enterprise = :own
           OR (:own IS NULL AND (CAST(:regions AS text[]) IS NULL OR e.region = ANY (:regions))))
    ORDER BY k.id LIMIT :limit
""")


async def coefficients(
    energy: Energy,
    actor: Actor,
    carrier: str | None,
    on: date | None,
    basis: str | None,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """A page of coefficients that the actor may see."""
    async with energy.snapshots.connect() as conn:
        own = (actor.organisation or "") if actor.role == "enterprise" else None
        regions = None if own is not None else await seen_regions(conn, actor)
        rows = await conn.execute(
            _COEFFICIENTS,
            {
                "after": number(cursor),
                "carrier": carrier,
                "on": on,
                "basis": basis,
                "own": own,
                "regions": regions,
                "limit": limit + 1,
            },
        )
        return page([dict(row._mapping) for row in rows], limit, lambda row: str(row["id"]))
