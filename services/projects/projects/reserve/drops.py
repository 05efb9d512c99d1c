"""What was taken out of the reserve library, and why."""

from datetime import date

from pydantic import ConfigDict, Field
from sqlalchemy import func, select, tuple_

from services.projects import access
from services.projects.common.models import Cursor, Limit, Request
from services.projects.common.values import RegionCode, RegisterCode
from services.projects.plan import reference
from services.projects.projects.reserve.views import DROP, ReserveDrop, ReserveDropPage
from services.projects.projects.views import TABLE as PROJECT
from shared import lists
from shared.rpc import Call
from shared.service import Service


class ListReserveDrops(Request):
    """Ask what was taken out of the library; every filter narrows. In order of day, project and tier."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"by_rule": True, "first_on": "2014-01-01", "last_on": "2014-01-31"}]}
    )

    register_: RegisterCode | None = Field(alias="register", default=None, description="of this tier only")
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    first_on: date | None = Field(default=None, description="on this day or later")
    last_on: date | None = Field(default=None, description="on this day or before")
    by_rule: bool | None = Field(
        default=None, description="true: by the rule for silence (连续未更新); false: by who keeps them"
    )
    limit: Limit
    cursor: Cursor


async def list_drops(service: Service, call: Call, body: ListReserveDrops) -> ReserveDropPage:
    """By who keeps a stay, or by the rule for silence (连续未更新移出); who keeps it may let it join again."""
    where = []
    if body.register_ is not None:
        where.append(DROP.c.register == body.register_)
    if body.first_on is not None:
        where.append(DROP.c.on_day >= body.first_on)
    if body.last_on is not None:
        where.append(DROP.c.on_day <= body.last_on)
    if body.by_rule is not None:
        where.append(DROP.c.by_rule == body.by_rule)
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        where += access.conditions(call.actor, tree, PROJECT.c, body.region)
        joined = DROP.join(PROJECT, PROJECT.c.project == DROP.c.project)
        count = (await conn.execute(select(func.count()).select_from(joined).where(*where))).scalar_one()
        query = select(*DROP.c, PROJECT.c.name).select_from(joined).where(*where)
        if body.cursor:
            query = query.where(tuple_(DROP.c.on_day, DROP.c.project, DROP.c.register) > _after(body.cursor))
        query = query.order_by(DROP.c.on_day, DROP.c.project, DROP.c.register).limit(body.limit + 1)
        rows = (await conn.execute(query)).all()
    page = lists.cut(rows, body.limit, lambda row: (row.on_day, f"{row.project}|{row.register}"))
    return ReserveDropPage(
        items=[
            ReserveDrop(
                project=row.project,
                name=row.name,
                region=row.region,
                register_=row.register,
                on=row.on_day,
                total_investment=row.total_investment,
                reason=row.reason,
                by_rule=row.by_rule,
            )
            for row in page.rows
        ],
        next_cursor=page.next_cursor,
        count=count,
    )


def _after(cursor: str) -> tuple[date, str, str]:
    on, key = lists.read(cursor, date, str)
    project, _, register = key.partition("|")
    return on, project, register
