"""Queries on enterprises and key users, narrowed to what the asker may see."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.energy import tables
from services.energy.access import seen_enterprise, seen_regions
from services.energy.app.context import Energy
from services.energy.common.paging import page
from shared.identity import Actor
from shared.problems import not_found

_LISTED = text("""
    SELECT e.enterprise, e.name, e.region, e.industry, k.tce AS key_user_tce, c.online, f.silent_since
    FROM enterprise e
    LEFT JOIN key_user k ON k.enterprise = e.enterprise AND k.year = :year
    LEFT JOIN coverage_day c ON c.enterprise = e.enterprise AND c.day = :day
    LEFT JOIN feed_state f ON f.enterprise = e.enterprise
    WHERE e.enterprise > :after
      AND (CAST(:regions AS text[]) IS NULL OR e.region = ANY (:regions))
      AND (CAST(:own AS text) IS NULL OR e.enterprise = :own)
      AND (CAST(:one AS text) IS NULL OR e.enterprise = :one)
      AND (NOT :only_key_users OR k.enterprise IS NOT NULL)
      AND (CAST(:online AS boolean) IS NULL OR c.online = :online)
    ORDER BY e.enterprise LIMIT :limit
""")
_FEED = text("""
    SELECT (SELECT count(*) FROM meter WHERE enterprise = :e AND retired_at IS NULL) AS meters,
           (SELECT silent_since FROM feed_state WHERE enterprise = :e) AS silent_since,
           to_timestamp(max(d.last_t)) AS last_reading_at, max(d.last_received_at) AS last_received_at
    FROM (SELECT last_t, last_received_at FROM feed_day WHERE enterprise = :e ORDER BY day DESC LIMIT 3) d
""")
_KEY_USERS = text("""
    SELECT k.enterprise, k.region, k.tce, k.category, k.reason
    FROM key_user k JOIN enterprise e USING (enterprise)
    WHERE k.year = :year AND k.enterprise > :after
      AND (CAST(:regions AS text[]) IS NULL OR e.region = ANY (:regions))
      AND (CAST(:own AS text) IS NULL OR k.enterprise = :own)
    ORDER BY k.enterprise LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which enterprises a list shows."""

    region: str | None
    enterprise: str | None
    key_user_year: int | None
    online: bool | None
    day: date | None
    cursor: str | None
    limit: int


async def get(energy: Energy, actor: Actor, enterprise: str) -> dict[str, Any]:
    """One enterprise with its identifiers, its lines on lists of key users, and its feed."""
    async with energy.snapshots.connect() as conn:
        row = await seen_enterprise(conn, actor, enterprise)
        code = tables.external_id
        codes = await conn.execute(
            select(code).where(code.c.enterprise == enterprise).order_by(code.c.valid_from, code.c.value)
        )
        listed, head = tables.key_user, tables.key_user_list
        lines = await conn.execute(
            select(listed.c.year, listed.c.tce, listed.c.category, head.c.basis)
            .join(head, head.c.year == listed.c.year)
            .where(listed.c.enterprise == enterprise)
            .order_by(listed.c.year)
        )
        feed = (await conn.execute(_FEED, {"e": enterprise})).one()
        return {
            **row._mapping,
            "external_ids": [dict(one._mapping) for one in codes],
            "key_user": [dict(one._mapping) for one in lines],
            "feed": dict(feed._mapping),
        }


async def listed(energy: Energy, actor: Actor, wanted: Filter) -> dict[str, Any]:
    """A page of enterprises that the actor may see."""
    async with energy.snapshots.connect() as conn:
        own, regions = await visible(conn, actor, wanted.region)
        rows = await conn.execute(
            _LISTED,
            {
                "year": wanted.key_user_year or energy.today().year,
                "day": wanted.day or energy.today() - timedelta(days=1),
                "after": wanted.cursor or "",
                "regions": regions,
                "own": own,
                "one": wanted.enterprise,
                "only_key_users": wanted.key_user_year is not None,
                "online": wanted.online,
                "limit": wanted.limit + 1,
            },
        )
        return page([dict(row._mapping) for row in rows], wanted.limit, lambda row: str(row["enterprise"]))


async def key_users(
    energy: Energy, actor: Actor, year: int, region: str | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """The list of a year, of enterprises that the actor may see. 404 if there is none."""
    async with energy.snapshots.connect() as conn:
        own, regions = await visible(conn, actor, region)
        head = tables.key_user_list
        found = (
            await conn.execute(
                select(
                    head.c.year, head.c.basis, head.c.source, head.c.revision, head.c.revision_reason
                ).where(head.c.year == year)
            )
        ).one_or_none()
        if found is None:
            raise not_found("list of key energy users of", str(year), "It hasn't been designated yet.")
        rows = await conn.execute(
            _KEY_USERS,
            {"year": year, "after": cursor or "", "regions": regions, "own": own, "limit": limit + 1},
        )
        return {
            **found._mapping,
            **page([dict(row._mapping) for row in rows], limit, lambda row: str(row["enterprise"])),
        }


async def visible(
    conn: AsyncConnection, actor: Actor, within: str | None
) -> tuple[str | None, list[str] | None]:
    """The actor's limits as (own enterprise, regions); None means no limit of that kind."""
    own = (actor.organisation or "") if actor.role == "enterprise" else None
    return own, await seen_regions(conn, actor, within)
