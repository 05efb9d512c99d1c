"""Decisions on a need or an offer: put it forward, replace its terms, withdraw it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from services.projects.common.asking import ask_back
from services.projects.common.plausibility import USUAL, AmountCare, doubt_listing
from services.projects.common.refusal import Refused
from services.projects.common.values import Line, Money, ProjectId, RegionCode, SeenVersion, ShortText
from services.projects.matching.listings.facts import (
    INITIAL,
    Listed,
    ListingEvent,
    ListingRegistered,
    ListingRevised,
    ListingState,
    ListingWithdrawn,
    MeetingPoint,
    Side,
    Terms,
    Unlisted,
    Withdrawn,
    evolve,
)
from services.projects.matching.values import Industry, ListingId, Tag
from shared.command import Given, command, decider
from shared.values import Many, Says, Text


@command()
class ListingTerms:
    """What is asked or offered. What isn't said is judged as unknown, not as a misfit."""

    title: Annotated[
        ShortText, Says(description="what is wanted or offered, in a line", example="印染废水深度处理回用")
    ]
    description: Annotated[Line, Text(max_length=4000, description="in words")] = ""
    keywords: Annotated[
        tuple[ShortText, ...], Many(max_length=20, description="further words to find it by")
    ] = ()
    industries: Annotated[tuple[Industry, ...], Many(max_length=20, description="industries it is for")] = ()
    regions: Annotated[
        tuple[RegionCode, ...],
        Many(max_length=50, description="where it is wanted or offered; empty: everywhere"),
    ] = ()
    amount_min: Annotated[Money | None, Says(description="least amount, CNY (yuan)")] = None
    amount_max: Annotated[Money | None, Says(description="greatest amount, CNY (yuan)")] = None
    valid_from: Annotated[date | None, Says(description="first day; without it today")] = None
    valid_to: Annotated[date | None, Says(description="last day; null: open")] = None
    excluded_regions: Annotated[
        tuple[RegionCode, ...], Many(max_length=50, description="never with these regions")
    ] = ()
    excluded_industries: Annotated[
        tuple[Industry, ...], Many(max_length=20, description="never with these industries")
    ] = ()
    excluded_parties: Annotated[
        tuple[ShortText, ...], Many(max_length=50, description="never with these parties")
    ] = ()
    tags: Annotated[
        tuple[Tag, ...],
        Many(max_length=20, description="where it was put forward, or which zone it belongs to"),
    ] = ()
    confirmed: Annotated[
        bool,
        Says(description="the amounts are right although they look unusual (asked for by confirm-amount)"),
    ] = False


@command(
    example={
        "listing": "N-2013-017",
        "meeting": "technology",
        "side": "need",
        "region": "350181",
        "party": "福清某染整有限公司",
        "title": "印染废水深度处理回用",
        "description": "日排染整废水四千吨，色度高，求能回用一半以上的处理工艺。",
        "industries": ["1713"],
        "amount_max": "3000000",
        "tags": ["6·18"],
    }
)
class RegisterListing(ListingTerms):
    """A need or offer to be put forward (推介)."""

    listing: Annotated[
        ListingId | None,
        Says(description="id of your choice; without it one is made from the Idempotency-Key"),
    ] = None
    meeting: Annotated[
        MeetingPoint,
        Says(description="investment 招商, technology 产学研, finance 银企, integration 两化融合"),
    ]
    side: Annotated[
        Side,
        Says(
            description="need or offer. investment: project / investor; technology: enterprise / result; "
            "finance: project / bank; integration: zone or enterprise / software firm or platform"
        ),
    ]
    region: Annotated[RegionCode, Says(description="region that keeps it; a need's place")]
    party: Annotated[ShortText, Says(description="who needs or offers")]
    enterprise: Annotated[ProjectId | None, Says(description="enterprise id, if registered")] = None
    project: Annotated[ProjectId | None, Says(description="the project it is about, if registered")] = None


@command(
    example={
        "listing": "N-2013-017",
        "title": "印染废水深度处理与盐回收",
        "industries": ["1713"],
        "amount_max": "5000000",
        "reason": "budget raised",
        "revision": 1,
    }
)
class ReviseListing(ListingTerms):
    """Other terms in place of the present ones, as a whole."""

    listing: ListingId
    reason: Annotated[ShortText, Says(description="why it changes")]
    revision: SeenVersion = None


@command(example={"listing": "N-2013-017", "reason": "solved in house"})
class WithdrawListing:
    """It is no longer put forward."""

    listing: ListingId
    reason: Annotated[ShortText, Says(description="why")]
    revision: SeenVersion = None


ListingCommand = RegisterListing | ReviseListing | WithdrawListing


