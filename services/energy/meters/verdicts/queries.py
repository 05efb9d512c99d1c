"""The question for parked intervals."""

from datetime import datetime
from typing import Literal

from pydantic import Field
from sqlalchemy import text

from services.energy.access import SEEN, seen
from services.energy.common.models import Answer, Cursor, Figure, Limit, Request, example
from services.energy.common.moments import moment
from services.energy.common.scale import plain
from services.energy.common.values import EnterpriseId, MeterId
from shared import lists
from shared.naming import Name
from shared.rpc import Call
from shared.service import Service

_SUSPECTS = text(f"""
    SELECT x.enterprise, x.meter, x.statistic_type, i.t0 AS begins, i.t AS ends, i.reason AS why, i.e AS energy,
           c.unit
    FROM suspect i JOIN series x USING (s) JOIN enterprise e USING (enterprise) JOIN carrier c USING (carrier)
    WHERE (x.meter, i.t * 4 + x.statistic_type) > (:after, :after_t)
      AND (CAST(:meter AS text) IS NULL OR x.meter = :meter) {SEEN}
    ORDER BY x.meter, i.t * 4 + x.statistic_type LIMIT :limit
""")


class ListSuspects(Request):
    """Which parked intervals."""

    model_config = example(enterprise="E-0042")

    enterprise: EnterpriseId | None = None
    meter: MeterId | None = None
    cursor: Cursor
    limit: Limit


class Suspect(Answer):
    """A parked interval: neither believed nor zeroed. `energy` is what is apart, in the carrier's unit."""

    enterprise: str
    enterprise_name: Name = None
    meter: str
    statistic_type: int
    start: datetime
    at: datetime = Field(description="its end; names it in resolve-suspect")
    why: Literal["jump", "backwards", "after_fall", "gap", "beyond"]
    energy: Figure
    unit: str


class SuspectPage(Answer):
    """A page of parked intervals, by meter and time."""

    items: list[Suspect]
    next_cursor: str | None


async def list_suspects(service: Service, call: Call, body: ListSuspects) -> SuspectPage:
    """jump: more than the capacity allows; backwards: the register fell; after_fall: what follows that, while nothing
    explains it; gap: over 31 days without a reading; beyond: more than anybody uses."""
    after, after_t = lists.read(body.cursor, str, int) if body.cursor else ("", 0)
    async with service.snapshots.connect() as conn:
        asked = {"after": after, "after_t": after_t, "meter": body.meter, "limit": body.limit + 1}
        rows = await conn.execute(_SUSPECTS, {**asked, **await seen(conn, call.actor, body.enterprise)})
        found = lists.cut(rows.all(), body.limit, lambda row: (row.meter, row.ends * 4 + row.statistic_type))
    items = [
        Suspect(
            enterprise=row.enterprise,
            meter=row.meter,
            statistic_type=row.statistic_type,
            start=moment(row.begins),
            at=moment(row.ends),
            why=row.why,
            energy=plain(row.energy),
            unit=row.unit,
        )
        for row in found.rows
    ]
    return SuspectPage(items=items, next_cursor=found.next_cursor)
