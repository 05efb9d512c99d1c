"""Operations on matching (对接): needs and offers, suggestions, and what comes of a pair."""

from services.projects.api.base import Serving, ops
from services.projects.app import matching
from services.projects.models import matching as models
from services.projects.queries import matching as queries
from shared.rpc import Call, Reply


@ops.command(
    "register-listing",
    request=models.RegisterListing,
    response=models.ListingView,
    summary="Put a need or an offer forward",
)
async def register_listing(call: Call, body: models.RegisterListing) -> Reply:
    """One side of a meeting point: a project or an investor, a technology need or a research result, a need of
    financing or a bank's offer, a zone's need or a software firm's offer. The same content again changes nothing.
    """
    return await matching.register_listing(Serving.app, call, body)


@ops.command(
    "revise-listing",
    request=models.ReviseListing,
    response=models.ListingView,
    summary="Change what is needed or offered",
)
async def revise_listing(call: Call, body: models.ReviseListing) -> Reply:
    """The terms as a whole, with the reason. Whoever declined it may be asked again: it is news."""
    return await matching.revise_listing(Serving.app, call, body)


@ops.command(
    "withdraw-listing",
    request=models.WithdrawListing,
    response=models.ListingView,
    summary="Put a need or an offer forward no longer",
)
async def withdraw_listing(call: Call, body: models.WithdrawListing) -> Reply:
    """It is suggested to nobody any more; pairs that it is in go on."""
    return await matching.withdraw_listing(Serving.app, call, body)


@ops.command(
    "introduce-match",
    request=models.IntroduceMatch,
    response=models.MatchSummary,
    summary="Bring a need and an offer together",
)
async def introduce_match(call: Call, body: models.IntroduceMatch) -> Reply:
    """With the score of the day and its reasons (撮合). A pair that one side excludes is refused, and so is one
    that was declined, until a side is revised.
    """
    return await matching.introduce_match(Serving.app, call, body)


@ops.command(
    "move-match", request=models.MoveMatch, response=models.MatchSummary, summary="The next step of a pair"
)
async def move_match(call: Call, body: models.MoveMatch) -> Reply:
    """Negotiating, matched with its evidence, declined with who and why; reopened when what was agreed did not
    hold. A suggestion may be declined without an introduction.
    """
    return await matching.move_match(Serving.app, call, body)


@ops.query("get-listing", request=models.GetListing, response=models.ListingView, summary="One need or offer")
async def get_listing(call: Call, body: models.GetListing) -> models.ListingView:
    """As it is put forward now."""
    return await queries.get_listing(Serving.app, call, body)


@ops.query(
    "list-listings",
    request=models.ListListings,
    response=models.ListingPage,
    summary="Needs and offers, filtered",
)
async def list_listings(call: Call, body: models.ListListings) -> models.ListingPage:
    """Offers are for every office of the province to see; a need is seen by its own region's and its own
    enterprise. Every filter narrows; a page ends with the cursor of the next.
    """
    return await queries.list_listings(Serving.app, call, body)


@ops.query(
    "suggest",
    request=models.Suggest,
    response=models.Suggestions,
    summary="What of the other side fits a need or an offer",
)
async def suggest(call: Call, body: models.Suggest) -> models.Suggestions:
    """Best first, by weighted criteria, each explained in words. Left out: what either side excludes, pairs under
    way or agreed, and declined ones until a side is revised.
    """
    return await queries.suggest(Serving.app, call, body)


@ops.query(
    "get-match", request=models.GetMatch, response=models.MatchView, summary="One pair with its history"
)
async def get_match(call: Call, body: models.GetMatch) -> models.MatchView:
    """Every step with its day, and what the score of the introduction was made of."""
    return await queries.get_match(Serving.app, call, body)


@ops.query("list-matches", request=models.ListMatches, response=models.MatchPage, summary="Pairs, filtered")
async def list_matches(call: Call, body: models.ListMatches) -> models.MatchPage:
    """Every filter narrows; a page ends with the cursor of the next."""
    return await queries.list_matches(Serving.app, call, body)


@ops.query(
    "matching-figures",
    request=models.MatchingFigures,
    response=models.MatchingFiguresView,
    summary="What the meeting points have come to",
)
async def matching_figures(call: Call, body: models.MatchingFigures) -> models.MatchingFiguresView:
    """Offers, needs and matches of each meeting point: technology's are IN-3, IN-4 and IN-5."""
    return await queries.figures(Serving.app, call, body)
