"""What of the other side fits a need or an offer."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.models import Answer, Name, Request
from services.projects.common.refusal import Refused
from services.projects.matching import candidates, scoring
from services.projects.matching.listings.facts import MeetingPoint, Side
from services.projects.matching.listings.queries import seen
from services.projects.matching.listings.visible import may_see_listing
from services.projects.matching.matches.views import TABLE as MATCH
from services.projects.matching.scoring import Candidate, Score, Weights, Wording
from services.projects.matching.values import ListingId
from services.projects.matching.views import ReasonView, reasons
from shared.areas import AreaTree
from shared.problems import Problem
from shared.rpc import Call
from shared.service import Service


class Suggest(Request):
    """Ask which listings of the other side fit one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"listing": "N-2013-017", "limit": 5}]})

    listing: ListingId
    limit: int = Field(default=10, ge=1, le=50, description="how many")


class SuggestionView(Answer):
    """One listing of the other side that fits."""

    listing: str
    title: str
    party: str
    region: str
    region_name: Name = None
    revision: int
    score: Decimal = Field(description="weighted mean of the shares, 0 to 1")
    reasons: list[ReasonView]
    declined_before: bool = Field(description="declined once; one of the two has been revised since")


class Suggestions(Answer):
    """What fits, best first."""

    listing: str
    revision: int
    considered: int = Field(description="how many listings of the other side were scored in full")
    excluded: int = Field(description="how many of those fell to an exclusion of either side")
    weights_from: date = Field(description="since when the weights hold that were used")
    weights_source: str
    items: list[SuggestionView]


async def suggest(service: Service, call: Call, body: Suggest) -> Suggestions:
    """Best first, by weighted criteria, each explained in words. Left out: what either side excludes, pairs under
    way or agreed, and declined ones until a side is revised.
    """
    today = service.today()
    async with service.snapshots.connect() as conn:
        row, tree = await seen(conn, call, body.listing)
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
        if not may_see_listing(call.actor, tree, other_row) or not other_row.open:
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
    return Suggestions(
        listing=one.listing,
        revision=one.revision,
        considered=len(scored) + excluded,
        excluded=excluded,
        weights_from=weights.valid_from,
        weights_source=weights.source,
        items=[
            _suggestion(
                other,
                _explained(one, other, strengths, weights, tree),
                declined_before=other.listing in declined,
            )
            for _, other in scored[: body.limit]
        ],
    )


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
    pair = MATCH.c
    ours, theirs = (pair.need, pair.offer) if one.side is Side.NEED else (pair.offer, pair.need)
    rows = await conn.execute(
        select(theirs.label("other"), pair.status, pair.need_revision, pair.offer_revision).where(
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


def _suggestion(one: Candidate, score: Score, declined_before: bool) -> SuggestionView:
    return SuggestionView(
        listing=one.listing,
        title=one.terms.title,
        party=one.party,
        region=one.region,
        revision=one.revision,
        score=score.total,
        reasons=reasons(score),
        declined_before=declined_before,
    )
