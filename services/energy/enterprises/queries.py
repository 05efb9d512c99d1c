"""Questions about enterprises, narrowed to those that the caller may see."""

from datetime import timedelta

from pydantic import Field
from sqlalchemy import select, text

from services.energy.access import seen_enterprise, visible
from services.energy.common.models import Answer, Cursor, Limit, Request, example
from services.energy.common.values import Day, EnterpriseId, RegionCode, Year
from services.energy.enterprises.views import EXTERNAL_ID, EnterpriseDetail, EnterpriseItem
from services.energy.key_users.views import KEY_USER, KEY_USER_LIST
from shared import lists
from shared.rpc import Call
from shared.service import Service

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


class GetEnterprise(Request):
    """One enterprise."""

    model_config = example(enterprise="E-0042")

    enterprise: EnterpriseId


class ListEnterprises(Request):
    """Which enterprises."""

    model_config = example(region="350100", key_user_year=2013, online=True, limit=50)

    region: RegionCode | None = Field(default=None, description="lies in this region or under it")
    enterprise: EnterpriseId | None = Field(default=None, description="just this one")
    key_user_year: Year | None = Field(default=None, description="on the list of key users of this year")
    online: bool | None = Field(default=None, description="counted as online on `day`, or not")
    day: Day | None = Field(
        default=None, description="day for `online`; none: yesterday, the last closed day"
    )
    cursor: Cursor
    limit: Limit


class EnterprisePage(Answer):
    """A page of enterprises, in the order of their ids."""

    items: list[EnterpriseItem]
    next_cursor: str | None


async def get_enterprise(service: Service, call: Call, body: GetEnterprise) -> EnterpriseDetail:
    """404 if it isn't there, and the same if it isn't yours to see."""
    enterprise = body.enterprise
    async with service.snapshots.connect() as conn:
        row = await seen_enterprise(conn, call.actor, enterprise)
        code = EXTERNAL_ID.c
        codes = await conn.execute(
            select(EXTERNAL_ID).where(code.enterprise == enterprise).order_by(code.valid_from, code.value)
        )
        listed, head = KEY_USER.c, KEY_USER_LIST.c
        lines = await conn.execute(
            select(listed.year, listed.tce, listed.category, head.basis)
            .join(KEY_USER_LIST, head.year == listed.year)
            .where(listed.enterprise == enterprise)
            .order_by(listed.year)
        )
        feed = (await conn.execute(_FEED, {"e": enterprise})).one()
        return EnterpriseDetail.model_validate(
            {
                **row._mapping,
                "external_ids": [one._mapping for one in codes],
                "key_user": [one._mapping for one in lines],
                "feed": feed._mapping,
            }
        )


async def list_enterprises(service: Service, call: Call, body: ListEnterprises) -> EnterprisePage:
    """Of those that you may see: the province all, a city or county its own, an enterprise itself."""
    async with service.snapshots.connect() as conn:
        own, regions = await visible(conn, call.actor, body.region)
        rows = await conn.execute(
            _LISTED,
            {
                "year": body.key_user_year or service.today().year,
                "day": body.day or service.today() - timedelta(days=1),
                "after": lists.read(body.cursor, str)[0] if body.cursor else "",
                "regions": regions,
                "own": own,
                "one": body.enterprise,
                "only_key_users": body.key_user_year is not None,
                "online": body.online,
                "limit": body.limit + 1,
            },
        )
        found = lists.cut(rows.all(), body.limit, lambda row: (row.enterprise,))
    items = [EnterpriseItem(**row._mapping) for row in found.rows]
    return EnterprisePage(items=items, next_cursor=found.next_cursor)
