"""What the meeting points have come to."""

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, and_, extract, func, select

from services.projects import access
from services.projects.common.models import Answer, Money, Request
from services.projects.common.values import RegionCode
from services.projects.matching.listings.facts import MeetingPoint, Side
from services.projects.matching.listings.views import TABLE as LISTING
from services.projects.matching.matches.views import TABLE as MATCH
from services.projects.plan import reference
from shared.rpc import Call
from shared.service import Service


class MatchingFigures(Request):
    """Ask how many needs, offers and matches there are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"year": 2013, "region": "350100"}]})

    year: int | None = Field(
        default=None,
        ge=2000,
        le=2100,
        description="put forward, introduced, matched in this year; null: ever",
    )
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")


class MeetingFigures(Answer):
    """What a meeting point has come to."""

    meeting: MeetingPoint
    offers: int = Field(description="put forward; technology: results (IN-3)")
    needs: int = Field(description="put forward; technology: needs of enterprises (IN-4)")
    introduced: int = Field(description="pairs brought together, whatever came of them")
    negotiating: int = Field(description="in talks now")
    matched: int = Field(description="agreed; technology: IN-5")
    declined: int = Field(description="declined, as they stand now")
    amount: Money = Field(description="agreed on, CNY (yuan)")


class MatchingFiguresView(Answer):
    """The figures of the four meeting points."""

    year: int | None
    region: str | None
    items: list[MeetingFigures]


async def figures(service: Service, call: Call, body: MatchingFigures) -> MatchingFiguresView:
    """Offers, needs and matches of each meeting point: technology's are IN-3, IN-4 and IN-5."""
    listing, pair = LISTING.c, MATCH.c
    async with service.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        put_forward = await conn.execute(
            select(listing.meeting, listing.side, func.count().label("many"))
            .where(
                *access.conditions(call.actor, tree, listing, body.region),
                _in_year(listing.registered_on, body.year),
            )
            .group_by(listing.meeting, listing.side)
        )
        listed = {(row.meeting, row.side): row.many for row in put_forward}
        matched = and_(pair.status == "matched", _in_year(pair.concluded_on, body.year))
        pairs = await conn.execute(
            select(
                pair.meeting,
                func.count().filter(_in_year(pair.introduced_on, body.year)).label("introduced"),
                func.count().filter(pair.status == "negotiating").label("negotiating"),
                func.count().filter(matched).label("matched"),
                func.count().filter(pair.status == "declined").label("declined"),
                func.coalesce(func.sum(pair.amount).filter(matched), 0).label("amount"),
            )
            .where(*access.conditions(call.actor, tree, pair, body.region))
            .group_by(pair.meeting)
        )
        met = {row.meeting: row for row in pairs}
    return MatchingFiguresView(
        year=body.year, region=body.region, items=[_figures(each, listed, met) for each in MeetingPoint]
    )


def _figures(
    meeting: MeetingPoint, listed: Mapping[tuple[str, str], int], met: Mapping[str, Any]
) -> MeetingFigures:
    pairs = met.get(meeting)
    return MeetingFigures(
        meeting=meeting,
        offers=listed.get((meeting, Side.OFFER), 0),
        needs=listed.get((meeting, Side.NEED), 0),
        introduced=pairs.introduced if pairs else 0,
        negotiating=pairs.negotiating if pairs else 0,
        matched=pairs.matched if pairs else 0,
        declined=pairs.declined if pairs else 0,
        amount=pairs.amount if pairs else 0,
    )


def _in_year(column: ColumnElement[Any], year: int | None) -> ColumnElement[bool]:
    return column.is_not(None) if year is None else extract("year", column) == year
