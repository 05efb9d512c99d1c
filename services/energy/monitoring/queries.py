"""The question for the coverage of online monitoring."""

from datetime import date, datetime, timedelta

from pydantic import Field
from sqlalchemy import text

from services.energy.access import visible
from services.energy.common.models import Answer, Cursor, Figure, Limit, Request, example
from services.energy.common.values import Day, RegionCode
from shared import lists
from shared.naming import Name
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

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


class GetCoverage(Request):
    """Coverage of online monitoring on a day."""

    model_config = example(region="350100", day="2013-01-15")

    region: RegionCode | None = None
    day: Day | None = Field(default=None, description="none: yesterday, the last closed day")
    cursor: Cursor
    limit: Limit


class CoveredUser(Answer):
    """A key user's verdict of the day. `online` is null while the day isn't judged."""

    enterprise: str
    name: str
    region: str
    region_name: Name = None
    tce: Figure
    online: bool | None
    reason: str | None = Field(description="same_day_data, no_same_day_data, or same_day_data_processed_late")
    silent_since: datetime | None


class Coverage(Answer):
    """How many of the list in force on that day were online, and each of them, a page at a time."""

    day: date
    list_year: int
    basis: str
    key_users: int
    online: int
    not_online: int
    not_judged: int
    items: list[CoveredUser]
    next_cursor: str | None


async def coverage(service: Service, call: Call, body: GetCoverage) -> Coverage:
    """A day is online only if its real-time data arrived on that very day; a later backfill makes the figures
    complete and never makes the day online (G-10)."""
    day = body.day or service.today() - timedelta(days=1)
    async with service.snapshots.connect() as conn:
        own, regions = await visible(conn, call.actor, body.region)
        listed = (await conn.execute(_LIST, {"year": day.year})).one_or_none()
        if listed is None:
            raise not_found("list of key energy users for", str(day.year), "It hasn't been designated yet.")
        asked = {"year": listed.year, "day": day, "regions": regions, "own": own}
        counts = (await conn.execute(_COUNT, asked)).one()
        after = lists.read(body.cursor, str)[0] if body.cursor else ""
        rows = await conn.execute(_ITEMS, {**asked, "after": after, "limit": body.limit + 1})
        users = lists.cut(rows.all(), body.limit, lambda row: (row.enterprise,))
    return Coverage(
        day=day,
        list_year=listed.year,
        basis=listed.basis,
        **counts._mapping,
        items=[CoveredUser(**row._mapping) for row in users.rows],
        next_cursor=users.next_cursor,
    )
