"""Commands on matching: needs and offers, and the steps of a pair."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import reference, scope, tables
from services.projects.app import checks
from services.projects.app.context import App, Making
from services.projects.domain.matching import listing as listings
from services.projects.domain.matching import match as matches
from services.projects.domain.matching import scoring
from services.projects.domain.matching.listing import (
    ListingCommand,
    ListingWithdrawn,
    MeetingPoint,
    RegisterListing,
    ReviseListing,
    Side,
    Terms,
    WithdrawListing,
)
from services.projects.domain.matching.match import (
    Conclude,
    Decline,
    Introduce,
    MatchCommand,
    Pair,
    Reopen,
    Revisions,
    StartNegotiation,
)
from services.projects.domain.matching.scoring import Candidate, Score, Wording
from services.projects.domain.refusal import Refused
from services.projects.events import LISTING, MATCH, listing_stream, match_stream
from services.projects.models import matching as models
from services.projects.queries import candidates
from services.projects.views.matching import listing_view, match_state
from shared.areas import AreaTree
from shared.decider import Edit
from shared.problems import not_found, unavailable
from shared.rpc import Call, Reply
from shared.unknown_region import unknown_region


async def register_listing(app: App, call: Call, body: models.RegisterListing) -> Reply:
    """Registers a need or an offer. Without an id in the request, the id is derived from the command id."""
    listing = body.listing or checks.made_id("L", call)
    enterprise = body.enterprise or (call.actor.organisation if call.actor.role == "enterprise" else None)

    async def command(conn: AsyncConnection) -> ListingCommand:
        tree = await reference.area_tree(conn)
        checks.check_region(tree, body.region)
        scope.check_listing_write(call.actor, tree, body.region, enterprise)
        if call.actor.role == "enterprise":
            _check_own(call, body)
        _check_regions(tree, body)
        if body.project is not None:
            await _check_project(conn, call, tree, body.project)
        if body.listing is None and not body.confirmed:
            await _ask_about_a_twin(conn, body)
        return RegisterListing(
            listing=listing,
            meeting=body.meeting,
            side=body.side,
            region=body.region,
            party=body.party,
            terms=await _terms(app, conn, listing, body),
            today=app.today(),
            enterprise=enterprise,
            project=body.project,
            confirmed=body.confirmed,
            care=await reference.amount_care(conn, app.today()),
        )

    return await _run_listing(app, call, listing, command)


async def _ask_about_a_twin(conn: AsyncConnection, body: models.RegisterListing) -> None:
    """Raises Refused if an open listing already says the same as this one without an id: was it sent twice?"""
    table = tables.listing.c
    twin = select(table.listing, table.registered_on).where(
        table.open,
        table.meeting == body.meeting,
        table.side == body.side,
        table.region == body.region,
        table.party == body.party,
        table.title == body.title,
    )
    await checks.ask_about_a_twin(conn, "listing", f"{body.title} of {body.party}", twin)


@dataclass(frozen=True, slots=True)
class _Registered:
    """An enterprise as the registry of energy has it, attached to the command by the gateway."""

    name: str
    region: str


def _check_own(call: Call, body: models.RegisterListing) -> None:
    """An enterprise registers listings only in its own name and registered region. Raises Refused, or Problem 503."""
    if not call.attached:
        raise unavailable(
            "What the registry says of your enterprise is not known here yet.", where="enterprise"
        )
    own = msgspec.convert(call.attached, _Registered)
    if body.region != own.region:
        raise Refused(
            f"Your enterprise is registered in {own.region}, not in {body.region}.",
            code="not-your-region",
            where="region",
            status=403,
            remedy=f"Give the region {own.region}; a need of a plant elsewhere is registered by its county or city.",
        )
    if body.party != own.name:
        raise Refused(
            f"Your enterprise is registered as {own.name}, not as {body.party}.",
            code="not-your-name",
            where="party",
            status=403,
            remedy=f"Give {own.name}; what another party needs is registered by that party or its government.",
        )


async def revise_listing(app: App, call: Call, body: models.ReviseListing) -> Reply:
    """Replace a listing's terms."""

    async def command(conn: AsyncConnection) -> ListingCommand:
        tree = await _kept_listing(conn, call, body.listing)
        _check_regions(tree, body)
        terms = await _terms(app, conn, body.listing, body)
        today = app.today()
        care = await reference.amount_care(conn, today)
        return ReviseListing(body.listing, terms, body.reason, today, body.confirmed, care)

    return await _run_listing(app, call, body.listing, command, body.revision)


