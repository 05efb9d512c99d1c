"""The guest list of a ceremony."""

from pydantic import ConfigDict, Field
from sqlalchemy import func, select

from services.projects import access
from services.projects.ceremonies.guests.views import TABLE, InvitationView
from services.projects.common.models import Answer, Cursor, Limit, Request
from services.projects.common.values import Ceremony, RegionCode
from services.projects.plan import reference
from shared import lists
from shared.rpc import Call
from shared.service import Service

_ORDER = lists.Order(TABLE.c.firm)


class ListInvitations(Request):
    """Ask for a ceremony's guest list; every filter narrows. In order of firm."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ceremony": "618-2013"}]})

    ceremony: Ceremony
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")
    attends: bool | None = Field(default=None, description="who comes (true) or doesn't (false) only")
    limit: Limit
    cursor: Cursor


class InvitationPage(Answer):
    """A page of a guest list, and how the whole stands."""

    items: list[InvitationView]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")
    firms: int = Field(description="invited, by the filters")
    attending: int = Field(description="of them those that come")


async def list_invitations(service: Service, call: Call, body: ListInvitations) -> InvitationPage:
    """Each firm with who invited it and whether it comes, and how many there are."""
    t = TABLE.c
    where = [t.ceremony == body.ceremony]
    if body.attends is not None:
        where.append(t.attends == body.attends)
    async with service.snapshots.connect() as conn:
        where += access.conditions(call.actor, await reference.area_tree(conn), t, body.region)
        query = select(TABLE).where(*where)
        page = await _ORDER.page(conn, query, body)
        counts = {"firms": func.count(), "attending": func.count().filter(t.attends)}
        counts = await lists.totals(conn, query, **counts)
    items = [InvitationView.model_validate(row._mapping) for row in page.rows]
    return InvitationPage(items=items, next_cursor=page.next_cursor, **counts)
