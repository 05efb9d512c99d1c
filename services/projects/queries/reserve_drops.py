"""What was taken out of the reserve library, and why."""

from datetime import date

from sqlalchemy import func, select, tuple_

from services.projects import reference, tables
from services.projects.app.context import App
from services.projects.models import reserve as models
from services.projects.queries import paging, visible
from shared.rpc import Call

_DROP, _PROJECT = tables.reserve_drop.c, tables.project.c


async def list_drops(app: App, call: Call, body: models.ListReserveDrops) -> models.ReserveDropPage:
    """A page in order of day, project and tier, of projects that the actor may see."""
    where = []
    if body.register_ is not None:
        where.append(_DROP.register == body.register_)
    if body.first_on is not None:
        where.append(_DROP.on_day >= body.first_on)
    if body.last_on is not None:
        where.append(_DROP.on_day <= body.last_on)
    if body.by_rule is not None:
        where.append(_DROP.by_rule == body.by_rule)
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        where += visible.conditions(call.actor, tree, _PROJECT, body.region)
        joined = tables.reserve_drop.join(tables.project, _PROJECT.project == _DROP.project)
        count = (await conn.execute(select(func.count()).select_from(joined).where(*where))).scalar_one()
        query = select(*_DROP, _PROJECT.name).select_from(joined).where(*where)
        if body.cursor:
            query = query.where(tuple_(_DROP.on_day, _DROP.project, _DROP.register) > _after(body.cursor))
        query = query.order_by(_DROP.on_day, _DROP.project, _DROP.register).limit(body.limit + 1)
        rows = (await conn.execute(query)).all()
    page = rows[: body.limit]
    last = page[-1] if len(rows) > body.limit else None
    return models.ReserveDropPage(
        items=[
            models.ReserveDrop(
                project=row.project,
                name=row.name,
                region=row.region,
                register_=row.register,
                on=row.on_day,
                total_investment=row.total_investment,
                reason=row.reason,
                by_rule=row.by_rule,
            )
            for row in page
        ],
        next_cursor=last and paging.cursor(last.on_day.isoformat(), f"{last.project}|{last.register}"),
        count=count,
    )


def _after(cursor: str) -> tuple[date, str, str]:
    on, key = paging.read_day(cursor)
    project, _, register = key.partition("|")
    return on, project, register
