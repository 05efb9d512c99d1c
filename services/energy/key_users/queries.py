"""The key energy users of a year, narrowed to those that the caller may see."""

from sqlalchemy import select, text

from services.energy.access import visible
from services.energy.common.models import Answer, Cursor, Limit, Request, example
from services.energy.common.values import RegionCode, Year
from services.energy.key_users.views import KEY_USER_LIST, KeyUserOut
from shared import lists
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

_KEY_USERS = text("""
    SELECT k.enterprise, k.region, k.tce, k.category, k.reason
    FROM key_user k JOIN enterprise e USING (enterprise)
    WHERE k.year = :year AND k.enterprise > :after
      AND (CAST(:regions AS text[]) IS NULL OR e.region = ANY (:regions))
      AND (CAST(:own AS text) IS NULL OR k.enterprise = :own)
    ORDER BY k.enterprise LIMIT :limit
""")


class GetKeyUsers(Request):
    """The list of a year, as far as you may see it."""

    model_config = example(year=2013, region="350100")

    year: Year
    region: RegionCode | None = None
    cursor: Cursor
    limit: Limit


class KeyUserPage(Answer):
    """The list's head, and a page of its lines in the order of the enterprises' ids."""

    year: int
    basis: str
    source: str
    revision: int
    revision_reason: str | None
    items: list[KeyUserOut]
    next_cursor: str | None


async def get_key_users(service: Service, call: Call, body: GetKeyUsers) -> KeyUserPage:
    """A list with a year: who falls below the line stays on it until the next list."""
    async with service.snapshots.connect() as conn:
        own, regions = await visible(conn, call.actor, body.region)
        head = KEY_USER_LIST
        found = (await conn.execute(select(head).where(head.c.year == body.year))).one_or_none()
        if found is None:
            raise not_found("list of key energy users of", str(body.year), "It hasn't been designated yet.")
        rows = await conn.execute(
            _KEY_USERS,
            {
                "year": body.year,
                "after": lists.read(body.cursor, str)[0] if body.cursor else "",
                "regions": regions,
                "own": own,
                "limit": body.limit + 1,
            },
        )
        users = lists.cut(rows.all(), body.limit, lambda row: (row.enterprise,))
    items = [KeyUserOut(**row._mapping) for row in users.rows]
    return KeyUserPage(**found._mapping, items=items, next_cursor=users.next_cursor)
