"""Questions about needs and offers."""

from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.models import Answer, Cursor, Limit, Request
from services.projects.common.values import ProjectId, RegionCode, ShortText
from services.projects.matching.listings.facts import MeetingPoint, Side
from services.projects.matching.listings.views import TABLE, ListingSummary, ListingView, summary, view
from services.projects.matching.listings.visible import may_see_listing, visible_listings
from services.projects.matching.values import ListingId, Tag
from services.projects.plan import reference
from shared.areas import AreaTree
from shared.lists import Order
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service
from shared.unknown_region import check_region

_ORDER = Order(TABLE.c.listing)


class GetListing(Request):
    """Ask for one listing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"listing": "N-2013-017"}]})

    listing: ListingId


class ListListings(Request):
    """Ask for needs and offers; every filter narrows. In order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"meeting": "technology", "side": "offer"}]})

    meeting: MeetingPoint | None = Field(default=None, description="of this meeting point")
    side: Side | None = Field(default=None, description="need or offer")
    region: RegionCode | None = Field(default=None, description="kept in this region or under it")
    enterprise: ProjectId | None = Field(default=None, description="of this enterprise")
    tag: Tag | None = Field(default=None, description="with this tag")
    text: ShortText | None = Field(default=None, description="part of its title or of its party's name")
    open: bool | None = Field(default=None, description="true: not withdrawn")
    limit: Limit
    cursor: Cursor


class ListingPage(Answer):
    """A page of needs and offers."""

    items: list[ListingSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


async def get_listing(service: Service, call: Call, body: GetListing) -> ListingView:
    """As it is put forward now."""
    async with service.snapshots.connect() as conn:
        row, _ = await seen(conn, call, body.listing)
    return view(dict(row._mapping))


async def list_listings(service: Service, call: Call, body: ListListings) -> ListingPage:
    """Offers are for every office of the province to see; a need is seen by its own region's and its own
    enterprise. Every filter narrows; a page ends with the cursor of the next.
    """
    t = TABLE.c
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        query = select(TABLE).where(*visible_listings(call.actor, tree, t))
        for column, wanted in (
            (t.meeting, body.meeting),
            (t.side, body.side),
            (t.enterprise, body.enterprise),
            (t.open, body.open),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        if body.region:
            check_region(tree, body.region)
            query = query.where(t.region.in_(tree.covered_by(body.region)))
        if body.tag:
            query = query.where(t.tags.contains([body.tag]))
        if body.text:
            query = query.where(
                or_(
                    t.title.icontains(body.text, autoescape=True),
                    t.party.icontains(body.text, autoescape=True),
                )
            )
        page = await _ORDER.page(conn, query, body)
    return ListingPage(items=[summary(dict(row._mapping)) for row in page.rows], next_cursor=page.next_cursor)


async def seen(conn: AsyncConnection, call: Call, listing: str) -> tuple[Any, AreaTree]:
    """A listing's row, and the regions. Raises Problem 404, also where it isn't the actor's to see."""
    tree = await reference.area_tree(conn)
    row = (await conn.execute(select(TABLE).where(TABLE.c.listing == listing))).one_or_none()
    if row is None or not may_see_listing(call.actor, tree, row):
        raise not_found("listing", listing)
    return row, tree
