"""Questions about needs and offers, what fits them, and what came of each pair."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, extract, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app.context import App
from services.projects.domain.matching import scoring
from services.projects.domain.matching.listing import MeetingPoint, Side
from services.projects.domain.matching.scoring import Candidate, Score, Weights, Wording
from services.projects.domain.refusal import Refused
from services.projects.events import CATALOGUE, MATCH, match_stream
from services.projects.models import matching as models
from services.projects.queries import candidates, paging, visible
from services.projects.views.matching import (
    listing_row_view,
    listing_summary,
    match_summary,
    match_view,
    suggestion,
)
from shared.areas import AreaTree
from shared.problems import Problem, not_found
from shared.rpc import Call

_LISTING = tables.listing.c
_MATCH = tables.listing_match.c


async def get_listing(app: App, call: Call, body: models.GetListing) -> models.ListingView:
    """A need or offer; 404 too where it isn't the actor's to see."""
    async with app.snapshots.connect() as conn:
        row, _ = await _seen(conn, call, body.listing)
    return listing_row_view(row)


async def list_listings(app: App, call: Call, body: models.ListListings) -> models.ListingPage:
    """A page of needs and offers in order of their ids."""
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        query = select(tables.listing).where(*scope.visible_listings(call.actor, tree, _LISTING))
        for column, wanted in (
            (_LISTING.meeting, body.meeting),
            (_LISTING.side, body.side),
            (_LISTING.enterprise, body.enterprise),
            (_LISTING.open, body.open),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        if body.region:
            query = query.where(_LISTING.region.in_(tree.covered_by(body.region) or [body.region]))
        if body.tag:
            query = query.where(_LISTING.tags.contains([body.tag]))
        if body.text:
            query = query.where(
                or_(
                    _LISTING.title.icontains(body.text, autoescape=True),
                    _LISTING.party.icontains(body.text, autoescape=True),
                )
            )
        if body.cursor:
            (after,) = paging.read(body.cursor, 1)
            query = query.where(_LISTING.listing > after)
        rows = (await conn.execute(query.order_by(_LISTING.listing).limit(body.limit + 1))).all()
    page = rows[: body.limit]
    return models.ListingPage(
        items=[listing_summary(row) for row in page],
        next_cursor=paging.cursor(page[-1].listing) if len(rows) > body.limit else None,
    )


async def suggest(app: App, call: Call, body: models.Suggest) -> models.Suggestions:
    """The listings of the other side that fit one best, with reasons; by what both say at this moment."""
    today = app.today()
    async with app.snapshots.connect() as conn:
        row, tree = await _seen(conn, call, body.listing)
        one, meeting = candidates.candidate(row), MeetingPoint(row.meeting)
        weights = await _weights(conn, meeting, today)
        _check_open(row, one, today)
        strengths = await candidates.by_words(conn, meeting, one.side.other, one.terms.text)
        near = await candidates.by_figures(conn, one, meeting, _near(tree, one), today)
        others = await candidates.load(conn, {*strengths, *near})
        declined = await _met(conn, one)
    scored: list[tuple[Score, Candidate]] = []
    excluded = 0
    for other_row in others:
        if not scope.may_see_listing(call.actor, tree, other_row) or not other_row.open:
            continue
        other = candidates.candidate(other_row)
        if other.terms.valid_to is not None and other.terms.valid_to < today:
            continue
        need, offer = (one, other) if one.side is Side.NEED else (other, one)
        if declined.get(other.listing, ()) in (None, (need.revision, offer.revision)):
            continue
        if scoring.exclusions(need, offer, tree.covers):
            excluded += 1
            continue
        wording = Wording(strengths.get(other.listing, 0.0), ())
        scored.append((scoring.score(need, offer, wording, weights, tree.covers), other))
    scored.sort(key=lambda pair: (-pair[0].total, pair[1].listing))
    return models.Suggestions(
        listing=one.listing,
        revision=one.revision,
        considered=len(scored) + excluded,
        excluded=excluded,
        weights_from=weights.valid_from,
        weights_source=weights.source,
        items=[
            suggestion(
                other,
                _explained(one, other, strengths, weights, tree),
                declined_before=other.listing in declined,
            )
            for _, other in scored[: body.limit]
        ],
    )


async def get_match(app: App, call: Call, body: models.GetMatch) -> models.MatchView:
    """A pair with its history; 404 too where its need isn't the actor's to see."""
    async with app.snapshots.connect() as conn:
        await _seen(conn, call, body.need)
        history = await app.log.load(conn, match_stream(body.need, body.offer))
    if not history:
        raise not_found("match", f"{body.need}/{body.offer}", "Introduce the two first.")
    events = [CATALOGUE.decode(event) for event in history]
    return match_view(MATCH.fold(events), events)


async def list_matches(app: App, call: Call, body: models.ListMatches) -> models.MatchPage:
    """A page of pairs in order of need and offer."""
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        query = select(tables.listing_match).where(*visible.conditions(call.actor, tree, _MATCH, body.region))
        for column, wanted in (
            (_MATCH.meeting, body.meeting),
            (_MATCH.status, body.status),
            (_MATCH.need, body.need),
            (_MATCH.offer, body.offer),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        if body.cursor:
            need, offer = paging.read(body.cursor, 2)
            query = query.where(tuple_(_MATCH.need, _MATCH.offer) > tuple_(need, offer))
        query = query.order_by(_MATCH.need, _MATCH.offer).limit(body.limit + 1)
        rows = (await conn.execute(query)).all()
    page = rows[: body.limit]
    return models.MatchPage(
        items=[match_summary(row) for row in page],
        next_cursor=paging.cursor(page[-1].need, page[-1].offer) if len(rows) > body.limit else None,
    )


async def figures(app: App, call: Call, body: models.MatchingFigures) -> models.MatchingFiguresView:
    """What each meeting point has come to, in the regions that are the actor's."""
    async with app.snapshots.connect() as conn:
        tree = await reference.area_tree(conn)
        put_forward = await conn.execute(
            select(_LISTING.meeting, _LISTING.side, func.count().label("many"))
            .where(
                *visible.conditions(call.actor, tree, _LISTING, body.region),
                _in_year(_LISTING.registered_on, body.year),
            )
            .group_by(_LISTING.meeting, _LISTING.side)
        )
        listed = {(row.meeting, row.side): row.many for row in put_forward}
        matched = and_(_MATCH.status == "matched", _in_year(_MATCH.concluded_on, body.year))
        pairs = await conn.execute(
            select(
                _MATCH.meeting,
                func.count().filter(_in_year(_MATCH.introduced_on, body.year)).label("introduced"),
                func.count().filter(_MATCH.status == "negotiating").label("negotiating"),
                func.count().filter(matched).label("matched"),
                func.count().filter(_MATCH.status == "declined").label("declined"),
                func.coalesce(func.sum(_MATCH.amount).filter(matched), 0).label("amount"),
            )
            .where(*visible.conditions(call.actor, tree, _MATCH, body.region))
            .group_by(_MATCH.meeting)
        )
        met = {row.meeting: row for row in pairs}
    return models.MatchingFiguresView(
        year=body.year, region=body.region, items=[_figures(each, listed, met) for each in MeetingPoint]
    )


