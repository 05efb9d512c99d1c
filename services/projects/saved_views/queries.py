"""Which views there are for a caller."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, Row, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.models import Cursor, Request
from services.projects.plan import reference
from services.projects.saved_views.views import GOVERNMENTS, TABLE, ListName, SavedViews, area_of, presented
from shared import lists
from shared.areas import AreaTree
from shared.identity import Actor
from shared.rpc import Call
from shared.service import Service

_VIEW = TABLE.c


class ListViews(Request):
    """Ask for one's own views, and those that others share with one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"list": "projects"}]})

    list: ListName | None = Field(default=None, description="of this list only")
    mine: bool | None = Field(default=None, description="true: one's own only; false: those of others only")
    limit: Annotated[int, Field(default=200, ge=1, le=200, description="items on a page")]
    cursor: Cursor


async def list_views(service: Service, call: Call, body: ListViews) -> SavedViews:
    """Your own by name, then those of others with whose they are. A view holds filters: the rows are yours to see."""
    async with service.snapshots.connect() as conn:
        return await views(conn, call.actor, body)


async def views(conn: AsyncConnection, actor: Actor, body: ListViews) -> SavedViews:
    tree = await reference.area_tree(conn)
    theirs = (_VIEW.subject != actor.subject).label("theirs")
    query = select(TABLE, theirs).where(seen_by(actor, tree))
    if body.mine is not None:
        query = query.where(theirs != body.mine)
    if body.list is not None:
        query = query.where(_VIEW.list == body.list)
    if body.cursor:
        whose, subject, name = lists.read(body.cursor, str, str, str)
        after = tuple_(theirs, _VIEW.subject, _VIEW.view)
        query = query.where(after > tuple_(whose == "theirs", subject, name))
    query = query.order_by(theirs, _VIEW.subject, _VIEW.view).limit(body.limit + 1)
    page = lists.cut((await conn.execute(query)).all(), body.limit, _key)
    return SavedViews(items=[presented(actor, tree, row) for row in page.rows], next_cursor=page.next_cursor)


def _key(row: Row[Any]) -> tuple[str, str, str]:
    return "theirs" if row.theirs else "mine", row.subject, row.view


def seen_by(actor: Actor, tree: AreaTree) -> ColumnElement[bool]:
    """The actor's own views, and those shared by the same office or by an office above it."""
    area = area_of(actor, tree)
    office = and_(
        _VIEW.shared != "nobody",
        _VIEW.role == actor.role,
        _VIEW.area.is_not_distinct_from(area),
        _VIEW.organisation.is_not_distinct_from(actor.organisation),
    )
    seen = or_(_VIEW.subject == actor.subject, office)
    if actor.role not in GOVERNMENTS or area is None:
        return seen
    above = [each.code for each in tree.all() if tree.covers(each.code, area)]
    return or_(seen, and_(_VIEW.shared == "below", _VIEW.area.in_(above)))
