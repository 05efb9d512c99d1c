"""Who may bring a need and an offer together, and how the two fit."""

from services.projects import access
from services.projects.common.refusal import Refused
from services.projects.matching import candidates, scoring
from services.projects.matching.listings.facts import MeetingPoint, Side
from services.projects.matching.listings.visible import may_see_listing
from services.projects.matching.matches.decisions import (
    IntroduceMatch,
    MatchCommand,
    MoveMatch,
    Paired,
    Scored,
)
from services.projects.matching.matches.facts import MatchState, Pair, Revisions
from services.projects.matching.scoring import Candidate, Score, Wording
from services.projects.plan import reference
from shared.areas import AreaTree
from shared.feature import At
from shared.problems import not_found


async def introduce(at: At, command: IntroduceMatch, state: MatchState) -> Scored:
    """With the score of the day and its reasons (撮合). A pair that one side excludes is refused, and so is one
    that was declined, until a side is revised.
    """
    need, offer, meeting, tree = await _both(at, command, open_only=True)
    return Scored(
        today=at.today,
        by=at.actor.subject,
        pair=Pair(need.listing, offer.listing, meeting, need.region),
        revisions=Revisions(need.revision, offer.revision),
        score=await _score(at, need, offer, meeting, tree),
        excluded=tuple(scoring.exclusions(need, offer, tree.covers)),
    )


async def move(at: At, command: MoveMatch, state: MatchState) -> Paired:
    """Negotiating, matched with its evidence, declined with who and why; reopened when what was agreed did not
    hold. A suggestion may be declined without an introduction.
    """
    need, offer, meeting, _ = await _both(at, command, open_only=False)
    return Paired(
        today=at.today,
        by=at.actor.subject,
        pair=Pair(need.listing, offer.listing, meeting, need.region),
        revisions=Revisions(need.revision, offer.revision),
    )


async def _both(
    at: At, command: MatchCommand, *, open_only: bool
) -> tuple[Candidate, Candidate, MeetingPoint, AreaTree]:
    """The two listings, locked against changes, if the actor keeps the need and may see the offer."""
    need, offer = command.need, command.offer
    tree = await reference.area_tree(at.conn)
    rows = {row.listing: row for row in await candidates.load(at.conn, {need, offer}, lock=True)}
    for listing, side in ((need, Side.NEED), (offer, Side.OFFER)):
        row = rows.get(listing)
        if row is None or not may_see_listing(at.actor, tree, row):
            raise not_found("listing", listing)
        if row.side != side:
            raise Refused(f"{listing} is a {row.side}, not a {side}.", code="wrong-side", where=side.value)
        if open_only and not row.open:
            raise Refused(
                f"{listing} was withdrawn on {row.changed_on}.",
                code="withdrawn",
                status=409,
                where=side.value,
            )
    if rows[need].meeting != rows[offer].meeting:
        raise Refused(
            f"{need} is put forward at {rows[need].meeting}, {offer} at {rows[offer].meeting}.",
            code="other-meeting",
            where="offer",
            remedy="Only a need and an offer of one meeting point can be brought together.",
        )
    access.check_project_write(at.actor, tree, rows[need].region)
    meeting = MeetingPoint(rows[need].meeting)
    return candidates.candidate(rows[need]), candidates.candidate(rows[offer]), meeting, tree


async def _score(at: At, need: Candidate, offer: Candidate, meeting: MeetingPoint, tree: AreaTree) -> Score:
    strength = await candidates.by_words(at.conn, meeting, Side.OFFER, need.terms.text, only=offer.listing)
    wording = Wording(strength.get(offer.listing, 0.0), candidates.shared(need, offer))
    weights = await candidates.weights(at.conn, meeting, at.today)
    return scoring.score(need, offer, wording, weights, tree.covers)
