"""Questions about coefficients: those for all, and the enterprises' own that the caller may see."""

from pydantic import Field
from sqlalchemy import text

from services.energy.access import seen_regions
from services.energy.coefficients.views import CoefficientOut
from services.energy.common.models import Answer, Cursor, Limit, Request, example
from services.energy.common.values import Basis, CarrierCode, Day
from shared import lists
from shared.rpc import Call
from shared.service import Service

_COEFFICIENTS = text("""
    SELECT k.id, k.carrier, c.name, c.unit, k.basis, k.value AS kgce, k.edition, k.valid_from, k.valid_to,
           k.provisional, k.enterprise, k.source
    FROM coefficient k JOIN carrier c USING (carrier) LEFT JOIN enterprise e USING (enterprise)
    WHERE k.id > CAST(:after AS bigint) AND (CAST(:carrier AS text) IS NULL OR k.carrier = :carrier)
      AND (CAST(:on AS date) IS NULL OR (k.valid_from <= :on AND (k.valid_to IS NULL OR k.valid_to >= :on)))
      AND (CAST(:basis AS text) IS NULL OR k.basis IN (:basis, 'both'))
      AND (k.enterprise IS NULL OR k.enterprise = :own
           OR (:own IS NULL AND (CAST(:regions AS text[]) IS NULL OR e.region = ANY (:regions))))
    ORDER BY k.id LIMIT :limit
""")


class ListCoefficients(Request):
    """The coefficients that are known."""

    model_config = example(carrier="electricity", on="2013-01-15")

    carrier: CarrierCode | None = None
    on: Day | None = Field(default=None, description="only those valid on this day")
    basis: Basis | None = Field(default=None, description="those that serve this basis")
    cursor: Cursor
    limit: Limit


class CoefficientPage(Answer):
    """A page of coefficients, in the order in which they became known."""

    items: list[CoefficientOut]
    next_cursor: str | None


async def list_coefficients(service: Service, call: Call, body: ListCoefficients) -> CoefficientPage:
    """General ones, and the enterprises' own that the asker may see."""
    async with service.snapshots.connect() as conn:
        own = (call.actor.organisation or "") if call.actor.role == "enterprise" else None
        regions = None if own is not None else await seen_regions(conn, call.actor)
        rows = await conn.execute(
            _COEFFICIENTS,
            {
                "after": lists.read(body.cursor, int)[0] if body.cursor else 0,
                "carrier": body.carrier,
                "on": body.on,
                "basis": body.basis,
                "own": own,
                "regions": regions,
                "limit": body.limit + 1,
            },
        )
        found = lists.cut(rows.all(), body.limit, lambda row: (row.id,))
    items = [CoefficientOut(**row._mapping) for row in found.rows]
    return CoefficientPage(items=items, next_cursor=found.next_cursor)