@dataclass(frozen=True, slots=True, kw_only=True)
class Careful(Given):
    """How amounts are doubted on that day, and the enterprise that puts a listing forward for itself."""

    care: AmountCare = USUAL
    enterprise: str | None = None


def decide(command: ListingCommand, state: ListingState, given: Careful) -> Sequence[ListingEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (RegisterListing(), Unlisted()):
            return [_registered(command, given)]
        case (RegisterListing(), Listed() | Withdrawn()):
            return _registered_again(command, state)
        case (ReviseListing(), Listed()):
            return _revised(command, state, given)
        case (WithdrawListing(), Listed(registered=known)):
            return [
                ListingWithdrawn(
                    listing=known.listing,
                    meeting=known.meeting,
                    side=known.side,
                    region=known.region,
                    reason=command.reason,
                    withdrawn_on=given.today,
                )
            ]
        case (WithdrawListing(), Withdrawn()):
            return []
        case (ReviseListing(), Withdrawn()):
            raise Refused(
                f"{command.listing} was withdrawn on {state.changed_on}: {state.reason}.",
                code="withdrawn",
                status=409,
                where="listing",
                remedy="Register it anew under another id.",
            )
        case (ReviseListing() | WithdrawListing(), Unlisted()):
            raise Refused(
                f"{type(command).__name__} on {type(state).__name__}: there is no listing {command.listing!r}.",
                code="not-found",
                status=404,
                where="listing",
                remedy="Register it first, or check its id.",
            )
        case _:
            raise TypeError(f"{type(command).__name__} on {type(state).__name__}")


LISTING = decider(INITIAL, decide, evolve)


def _registered(command: RegisterListing, given: Careful) -> ListingRegistered:
    terms = _terms(command, given.today)
    _check(terms, command.confirmed, given.care)
    return ListingRegistered(
        listing=command.listing or "",
        meeting=command.meeting,
        side=command.side,
        region=command.region,
        party=command.party,
        terms=terms,
        registered_on=given.today,
        enterprise=command.enterprise or given.enterprise,
        project=command.project,
    )


def _registered_again(command: RegisterListing, state: Listed | Withdrawn) -> Sequence[ListingEvent]:
    """Registering the same content again changes nothing: a file may be imported twice. Raises Refused otherwise."""
    known = state.registered
    terms = _terms(command, state.terms.valid_from)
    again = (command.meeting, command.side, command.region, command.party, terms)
    if again == (known.meeting, known.side, known.region, known.party, known.terms):
        return []
    raise Refused(
        f"{command.listing} is registered already, with other content.",
        code="exists",
        status=409,
        where="listing",
        remedy="Revise it, with the reason; something new needs a new id.",
    )


def _revised(command: ReviseListing, state: Listed, given: Careful) -> Sequence[ListingEvent]:
    terms = _terms(command, state.terms.valid_from)
    if terms == state.terms:
        return []
    _check(terms, command.confirmed, given.care)
    known = state.registered
    return [
        ListingRevised(
            listing=known.listing,
            meeting=known.meeting,
            side=known.side,
            region=known.region,
            revision=state.revision + 1,
            terms=terms,
            reason=command.reason,
            revised_on=given.today,
        )
    ]


def _terms(command: ListingTerms, first_day: date) -> Terms:
    """The requested terms. `first_day`: where none is requested; a listing keeps its own, so that a repeat changes
    nothing.
    """
    return Terms(
        title=command.title,
        description=command.description,
        valid_from=command.valid_from or first_day,
        valid_to=command.valid_to,
        keywords=tuple(dict.fromkeys(command.keywords)),
        industries=_sorted(command.industries),
        regions=_sorted(command.regions),
        amount_min=command.amount_min,
        amount_max=command.amount_max,
        excluded_regions=_sorted(command.excluded_regions),
        excluded_industries=_sorted(command.excluded_industries),
        excluded_parties=_sorted(command.excluded_parties),
        tags=_sorted(command.tags),
    )


def _sorted(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _check(terms: Terms, confirmed: bool, care: AmountCare) -> None:
    if terms.valid_to is not None and terms.valid_to < terms.valid_from:
        raise Refused(
            f"It would end on {terms.valid_to}, before it begins on {terms.valid_from}.",
            code="date-order",
            where="valid_to",
        )
    low, high = terms.amount_min, terms.amount_max
    if low is not None and high is not None and low > high:
        raise Refused(
            f"The least amount ({low} yuan) is above the greatest ({high} yuan).",
            code="amount",
            where="amount_min",
            remedy="Both amounts are in yuan; check for 万元 or 亿元.",
        )
    if doubted := doubt_listing(low, high, care):
        where, why = doubted
        ask_back(why, confirmed, where)
