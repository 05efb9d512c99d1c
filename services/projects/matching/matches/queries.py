"""Questions about pairs."""

from pydantic import ConfigDict, Field
from sqlalchemy import select

from services.projects import access
from services.projects.common.models import Answer, Cursor, Limit, Request
from services.projects.common.values import RegionCode
from services.projects.matching.listings.facts import MeetingPoint
from services.projects.matching.listings.queries import seen
from services.projects.matching.matches.decisions import MATCH
from services.projects.matching.matches.facts import Apart, stream
from services.projects.matching.matches.views import TABLE, MatchSummary, MatchView, Status, summary, view
from services.projects.matching.values import ListingId
from services.projects.plan import reference
from shared.lists import Order
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service

_ORDER = Order(TABLE.c.need, TABLE.c.offer)


class GetMatch(Request):
    """Ask for one pair."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"need": "N-2013-017", "offer": "R-2013-204"}]})

    need: ListingId
    offer: ListingId


class ListMatches(Request):
    """Ask for pairs; every filter narrows. In order of need and offer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"meeting": "finance", "status": "matched"}]})

    meeting: MeetingPoint | None = Field(default=None, description="of this meeting point")
    region: RegionCode | None = Field(default=None, description="whose need lies in this region or under it")
    status: Status | None = Field(default=None, description="where the pair stands")
    need: ListingId | None = Field(default=None, description="of this need")
    offer: ListingId | None = Field(default=None, description="of this offer")
    limit: Limit
    cursor: Cursor


class MatchPage(Answer):
    """A page of pairs."""

    items: list[MatchSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


async def get_match(service: Service, call: Call, body: GetMatch) -> MatchView:
    """Every step with its day, and what the score of the introduction was made of."""
    async with service.snapshots.connect() as conn:
        await seen(conn, call, body.need)
        history = await service.log.load(conn, stream(body.need, body.offer))
    events = [service.catalogue.decode(event) for event in history]
    state = MATCH.fold(events)
    if isinstance(state, Apart):
        raise not_found("match", f"{body.need}/{body.offer}", "Introduce the two first.")
    return view(state, events)


async def list_matches(service: Service, call: Call, body: ListMatches) -> MatchPage:
    """Every filter narrows; a page ends with the cursor of the next."""
    t = TABLE.c
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        query = select(TABLE).where(*access.conditions(call.actor, tree, t, body.region))
        for column, wanted in (
            (t.meeting, body.meeting),
            (t.status, body.status),
            (t.need, body.need),
            (t.offer, body.offer),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        page = await _ORDER.page(conn, query, body)
    return MatchPage(items=[summary(dict(row._mapping)) for row in page.rows], next_cursor=page.next_cursor)