async def withdraw_listing(app: App, call: Call, body: models.WithdrawListing) -> Reply:
    """Withdraws a listing."""

    async def command(conn: AsyncConnection) -> ListingCommand:
        await _kept_listing(conn, call, body.listing)
        return WithdrawListing(body.listing, body.reason, app.today())

    return await _run_listing(app, call, body.listing, command, body.revision)


async def introduce_match(app: App, call: Call, body: models.IntroduceMatch) -> Reply:
    """Introduces a need and an offer to each other, with the score of that day."""

    async def command(conn: AsyncConnection) -> MatchCommand:
        need, offer, meeting, tree = await _both(conn, call, body.need, body.offer, open_only=True)
        return Introduce(
            pair=Pair(need.listing, offer.listing, meeting, need.region),
            revisions=Revisions(need.revision, offer.revision),
            score=await _score(app, conn, need, offer, meeting, tree),
            excluded=tuple(scoring.exclusions(need, offer, tree.covers)),
            on=body.on or app.today(),
            today=app.today(),
            note=body.note,
        )

    return await _run_match(app, call, body.need, body.offer, command)


async def move_match(app: App, call: Call, body: models.MoveMatch) -> Reply:
    """Carries out the next step of a pair."""

    async def command(conn: AsyncConnection) -> MatchCommand:
        need, offer, meeting, _ = await _both(conn, call, body.need, body.offer, open_only=False)
        pair = Pair(need.listing, offer.listing, meeting, need.region)
        return _step(body, pair, Revisions(need.revision, offer.revision), app)

    return await _run_match(app, call, body.need, body.offer, command)


def _step(body: models.MoveMatch, pair: Pair, revisions: Revisions, app: App) -> MatchCommand:
    today = app.today()
    on = body.on or today
    match body.step:
        case "negotiating":
            return StartNegotiation(pair, on, today, body.reason)
        case "matched":
            if body.evidence is None:
                raise _missing("evidence", "the agreement's number or reference")
            return Conclude(pair, on, today, body.evidence, body.amount, body.reason)
        case "declined":
            if body.by is None:
                raise _missing("by", "who said no: need, offer or office")
            if not body.reason:
                raise _missing("reason", "why it was declined")
            return Decline(pair, revisions, body.by, body.reason, on, today)
        case "reopened":
            if not body.reason:
                raise _missing("reason", "why what was agreed did not hold")
            return Reopen(pair, body.reason, on, today)


def _missing(field: str, what: str) -> Refused:
    return Refused(f"This step needs `{field}`: {what}.", code="missing", where=field)


async def _both(
    conn: AsyncConnection, call: Call, need: str, offer: str, open_only: bool
) -> tuple[Candidate, Candidate, MeetingPoint, AreaTree]:
    """The two listings, locked for update, if the actor keeps the need and may see the offer."""
    tree = await reference.area_tree(conn)
    rows = {row.listing: row for row in await candidates.load(conn, {need, offer}, lock=True)}
    for listing, side in ((need, Side.NEED), (offer, Side.OFFER)):
        row = rows.get(listing)
        if row is None or not scope.may_see_listing(call.actor, tree, row):
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
    scope.check_project_write(call.actor, tree, rows[need].region)
    meeting = MeetingPoint(rows[need].meeting)
    return candidates.candidate(rows[need]), candidates.candidate(rows[offer]), meeting, tree


