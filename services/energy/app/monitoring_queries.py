"""Queries on the coverage of online monitoring."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from services.energy.access import visible
from services.energy.app.context import Energy
from services.energy.common.paging import page
from shared.identity import Actor
from shared.problems import not_found

_LIST = text("SELECT year, basis FROM key_user_list WHERE year <= :year ORDER BY year DESC LIMIT 1")
_FROM = """
    FROM key_user k JOIN enterprise e USING (enterprise)
    LEFT JOIN coverage_day c ON c.enterprise = k.enterprise AND c.day = :day
    LEFT JOIN feed_state f ON f.enterprise = k.enterprise
    WHERE k.year = :year
      AND (CAST(:regions AS text[]) IS NULL OR e.region = ANY (:regions))
      AND (CAST(:own AS text) IS NULL OR k.enterprise = :own)
"""
_COUNT = text(f"""
    SELECT count(*) AS key_users, count(*) FILTER (WHERE c.online) AS online,
           count(*) FILTER (WHERE NOT c.online) AS not_online,
           count(*) FILTER (WHERE c.online IS NULL) AS not_judged {_FROM}
""")
_ITEMS = text(f"""
    SELECT k.enterprise, e.name, e.region, k.tce, c.online, c.reason, f.silent_since {_FROM}
      AND k.enterprise > :after ORDER BY k.enterprise LIMIT :limit
""")


async def coverage(
    energy: Energy, actor: Actor, region: str | None, day: date | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """The verdicts of one day on the list in force then; 404 where there is no list yet."""
    day = day or energy.today() - timedelta(days=1)
    async with energy.snapshots.connect() as conn:
        own, regions = await visible(conn, actor, region)
        listed = (await conn.execute(_LIST, {"year": day.year})).one_or_none()
        if listed is None:
            raise not_found("list of key energy users for", str(day.year), "It hasn't been designated yet.")
        asked = {"year": listed.year, "day": day, "regions": regions, "own": own}
        counts = (await conn.execute(_COUNT, asked)).one()
        rows = await conn.execute(_ITEMS, {**asked, "after": cursor or "", "limit": limit + 1})
        return {
            "day": day,
            "list_year": listed.year,
            "basis": listed.basis,
            **counts._mapping,
            **page([dict(row._mapping) for row in rows], limit, lambda row: str(row["enterprise"])),
        }
