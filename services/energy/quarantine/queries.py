"""Questions about quarantined readings, narrowed to those of the enterprises that the asker may see."""

from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import text

from services.energy.access import SEEN, seen
from services.energy.common.models import Answer, Cursor, Limit, Request, example
from services.energy.common.values import EnterpriseId, Line
from services.energy.quarantine.decisions import ReadingId
from services.energy.quarantine.views import Quarantined, of_row
from shared import lists
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

_KEPT = """
    SELECT q.id, q.enterprise, q.meter, q.statistic_type, q.t AS seconds, q.v AS kept, q.reason,
           q.sent_time, q.sent_value,
           q.receipt::text AS receipt, q.item, q.received_at, q.state,
           coalesce(nullif(q.unit, ''), m.unit, '') AS unit
    FROM quarantine q JOIN enterprise e USING (enterprise)
    LEFT JOIN meter m ON m.meter = q.meter AND m.enterprise = q.enterprise
"""
_ONE = text(f"{_KEPT} WHERE q.id = :id {SEEN}")
_LISTED = text(f"""
    {_KEPT}
    WHERE q.id > :after AND q.state = :state
      AND (CAST(:meter AS text) IS NULL OR q.meter = :meter)
      AND (CAST(:reason AS text) IS NULL OR q.reason = :reason) {SEEN}
    ORDER BY q.id LIMIT :limit
""")


class GetQuarantined(Request):
    """Which reading."""

    model_config = example(reading=17)

    reading: ReadingId


class ListQuarantine(Request):
    """Which quarantined readings."""

    model_config = example(enterprise="E-0042", reason="unknown_meter")

    enterprise: EnterpriseId | None = None
    meter: Annotated[Line | None, Field(max_length=200)] = None
    reason: Annotated[
        str | None, Field(pattern=r"^[a-z_]{1,40}$", description="e.g. unknown_meter, ahead_of_clock")
    ] = None
    state: Literal["held", "releasing", "released", "dropped"] = "held"
    cursor: Cursor
    limit: Limit


class QuarantinePage(Answer):
    """A page of quarantined readings, in the order in which they came."""

    items: list[Quarantined]
    next_cursor: str | None


async def get_quarantined(service: Service, call: Call, body: GetQuarantined) -> Quarantined:
    """One reading with its reason, its receipt and its state."""
    async with service.snapshots.connect() as conn:
        found = await conn.execute(_ONE, {"id": body.reading, **await seen(conn, call.actor)})
        row = found.one_or_none()
    if row is None:
        raise not_found("quarantined reading", str(body.reading))
    return Quarantined.model_validate(of_row(row))


async def list_quarantine(service: Service, call: Call, body: ListQuarantine) -> QuarantinePage:
    """Kept with their reason; what a registration cures is released by it."""
    asked = {
        "after": lists.read(body.cursor, int)[0] if body.cursor else 0,
        "meter": body.meter,
        "reason": body.reason,
        "state": body.state,
        "limit": body.limit + 1,
    }
    async with service.snapshots.connect() as conn:
        rows = await conn.execute(_LISTED, {**asked, **await seen(conn, call.actor, body.enterprise)})
        found = lists.cut(rows.all(), body.limit, lambda row: (row.id,))
    items = [Quarantined.model_validate(of_row(row)) for row in found.rows]
    return QuarantinePage(items=items, next_cursor=found.next_cursor)
