"""Questions about meters, narrowed to those of the enterprises that the asker may see."""

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy.access import SEEN, seen, seen_enterprise
from services.energy.common.models import Answer, Cursor, Limit, Request, example
from services.energy.common.values import CarrierCode, EnterpriseId, MeterId
from services.energy.meters.views import TABLE, Meter, of_row
from shared import lists
from shared.identity import Actor
from shared.problems import Problem, not_found
from shared.rpc import Call
from shared.service import Service

_LISTED = text(f"""
    SELECT m.* FROM meter m JOIN enterprise e USING (enterprise)
    WHERE m.meter > :after AND (CAST(:carrier AS text) IS NULL OR m.carrier = :carrier) {SEEN}
    ORDER BY m.meter LIMIT :limit
""")


class GetMeter(Request):
    """One meter."""

    model_config = example(meter="E-0042-EL1")

    meter: MeterId


class ListMeters(Request):
    """Which meters."""

    model_config = example(enterprise="E-0042")

    enterprise: EnterpriseId | None = None
    carrier: CarrierCode | None = None
    cursor: Cursor
    limit: Limit


class MeterPage(Answer):
    """A page of meters, in the order of their ids."""

    items: list[Meter]
    next_cursor: str | None


async def get_meter(service: Service, call: Call, body: GetMeter) -> Meter:
    """404 if it isn't there, and the same if it isn't yours to see."""
    async with service.snapshots.connect() as conn:
        return Meter(**of_row(dict((await seen_meter(conn, call.actor, body.meter))._mapping)))


async def list_meters(service: Service, call: Call, body: ListMeters) -> MeterPage:
    """Of the enterprises that you may see."""
    async with service.snapshots.connect() as conn:
        after = lists.read(body.cursor, str)[0] if body.cursor else ""
        asked = {"after": after, "carrier": body.carrier, "limit": body.limit + 1}
        rows = await conn.execute(_LISTED, {**asked, **await seen(conn, call.actor, body.enterprise)})
        found = lists.cut(rows.all(), body.limit, lambda row: (row.meter,))
    items = [Meter(**of_row(dict(row._mapping))) for row in found.rows]
    return MeterPage(items=items, next_cursor=found.next_cursor)


async def seen_meter(conn: AsyncConnection, actor: Actor, meter: str) -> Any:
    """The meter's row. Raises Problem 404 if it isn't there, and the same if it isn't the actor's to see."""
    row = (await conn.execute(select(TABLE).where(TABLE.c.meter == meter))).one_or_none()
    if row is None:
        raise not_found("meter", meter)
    try:
        await seen_enterprise(conn, actor, row.enterprise)
    except Problem as problem:
        raise not_found("meter", meter) from problem
    return row
