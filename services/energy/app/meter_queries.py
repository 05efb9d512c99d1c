"""Queries on meters, on parked intervals and on the quarantine, narrowed to what the asker may see."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text

from services.energy import tables
from services.energy.access import seen_enterprise, visible
from services.energy.app.context import Energy
from services.energy.common.paging import number, page, pair
from services.energy.common.scale import EXTREME, VOID, amount_of, plain
from shared.identity import Actor
from shared.problems import Problem, not_found

_SEEN = """
    AND (CAST(:regions AS text[]) IS NULL OR e.region = ANY (:regions))
    AND (CAST(:own AS text) IS NULL OR e.enterprise = :own)
    AND (CAST(:enterprise AS text) IS NULL OR e.enterprise = :enterprise)
"""
_LISTED = text(f"""
    SELECT m.* FROM meter m JOIN enterprise e USING (enterprise)
    WHERE m.meter > :after AND (CAST(:carrier AS text) IS NULL OR m.carrier = :carrier) {_SEEN}
    ORDER BY m.meter LIMIT :limit
""")
_SUSPECTS = text(f"""
    SELECT x.enterprise, x.meter, x.statistic_type, i.t0 AS begins, i.t AS ends, i.reason AS why, i.e AS energy,
           c.unit
    FROM suspect i JOIN series x USING (s) JOIN enterprise e USING (enterprise) JOIN carrier c USING (carrier)
    WHERE (x.meter, i.t * 4 + x.statistic_type) > (:after, :after_t)
      AND (CAST(:meter AS text) IS NULL OR x.meter = :meter) {_SEEN}
    ORDER BY x.meter, i.t * 4 + x.statistic_type LIMIT :limit
""")
_KEPT = """
    SELECT q.id, q.enterprise, q.meter, q.statistic_type, q.t AS seconds, q.v AS kept, q.reason,
           q.sent_time, q.sent_value,
           q.receipt::text AS receipt, q.item, q.received_at, q.state,
           coalesce(nullif(q.unit, ''), m.unit, '') AS unit
    FROM quarantine q JOIN enterprise e USING (enterprise)
    LEFT JOIN meter m ON m.meter = q.meter AND m.enterprise = q.enterprise
"""
_QUARANTINED = text(f"{_KEPT} WHERE q.id = :id {_SEEN}")
_QUARANTINE = text(f"""
    {_KEPT}
    WHERE q.id > :after AND q.state = :state
      AND (CAST(:meter AS text) IS NULL OR q.meter = :meter)
      AND (CAST(:reason AS text) IS NULL OR q.reason = :reason) {_SEEN}
    ORDER BY q.id LIMIT :limit
""")


async def get(energy: Energy, actor: Actor, meter: str) -> dict[str, Any]:
    """One meter, if its enterprise is the actor's to see."""
    async with energy.snapshots.connect() as conn:
        row = (await conn.execute(select(tables.meter).where(tables.meter.c.meter == meter))).one_or_none()
        if row is None:
            raise not_found("meter", meter)
        try:
            await seen_enterprise(conn, actor, row.enterprise)
        except Problem as problem:
            raise not_found("meter", meter) from problem
        return _meter(row)


async def listed(
    energy: Energy,
    actor: Actor,
    enterprise: str | None,
    carrier: str | None,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """A page of meters of enterprises that the actor may see."""
    async with energy.snapshots.connect() as conn:
        own, regions = await visible(conn, actor, None)
        rows = await conn.execute(
            _LISTED,
            {
                "after": cursor or "",
                "carrier": carrier,
                "own": own,
                "regions": regions,
                "enterprise": enterprise,
                "limit": limit + 1,
            },
        )
        return page([_meter(row) for row in rows], limit, lambda row: str(row["meter"]))


async def suspects(
    energy: Energy, actor: Actor, enterprise: str | None, meter: str | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """A page of parked intervals."""
    after, after_t = pair(cursor)
    async with energy.snapshots.connect() as conn:
        own, regions = await visible(conn, actor, None)
        rows = await conn.execute(
            _SUSPECTS,
            {
                "after": after,
                "after_t": after_t,
                "meter": meter,
                "own": own,
                "regions": regions,
                "enterprise": enterprise,
                "limit": limit + 1,
            },
        )
        items = [
            {
                **row._mapping,
                "start": datetime.fromtimestamp(row.begins, UTC),
                "at": datetime.fromtimestamp(row.ends, UTC),
                "energy": plain(row.energy),
            }
            for row in rows
        ]
        return page(items, limit, lambda row: f"{row['meter']}|{row['ends'] * 4 + row['statistic_type']}")


async def quarantine(
    energy: Energy,
    actor: Actor,
    enterprise: str | None,
    meter: str | None,
    reason: str | None,
    state: str,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """A page of quarantined readings."""
    async with energy.snapshots.connect() as conn:
        own, regions = await visible(conn, actor, None)
        rows = await conn.execute(
            _QUARANTINE,
            {
                "after": number(cursor),
                "meter": meter,
                "reason": reason,
                "state": state,
                "own": own,
                "regions": regions,
                "enterprise": enterprise,
                "limit": limit + 1,
            },
        )
        return page([_kept(row) for row in rows], limit, lambda row: str(row["id"]))


async def quarantined(energy: Energy, actor: Actor, reading: int) -> dict[str, Any]:
    """One quarantined reading, whatever its state. Raises Problem 404 for one that isn't the actor's to see."""
    async with energy.snapshots.connect() as conn:
        own, regions = await visible(conn, actor, None)
        found = await conn.execute(
            _QUARANTINED, {"id": reading, "own": own, "regions": regions, "enterprise": None}
        )
        row = found.one_or_none()
        if row is None:
            raise not_found("quarantined reading", str(reading))
        return _kept(row)


def _at(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _kept(row: Any) -> dict[str, Any]:
    return {
        **row._mapping,
        # A device may say anything: what no calendar and no column holds is null, beside the text that was sent.
        "at": _at(row.seconds),
        "value": amount_of(row.kept) if row.kept != VOID and abs(row.kept) < EXTREME else None,
    }


def _meter(row: Any) -> dict[str, Any]:
    fields = dict(row._mapping)
    life: dict[str, Any] = fields.pop("life") or {}
    fields["aliases"] = life.get("before", life).get("aliases", [])
    calibration = {"last": fields.pop("calibrated_on"), "next": fields.pop("calibration_due")}
    return {**fields, "calibration": calibration}