async def _score(
    app: App,
    conn: AsyncConnection,
    need: Candidate,
    offer: Candidate,
    meeting: MeetingPoint,
    tree: AreaTree,
) -> Score:
    strength = await candidates.by_words(conn, meeting, Side.OFFER, need.terms.text, only=offer.listing)
    wording = Wording(strength.get(offer.listing, 0.0), candidates.shared(need, offer))
    weights = await candidates.weights(conn, meeting, app.today())
    return scoring.score(need, offer, wording, weights, tree.covers)


async def _kept_listing(conn: AsyncConnection, call: Call, listing: str) -> AreaTree:
    """The regions of a listing that exists and that the actor keeps. Raises Problem 404 or 403."""
    tree = await reference.area_tree(conn)
    rows = await candidates.load(conn, {listing})
    if not rows or not scope.may_see_listing(call.actor, tree, rows[0]):
        raise not_found("listing", listing)
    scope.check_listing_write(call.actor, tree, rows[0].region, rows[0].enterprise)
    return tree


def _check_regions(tree: AreaTree, body: models.ListingTerms) -> None:
    for name in ("regions", "excluded_regions"):
        for region in getattr(body, name):
            if region not in tree:
                raise unknown_region(tree, region, name)


async def _check_project(conn: AsyncConnection, call: Call, tree: AreaTree, project: str) -> None:
    table = tables.project.c
    row = (
        await conn.execute(select(table.region, table.enterprise).where(table.project == project))
    ).one_or_none()
    if row is None or not scope.may_see_project(call.actor, tree, row.region, row.enterprise):
        raise Refused(
            f"There is no project {project!r}.",
            code="unknown-project",
            where="project",
            remedy="Register it first, or leave it out.",
        )


async def _terms(app: App, conn: AsyncConnection, listing: str, body: models.ListingTerms) -> Terms:
    """The requested terms. Without a first day, the listing keeps its own, so that a repeat changes nothing."""
    for where in ("industries", "excluded_industries"):
        for industry in getattr(body, where):
            checks.check_industry(industry, app.today(), where)
    valid_from = body.valid_from
    if valid_from is None:
        rows = await candidates.load(conn, {listing})
        valid_from = candidates.candidate(rows[0]).terms.valid_from if rows else app.today()
    return Terms(
        title=body.title,
        description=body.description,
        valid_from=valid_from,
        valid_to=body.valid_to,
        keywords=tuple(dict.fromkeys(body.keywords)),
        industries=tuple(sorted(set(body.industries))),
        regions=tuple(sorted(set(body.regions))),
        amount_min=body.amount_min,
        amount_max=body.amount_max,
        excluded_regions=tuple(sorted(set(body.excluded_regions))),
        excluded_industries=tuple(sorted(set(body.excluded_industries))),
        excluded_parties=tuple(sorted(set(body.excluded_parties))),
        tags=tuple(sorted(set(body.tags))),
    )


async def _run_listing(
    app: App, call: Call, listing: str, command: Making[ListingCommand], seen: int | None = None
) -> Reply:
    def answer(state: listings.ListingState, events: Sequence[listings.ListingEvent]) -> object:
        return listing_view(state).model_dump(mode="json")

    edit = Edit(seen, lambda event: not isinstance(event, ListingWithdrawn), field="revision")
    return await app.run(call, listing_stream(listing), LISTING, command, answer=answer, edit=edit)


async def _run_match(app: App, call: Call, need: str, offer: str, command: Making[MatchCommand]) -> Reply:
    def answer(state: matches.MatchState, events: Sequence[matches.MatchEvent]) -> object:
        return match_state(state).model_dump(mode="json")

    return await app.run(call, match_stream(need, offer), MATCH, command, answer=answer)
