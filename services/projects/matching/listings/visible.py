"""Which needs and offers are whose to see."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from services.projects import access
from shared.areas import AreaTree
from shared.identity import Actor


def may_see_listing(actor: Actor, tree: AreaTree, row: Any) -> bool:
    """Whether a need or offer (a row with meeting, side, region, enterprise) is the actor's to see.

    Everybody sees offers, but only governments those of investors; a need is visible to its region and enterprise.
    """
    if actor.role == "enterprise":
        own = row.enterprise is not None and row.enterprise == actor.organisation
        return bool(own or (row.side == "offer" and row.meeting != "investment"))
    if actor.role in ("city", "county") and row.side == "offer":
        return True
    regions = access.visible_regions(actor, tree)
    return regions is None or row.region in regions


def visible_listings(actor: Actor, tree: AreaTree, table: Any) -> list[ColumnElement[bool]]:
    """`may_see_listing` as conditions on the columns of the table `listing`."""
    if actor.role == "enterprise":
        public = and_(table.side == "offer", table.meeting != "investment")
        return [or_(table.enterprise == (actor.organisation or ""), public)]
    regions = access.visible_regions(actor, tree)
    return [] if regions is None else [or_(table.side == "offer", table.region.in_(regions))]