def _figures(
    meeting: MeetingPoint, listed: Mapping[tuple[str, str], int], met: Mapping[str, Any]
) -> models.MeetingFigures:
    pairs = met.get(meeting)
    return models.MeetingFigures(
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


async def _seen(conn: AsyncConnection, call: Call, listing: str) -> tuple[Any, AreaTree]:
    tree = await reference.area_tree(conn)
    rows = await candidates.load(conn, {listing})
    if not rows or not scope.may_see_listing(call.actor, tree, rows[0]):
        raise not_found("listing", listing)
    return rows[0], tree


async def _weights(conn: AsyncConnection, meeting: MeetingPoint, today: date) -> Weights:
    try:
        return await candidates.weights(conn, meeting, today)
    except Refused as refusal:
        raise Problem(409, refusal.code, "No weights", refusal.detail, remedy=refusal.remedy) from refusal


def _check_open(row: Any, one: Candidate, today: date) -> None:
    over = one.terms.valid_to is not None and one.terms.valid_to < today
    if row.open and not over:
        return
    since = one.terms.valid_to if row.open else row.changed_on
    raise Problem(
        409,
        "not-open",
        "Not put forward any more",
        f"{one.listing} has been closed since {since}.",
        where="listing",
        remedy="Ask for one that is open; if its last day was wrong, revise it.",
    )


def _near(tree: AreaTree, one: Candidate) -> Sequence[str]:
    """The codes that cover, or are covered by, a region of the listing; empty: everywhere."""
    named = one.terms.regions or ((one.region,) if one.side is Side.NEED else ())
    return [
        area.code
        for area in tree.all()
        if any(tree.covers(area.code, code) or tree.covers(code, area.code) for code in named)
    ]


async def _met(conn: AsyncConnection, one: Candidate) -> Mapping[str, tuple[int, int] | None]:
    """The listings it was paired with: both revisions if declined, None if in progress or agreed."""
    ours, theirs = (_MATCH.need, _MATCH.offer) if one.side is Side.NEED else (_MATCH.offer, _MATCH.need)
    rows = await conn.execute(
        select(theirs.label("other"), _MATCH.status, _MATCH.need_revision, _MATCH.offer_revision).where(
            ours == one.listing
        )
    )
    return {
        row.other: (row.need_revision, row.offer_revision) if row.status == "declined" else None
        for row in rows
    }


def _explained(
    one: Candidate, other: Candidate, strengths: Mapping[str, float], weights: Weights, tree: AreaTree
) -> Score:
    need, offer = (one, other) if one.side is Side.NEED else (other, one)
    wording = Wording(strengths.get(other.listing, 0.0), candidates.shared(need, offer))
    return scoring.score(need, offer, wording, weights, tree.covers)
